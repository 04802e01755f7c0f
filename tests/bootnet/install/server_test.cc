#include <gtest/gtest.h>

#include "tests/bootnet/net_fixture.h"

/// What the servers themselves do with scripts, configs and calls to /done.
namespace slipway {
namespace {

using namespace slipway::testing;

TEST(ConfigWindow, OpensForTheAddressThatFetchedTheScript) {
  RunningNetwork running({.identify = AlwaysUnidentified()});
  const std::string config = "GET /" + MachineConfigPath(kAlpha1) + " HTTP/1.1";
  const HttpReply before = HttpAsk(running.ports.http, config);
  EXPECT_EQ(before.status, 403);
  EXPECT_EQ(before.body.substr(0, before.body.find('\n')), "Slipway: window closed, reboot")
      << "what Talos prints on its console";
  EXPECT_EQ(HttpAsk(running.ports.http, "GET /" + MachineScriptPath(kAlpha1) + " HTTP/1.1").status, 200);
  for (int fetch = 0; fetch < 3; ++fetch) {
    EXPECT_EQ(HttpAsk(running.ports.http, config).status, 200) << "Talos asks again for a config it refused";
  }
  EXPECT_EQ(HttpAsk(running.ports.http, "GET /" + MachineConfigPath(kBeta) + " HTTP/1.1").status, 403);
}

TEST(ConfigWindow, AScriptThatOnlyWasAskedAboutOpensNothing) {
  RunningNetwork running({.identify = AlwaysUnidentified()});
  EXPECT_EQ(HttpAsk(running.ports.http, "HEAD /" + MachineScriptPath(kAlpha1) + " HTTP/1.1").status, 200);
  EXPECT_EQ(HttpAsk(running.ports.http, "GET /" + MachineConfigPath(kAlpha1) + " HTTP/1.1").status, 403);
}

TEST(ConfigWindow, IsAskedOfNeighboursTooWhereTheSiteSaysWindow) {
  RunningNetwork running({.site = {.access = ConfigAccess::kWindow}, .identify = AlwaysMac(kAlpha1)});
  EXPECT_EQ(HttpAsk(running.ports.http, "GET /" + MachineConfigPath(kAlpha1) + " HTTP/1.1").status, 403);
  const auto refused = running.WaitForEvent("WindowClosed");
  ASSERT_TRUE(refused) << "refusals are journalled";
  EXPECT_EQ(refused->node, "alpha");
  EXPECT_EQ(HttpAsk(running.ports.http, "GET /" + MachineScriptPath(kAlpha1) + " HTTP/1.1").status, 200);
  EXPECT_EQ(HttpAsk(running.ports.http, "GET /" + MachineConfigPath(kAlpha1) + " HTTP/1.1").status, 200);
}

TEST(Done, IsAnsweredToTheMachineAlone) {
  RunningNetwork machine({.identify = AlwaysMac(kAlpha1)});
  const HttpReply noted = HttpAsk(machine.ports.http, "GET /done HTTP/1.1");
  EXPECT_EQ(noted.status, 200);
  EXPECT_EQ(noted.body, "Slipway: noted\n");
  RunningNetwork nobody({.identify = AlwaysUnidentified()});
  EXPECT_EQ(HttpAsk(nobody.ports.http, "GET /done HTTP/1.1").status, 403);
  RunningNetwork stranger({.identify = AlwaysMac(kStranger)});
  EXPECT_EQ(HttpAsk(stranger.ports.http, "GET /done HTTP/1.1").status, 403);
}

}  // namespace
}  // namespace slipway
