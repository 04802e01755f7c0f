#include "bootnet/catalog/cross_check.h"

#include <gtest/gtest.h>

namespace slipway {
namespace {

BootEntry Entry() {
  BootEntry entry;
  entry.uuid = "00112233-4455-6677-8899-aabbccddeeff";
  entry.serial = "SN-1";
  return entry;
}

BootEvent Said(const std::string& uuid, const std::string& serial) {
  BootEvent event;
  event.reason = "Approved";
  event.uuid = uuid;
  event.serial = serial;
  return event;
}

std::string Check(const BootEntry& entry, Platform platform, BootEvent event) {
  CrossCheck(entry, platform, event);
  return event.reason + event.message;
}

TEST(CrossCheck, IsContentWithWhatAgreesOrWasNotSaid) {
  EXPECT_EQ(Check(Entry(), Platform::kEfiX64, Said("00112233-4455-6677-8899-AABBCCDDEEFF", "SN-1")),
            "Approved");
  EXPECT_EQ(Check(Entry(), Platform::kBios, Said("33221100-5544-7766-8899-aabbccddeeff", "")), "Approved");
  EXPECT_EQ(Check(Entry(), Platform::kUnsupported, Said("", "")), "Approved");
  EXPECT_EQ(Check(BootEntry{}, Platform::kUnsupported, Said("x", "y")), "Approved");
}

TEST(CrossCheck, SaysWhatDiffers) {
  EXPECT_EQ(Check(Entry(), Platform::kEfiX64, Said("odd", "")),
            "IdentityMismatch; its UUID is odd, the Node says 00112233-4455-6677-8899-aabbccddeeff");
  EXPECT_EQ(Check(Entry(), Platform::kEfiX64, Said("", "SN-2")),
            "IdentityMismatch; its serial number is SN-2, the Node says SN-1");
  EXPECT_EQ(Check(Entry(), Platform::kEfiArm64, Said("", "")),
            "IdentityMismatch; it boots as efi-arm64, the Node says amd64");
}

}  // namespace
}  // namespace slipway
