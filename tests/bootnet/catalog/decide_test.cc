#include "bootnet/catalog/decide.h"

#include <gtest/gtest.h>

#include "bootnet/catalog/request_path.h"
#include "tests/bootnet/world.h"

namespace slipway {
namespace {

using namespace slipway::testing;

constexpr Ipv4 kAddress{0xc0000232};

Client Peer(Door door, std::optional<Mac> mac) { return {door, ClientOrigin::kPeer, mac, kAddress}; }
Client HostClient(Door door) { return {door, ClientOrigin::kHost, std::nullopt, kAddress}; }

struct PathRow {
  const char* name;
  Client client;
  std::string path;
  SiteOptions site;
  Outcome outcome;
  Reason reason;
};

const SiteOptions kIgnore{};
const SiteOptions kReport{.unknown = UnknownAction::kReport};
const SiteOptions kWait{.unknown = UnknownAction::kWait};
const SiteOptions kOpen{.access = ConfigAccess::kOpen};

std::vector<PathRow> PathRows() {
  const auto yes = Outcome::kAnswered;
  const auto no = Outcome::kRefused;
  const Client alpha = Peer(Door::kHttp, kAlpha1);
  const Client other_card = Peer(Door::kHttp, kAlpha2);
  const Client stranger = Peer(Door::kHttp, kStranger);
  const Client nobody = Peer(Door::kHttp, std::nullopt);
  const Client host = HostClient(Door::kHttp);
  const std::string script = MachineScriptPath(kAlpha1);
  const std::string config = MachineConfigPath(kAlpha1);
  const std::string asset = AssetPathOfSite();
  return {
      {"entry, approved", alpha, "boot.ipxe", kIgnore, yes, Reason::kApproved},
      {"entry, routed", nobody, "boot.ipxe", kIgnore, yes, Reason::kUnidentified},
      {"entry, host", host, "boot.ipxe", kIgnore, yes, Reason::kHost},
      {"entry, stranger, ignore", stranger, "boot.ipxe", kIgnore, no, Reason::kUnknownMachine},
      {"entry, stranger, report", stranger, "boot.ipxe", kReport, yes, Reason::kUnknownMachine},
      {"entry, stranger, wait", stranger, "boot.ipxe", kWait, yes, Reason::kUnknownMachine},
      {"unknown, stranger, ignore", stranger, "unknown", kIgnore, no, Reason::kUnknownMachine},
      {"unknown, stranger, wait", stranger, "unknown", kWait, yes, Reason::kUnknownMachine},
      {"program, stranger, ignore", stranger, "snponly.efi", kIgnore, no, Reason::kUnknownMachine},
      {"program, stranger, report", stranger, "ipxe/snponly.efi", kReport, yes, Reason::kUnknownMachine},
      {"program, routed", nobody, "undionly.kpxe", kIgnore, yes, Reason::kUnidentified},
      {"autoexec, stranger, ignore", stranger, "autoexec.ipxe", kIgnore, no, Reason::kUnknownMachine},
      {"own script", alpha, script, kIgnore, yes, Reason::kApproved},
      {"own script by the other card", other_card, script, kIgnore, yes, Reason::kApproved},
      {"another's script", alpha, MachineScriptPath(kBeta), kIgnore, no, Reason::kNotYourScript},
      {"script, routed", nobody, script, kIgnore, yes, Reason::kUnidentified},
      {"script, host", host, script, kIgnore, yes, Reason::kHost},
      {"script, stranger, report", stranger, script, kReport, no, Reason::kUnknownMachine},
      {"own config", alpha, config, kIgnore, yes, Reason::kApproved},
      {"own config by the other card", other_card, config, kIgnore, yes, Reason::kApproved},
      {"another's config", alpha, MachineConfigPath(kBeta), kIgnore, no, Reason::kNotYourConfig},
      {"another's config, open", alpha, MachineConfigPath(kBeta), kOpen, no, Reason::kNotYourConfig},
      {"config, routed", nobody, config, kIgnore, no, Reason::kUnidentified},
      {"config, routed, open", nobody, config, kOpen, yes, Reason::kUnidentified},
      {"config, stranger", stranger, config, kIgnore, no, Reason::kUnknownMachine},
      {"config, stranger, open", stranger, config, kOpen, no, Reason::kUnknownMachine},
      {"config, stranger, report", stranger, config, kReport, no, Reason::kUnknownMachine},
      {"config, host", host, config, kIgnore, yes, Reason::kHost},
      {"config by TFTP", Peer(Door::kTftp, kAlpha1), config, kIgnore, no, Reason::kConfigOverTftp},
      {"config by TFTP, open", Peer(Door::kTftp, std::nullopt), config, kOpen, no, Reason::kConfigOverTftp},
      {"config by TFTP, host", HostClient(Door::kTftp), config, kIgnore, no, Reason::kConfigOverTftp},
      {"script by TFTP", Peer(Door::kTftp, kAlpha1), script, kIgnore, yes, Reason::kApproved},
      {"asset, approved", alpha, asset, kIgnore, yes, Reason::kApproved},
      {"asset, routed", nobody, asset, kIgnore, yes, Reason::kUnidentified},
      {"asset, host", host, asset, kIgnore, yes, Reason::kHost},
      {"asset, stranger, ignore", stranger, asset, kIgnore, no, Reason::kUnknownMachine},
      {"asset, stranger, report", stranger, asset, kReport, no, Reason::kUnknownMachine},
      {"nothing there", alpha, "manifest.json", kIgnore, no, Reason::kNotFound},
  };
}

TEST(DecidePath, EveryCell) {
  for (const PathRow& row : PathRows()) {
    const Snapshot snapshot = MakeSnapshot(row.site);
    const Decision decision = Decide(row.client, std::string_view(row.path), snapshot);
    EXPECT_EQ(decision.outcome, row.outcome) << row.name;
    EXPECT_EQ(ToString(decision.reason), ToString(row.reason)) << row.name;
    EXPECT_EQ(decision.what.index() == 0, row.outcome != Outcome::kAnswered) << row.name;
    EXPECT_FALSE(decision.message.empty()) << row.name;
  }
}

TEST(DecidePath, ABlockedNodeGetsNothingThroughAnyDoor) {
  // One card is blocked: the node is.
  for (const SiteOptions& site : {kIgnore, kReport, kOpen}) {
    const Snapshot snapshot = MakeSnapshot(site, Ledger{{kAlpha2}});
    for (Door door : {Door::kTftp, Door::kHttp}) {
      for (const Client& client : {Peer(door, kAlpha1), Peer(door, kAlpha2), Peer(door, std::nullopt),
                                   HostClient(door), Peer(door, kStranger)}) {
        for (const std::string& path : {MachineScriptPath(kAlpha1), MachineConfigPath(kAlpha1)}) {
          EXPECT_EQ(Decide(client, std::string_view(path), snapshot).reason, Reason::kBlocked) << path;
        }
      }
      for (const std::string& path : {std::string("boot.ipxe"), std::string("snponly.efi"), AssetPathOfSite(),
                                      MachineScriptPath(kBeta)}) {
        const Decision decision = Decide(Peer(door, kAlpha1), std::string_view(path), snapshot);
        EXPECT_EQ(decision.outcome, Outcome::kRefused) << path;
        EXPECT_EQ(decision.reason, Reason::kBlocked) << path;
      }
    }
    EXPECT_EQ(Decide(Peer(Door::kHttp, kBeta), std::string_view(MachineConfigPath(kBeta)), snapshot).outcome,
              Outcome::kAnswered);
  }
}

TEST(DecidePath, AConfigWithoutAnOwnerBelongsToNobody) {
  Manifest manifest = SiteManifest();
  manifest.boot.clear();
  Snapshot snapshot = MakeSnapshot(kOpen);
  snapshot.catalog =
      std::make_shared<const Catalog>(std::move(manifest), RevisionInfo{}, UniqueFd(), UniqueFd());
  for (const Client& client :
       {HostClient(Door::kHttp), Peer(Door::kHttp, std::nullopt), Peer(Door::kHttp, kAlpha1)}) {
    EXPECT_EQ(Decide(client, std::string_view(MachineConfigPath(kAlpha1)), snapshot).outcome,
              Outcome::kRefused);
  }
}

struct BootRow {
  const char* name;
  Mac mac;
  ClientClass boot_class;
  SiteOptions site;
  Ledger ledger;
  Reason reason;
  std::string_view file;  ///< "" nothing, "script", or a program
};

TEST(DecideBoot, EveryCell) {
  const ClientClass bios{Platform::kBios, BootStage::kFirmware};
  const ClientClass uefi{Platform::kEfiX64, BootStage::kFirmware};
  const ClientClass uefi_http{Platform::kEfiX64, BootStage::kHttpBoot};
  const ClientClass ipxe{Platform::kEfiX64, BootStage::kIpxe};
  const ClientClass old_ipxe{Platform::kBios, BootStage::kIpxeWithoutHttp};
  const ClientClass arm{Platform::kEfiArm64, BootStage::kFirmware};
  const ClientClass raspberry{Platform::kRaspberryPi, BootStage::kFirmware};
  const ClientClass odd{Platform::kUnsupported, BootStage::kFirmware};
  const std::vector<BootRow> rows = {
      {"bios", kBeta, bios, kIgnore, {}, Reason::kApproved, "undionly.kpxe"},
      {"uefi", kBeta, uefi, kIgnore, {}, Reason::kApproved, "snponly.efi"},
      {"uefi http", kBeta, uefi_http, kIgnore, {}, Reason::kApproved, "snponly.efi"},
      {"ipxe", kBeta, ipxe, kIgnore, {}, Reason::kApproved, "script"},
      {"ipxe without http", kBeta, old_ipxe, kIgnore, {}, Reason::kApproved, "undionly.kpxe"},
      {"no program", kBeta, arm, kIgnore, {}, Reason::kNoBootFile, ""},
      {"raspberry", kBeta, raspberry, kIgnore, {}, Reason::kRaspberryPi, ""},
      {"odd", kBeta, odd, kIgnore, {}, Reason::kUnsupportedArch, ""},
      {"stranger, ignore", kStranger, uefi, kIgnore, {}, Reason::kUnknownMachine, ""},
      {"stranger ipxe, ignore", kStranger, ipxe, kIgnore, {}, Reason::kUnknownMachine, ""},
      {"stranger, report", kStranger, uefi, kReport, {}, Reason::kUnknownMachine, "snponly.efi"},
      {"stranger, wait", kStranger, ipxe, kWait, {}, Reason::kUnknownMachine, "script"},
      {"blocked", kBeta, uefi, kReport, {{kBeta}}, Reason::kBlocked, ""},
      {"blocked by its other card", kAlpha1, uefi, kReport, {{kAlpha2}}, Reason::kBlocked, ""},
      {"blocked stranger", kStranger, ipxe, kReport, {{kStranger}}, Reason::kBlocked, ""},
  };
  for (const BootRow& row : rows) {
    for (Door door : {Door::kDhcp, Door::kPxe}) {
      const Snapshot snapshot = MakeSnapshot(row.site, row.ledger);
      const Decision decision = Decide(Peer(door, row.mac), row.boot_class, snapshot);
      EXPECT_EQ(ToString(decision.reason), ToString(row.reason)) << row.name;
      EXPECT_EQ(decision.outcome, row.file.empty() ? Outcome::kIgnored : Outcome::kAnswered) << row.name;
      std::string_view got;
      if (std::holds_alternative<EntryScriptUrl>(decision.what)) got = "script";
      if (const auto* file = std::get_if<const BootFile*>(&decision.what)) got = (*file)->name;
      EXPECT_EQ(got, row.file) << row.name;
    }
  }
}

TEST(Decide, SaysSoWhenNothingIsServedYet) {
  const Snapshot snapshot;
  EXPECT_EQ(Decide(Peer(Door::kDhcp, kBeta), ClientClass{}, snapshot).reason, Reason::kNothingServed);
  EXPECT_EQ(Decide(Peer(Door::kDhcp, kBeta), ClientClass{}, snapshot).outcome, Outcome::kIgnored);
  EXPECT_EQ(Decide(HostClient(Door::kHttp), std::string_view("boot.ipxe"), snapshot).outcome,
            Outcome::kRefused);
}

}  // namespace
}  // namespace slipway
