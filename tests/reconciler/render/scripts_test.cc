#include "reconciler/render/scripts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace slipway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(AdvertisedPaths, AreThoseBelowTheBootServerWithoutVariables) {
  const char* script =
      "kernel http://a:8080/assets/x/vmlinuz console=x talos.config=http://a:8080/talos/configs/m.yaml || "
      "goto f\n"
      "chain http://a:8080/nodes/${net0/mac:hexhyp}.ipxe\nimgfetch http://a:8080/boot.ipxe?mac=${mac}\n"
      "chain http://b/other\n";
  EXPECT_THAT(AdvertisedPaths(script, "http://a:8080"),
              ElementsAre("assets/x/vmlinuz", "talos/configs/m.yaml", "boot.ipxe"));
  EXPECT_THAT(AdvertisedPaths("nothing", "http://a"), IsEmpty());
}

}  // namespace
}  // namespace slipway
