#include "schema/fleet/cel.h"

#include <gtest/gtest.h>

#include "schema/fleet/talos_release.h"

namespace slipway {
namespace {

std::string Problem(const std::string& text, CelPlace place = CelPlace::kDisk,
                    int minor = kNewestTalosMinor) {
  const auto problem = CheckCel(text, place, minor);
  return problem ? std::to_string(problem->at) + ": " + problem->message : "";
}

TEST(Cel, ConditionsThatTalosTakes) {
  for (const char* good : {"disk.size > 10u * GiB && !system_disk",
                           "glob('sd[a-z]', disk.dev_path)",
                           "disk.transport in ['nvme', \"sata\"] ? true : false",
                           "disk.symlinks[0].startsWith(r'\\x')",
                           "double(disk.size) >= 1.5e+9",
                           "{'a': 1}['a'] == 1",
                           "'''a\nb''' != disk.model",
                           "true",
                           "disk.symlinks.exists(s, s.endsWith('x') && size(s) > 3)",
                           "has(disk.serial) || disk.cdrom",
                           "disk.symlinks.map(s, size(s)).filter(n, n > 2).all(n, n < 9)",
                           "[1, 'a', null].size() == 3",
                           "disk.model.matches('^S.*') // a remark",
                           "dyn(disk.size) == 1",
                           "type(disk.size) == uint",
                           "size([]) == 0 && [] + [1] == [1]",
                           "duration('1h') > duration('30m')",
                           "-1 < int(disk.size)",
                           "disk.size in {1u: 'a'}",
                           "!!system_disk",
                           "0x10u <= disk.size",
                           "b'\\x00' != b'a'",
                           "disk.symlinks.exists_one(s, s == '\\u00e9')",
                           ".disk.rotational",
                           "[,] == []",
                           "!!-1 < 2",
                           "[1].all(n, n < 2u) && disk.size > 100"}) {
    EXPECT_EQ(Problem(good), "") << good;
  }
  EXPECT_EQ(Problem("volume.partition_label == 'DATA' && disk.serial != ''", CelPlace::kVolume), "");
  EXPECT_EQ(Problem("mac(link.permanent_addr) == '00:1a:2b:3c:4d:5e' && link.mtu > 1500u", CelPlace::kLink),
            "");
  EXPECT_EQ(Problem("link.wireguard.peers.exists(p, p.endpoint == 'a')", CelPlace::kLink), "");
}

TEST(Cel, WhatIsNoExpression) {
  for (const char* bad :
       {"", "disk.", "disk.size >", "(disk.size", "'open", "disk size", "[1, 2", "a ? b", "disk.size = 1",
        "{'a' 1}", "disk.in", "'\\q' == ''", "99999999999999999999 > 1", "if == 1", "true and false",
        "!-1 == 1", "1.e3 > 1.0", "disk.symlinks.all(1, true)", "has(disk)"}) {
    EXPECT_NE(Problem(bad), "") << bad;
  }
  EXPECT_NE(Problem(std::string(100'000, '(')), "");
  EXPECT_NE(Problem(std::string(100'000, '[') + "1"), "");
  std::string chain = "disk";
  for (int i = 0; i < 10'000; ++i) chain += ".a";
  EXPECT_NE(Problem(chain), "");
}

TEST(Cel, TypesMustAgree) {
  EXPECT_EQ(Problem("disk.size > 100"),
            "10: `>` does not go with uint and int; sizes and the like are uint: write 100u, not 100");
  EXPECT_EQ(Problem("disk.size > 100 * GiB"),
            "16: `*` does not go with int and uint; sizes and the like are uint: write 100u, not 100");
  EXPECT_EQ(Problem("disk.size"), "5: it comes to uint, and must come to true or false");
  EXPECT_EQ(Problem("dyn(true)"), "0: it comes to dyn, and must come to true or false");
  EXPECT_EQ(Problem("disk.sise > 1u"), "5: there is no field `sise` in Talos 1.14");
  EXPECT_EQ(Problem("dsk.size > 1u"), "0: the name `dsk` is not known here; known are `disk`, `system_disk`");
  EXPECT_EQ(Problem("disk.model.lower() == 'a'"), "11: there is no function `lower` here");
  EXPECT_EQ(Problem("disk.model.startsWith(1)"), "11: `startsWith` does not take string and int");
  EXPECT_EQ(Problem("disk.size.x == 1"), "10: uint has no fields");
  EXPECT_EQ(Problem("disk.symlinks.exists(s, size(s))"), "24: `exists` needs a condition, this is int");
  EXPECT_EQ(Problem("disk.size.exists(s, true)"), "5: uint is nothing to walk over");
  for (const char* bad :
       {"-disk.size < 1u", "-1u < 2u", "1 == 1u", "system_disk + 1", "disk.model && true", "!disk.size",
        "disk.size == null", "[1] == ['a']", "true ? 1 : 'a'", "mac(b'a') == ''", "{} == []",
        "disk.size > 100 && [1].all(n, n < 2)", "[1].all(n, n == 1u)"}) {
    EXPECT_NE(Problem(bad), "") << bad;
  }
}

TEST(Cel, EachReleaseAndPlaceHasItsOwnNames) {
  EXPECT_EQ(Problem("glob('a', disk.model)", CelPlace::kDisk, 9), "");
  EXPECT_NE(Problem("glob('a', disk.model)", CelPlace::kDisk, 8), "");
  EXPECT_NE(Problem("disk.symlinks.size() > 0", CelPlace::kDisk, 9), "");
  EXPECT_NE(Problem("disk.cdrom", CelPlace::kVolume, 10), "");
  EXPECT_EQ(Problem("disk.cdrom", CelPlace::kVolume, 11), "");
  EXPECT_EQ(Problem("duration(1) > duration('1s')", CelPlace::kDisk, 13), "");
  EXPECT_NE(Problem("duration(1) > duration('1s')", CelPlace::kDisk, 14), "");
  EXPECT_NE(Problem("system_disk", CelPlace::kVolume), "");
  EXPECT_EQ(Problem("glob('r-*', volume_id) && !system_disk && volume.size > disk.size", CelPlace::kMember),
            "");
  EXPECT_NE(Problem("volume_id == 1", CelPlace::kMember), "");
  EXPECT_NE(Problem("link.mtu > 1u * KiB", CelPlace::kLink), "");
  EXPECT_NE(Problem("glob('a', volume.name)", CelPlace::kVolume), "");
}

}  // namespace
}  // namespace slipway
