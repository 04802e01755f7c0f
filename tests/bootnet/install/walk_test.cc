// Machines boot again and again through every door: each installation happens once, each wipe once, and
// nobody goes in circles.
#include <gtest/gtest.h>

#include "bootnet/catalog/decide.h"
#include "bootnet/install/progress.h"

namespace slipway {
namespace {

constexpr int64_t kNow = 1'800'000'000;
constexpr Ipv4 kAddress{0x0a008002};

Mac MacOf(uint8_t n) { return Mac{{0x02, 0, 0, 0, 0, n}}; }

/// Three control planes and a worker. What each asks for is changed by the tests.
class Fleet {
 public:
  Fleet() {
    for (uint8_t n = 1; n <= 4; ++n) {
      BootEntry& entry = rows.emplace_back();
      entry.mac = MacOf(n);
      entry.node = n < 4 ? "cp-" + std::to_string(n) : "worker";
      entry.cluster = "home";
      entry.role = n < 4 ? Role::kControlPlane : Role::kWorker;
      entry.script = MachineScriptPath(entry.mac);
      entry.config = MachineConfigPath(entry.mac);
      entry.address = Ipv4Prefix{{kAddress.value + n}, 24};
      entry.install_revision = 1;
      entry.local_script = "local/exit.ipxe";
    }
  }

  BootEntry& row(const std::string& node) {
    return *std::find_if(rows.begin(), rows.end(),
                         [&](const BootEntry& entry) { return entry.node == node; });
  }
  void AskForWipe(const std::string& node, uint32_t revision) {
    row(node).install_revision = revision;
    row(node).wipe_script = MachineWipePath(row(node).mac, Loader::kIpxe);
    row(node).wipe_until = kNow + 86'400;
  }

  Snapshot Publish() const {
    Manifest manifest;
    manifest.boot = rows;
    manifest.clusters = {{"home", "PEM"}};
    const auto add = [&manifest](const std::string& path, FileKind kind) {
      manifest.files.push_back({path, Sha256::Of(path), 10, kind});
    };
    add(AssetPath(Sha256::Of("i"), "initramfs.xz"), FileKind::kAsset);
    for (const Loader loader : {Loader::kIpxe, Loader::kGrub, Loader::kPxelinux})
      add("local/exit" + std::string(SuffixOf(loader)), FileKind::kLocalBoot);
    for (const BootEntry& entry : rows) {
      add(entry.script, FileKind::kMachineScript);
      add(MachineGrubPath(entry.mac), FileKind::kLoaderConfig);
      add(MachinePxelinuxPath(entry.mac), FileKind::kLoaderConfig);
      add(entry.config, FileKind::kMachineConfig);
      if (entry.wipe_script.empty()) continue;
      for (const Loader loader : {Loader::kIpxe, Loader::kGrub, Loader::kPxelinux})
        add(MachineWipePath(entry.mac, loader), FileKind::kWipeScript);
    }
    for (BootEntry& entry : manifest.boot) entry.loader = Loader::kGrub;  // every form is there
    std::sort(manifest.files.begin(), manifest.files.end(),
              [](const FileEntry& a, const FileEntry& b) { return a.path < b.path; });
    Snapshot snapshot;
    snapshot.catalog = std::make_shared<const Catalog>(manifest, RevisionInfo{}, UniqueFd(), UniqueFd());
    snapshot.installs = installs;
    snapshot.now = now;
    return snapshot;
  }

  std::vector<BootEntry> rows;
  std::shared_ptr<Installs> installs = std::make_shared<Installs>();
  int64_t now = kNow;
};

/// One way to ask for a machine's script.
struct ScriptDoor {
  const char* name;
  Door door;
  std::string (*path)(const BootEntry&);
};
const ScriptDoor kDoors[] = {
    {"iPXE by HTTP", Door::kHttp, [](const BootEntry& row) { return row.script; }},
    {"iPXE by TFTP", Door::kTftp, [](const BootEntry& row) { return row.script; }},
    {"MAC with colons", Door::kHttp,
     [](const BootEntry& row) { return "nodes/" + row.mac.ToColons() + ".ipxe"; }},
    {"GRUB, the folder's own", Door::kTftp, [](const BootEntry&) { return std::string("grub/grub.cfg"); }},
    {"GRUB by MAC", Door::kTftp,
     [](const BootEntry& row) { return "grub/grub.cfg-01-" + row.mac.ToHyphens(); }},
    {"GRUB by HTTP", Door::kHttp, [](const BootEntry& row) { return MachineGrubPath(row.mac); }},
    {"PXELINUX", Door::kTftp, [](const BootEntry& row) { return "pxelinux.cfg/01-" + row.mac.ToHyphens(); }},
    {"PXELINUX by HTTP", Door::kHttp, [](const BootEntry& row) { return MachinePxelinuxPath(row.mac); }},
};

/// A machine that fetches what it is told to, and tells the ledger as the servers do.
class Walker {
 public:
  Walker(Fleet& fleet, const std::string& node, const ScriptDoor& door)
      : fleet_(fleet), node_(node), door_(door) {}

  Served BootOnce() {
    const Decision decision = Ask(door_.door, door_.path(fleet_.row(node_)));
    EXPECT_EQ(decision.outcome, Outcome::kAnswered) << door_.name << ": " << decision.message;
    if (decision.served == Served::kLocalScript) return decision.served;
    Ask(Door::kHttp, AssetPath(Sha256::Of("i"), "initramfs.xz"));
    return decision.served;
  }
  void FetchConfig() { EXPECT_EQ(Ask(Door::kHttp, fleet_.row(node_).config).served, Served::kConfig); }
  Decision Ask(Door door, const std::string& path) {
    const Snapshot snapshot = fleet_.Publish();
    Client client{door, ClientOrigin::kPeer, fleet_.row(node_).mac, kAddress};
    Decision decision = Decide(client, std::string_view(path), snapshot);
    BootEvent event;
    event.outcome = decision.outcome;
    event.served = decision.served;
    event.node = decision.machine == nullptr ? "" : decision.machine->node;
    event.address = kAddress;
    event.bytes = event.size = 10;
    if (decision.outcome == Outcome::kAnswered) {
      for (auto& change : progress_.OnServed(event, *snapshot.catalog, *fleet_.installs, fleet_.now))
        fleet_.installs->Set(change.mac, change.record);
    }
    decision.machine = nullptr;  // it lives in the snapshot
    return decision;
  }
  bool IsPending() const {
    const auto pending = PendingInstalls(*fleet_.Publish().catalog, *fleet_.installs, fleet_.now);
    return std::any_of(pending.begin(), pending.end(), [this](const auto& p) { return p.node == node_; });
  }
  void ShowEvidence() {
    const Snapshot snapshot = fleet_.Publish();
    for (auto& change :
         InstallProgress::OnEvidence(node_, fleet_.row(node_).install_revision, "a certificate",
                                     *snapshot.catalog, *fleet_.installs, fleet_.now)) {
      fleet_.installs->Set(change.mac, change.record);
    }
  }

 private:
  Fleet& fleet_;
  std::string node_;
  const ScriptDoor& door_;
  InstallProgress progress_;
};

TEST(InstallWalk, InstallsOnceThroughEveryDoorAndThenBootsTheDiskForEver) {
  for (const ScriptDoor& door : kDoors) {
    SCOPED_TRACE(door.name);
    Fleet fleet;
    Walker machine(fleet, "worker", door);
    EXPECT_FALSE(machine.IsPending()) << "nothing is looked for before the machine came";
    EXPECT_EQ(machine.BootOnce(), Served::kScript);
    machine.FetchConfig();
    EXPECT_EQ(machine.BootOnce(), Served::kScript) << "a script and a config that were fetched prove nothing";
    EXPECT_TRUE(machine.IsPending());
    machine.ShowEvidence();
    EXPECT_FALSE(machine.IsPending());
    for (int boot = 0; boot < 3; ++boot) EXPECT_EQ(machine.BootOnce(), Served::kLocalScript);

    fleet.row("worker").install_revision = 2;
    EXPECT_EQ(machine.BootOnce(), Served::kScript) << "a higher number installs once more";
    machine.ShowEvidence();
    EXPECT_EQ(machine.BootOnce(), Served::kLocalScript);
    fleet.row("worker").install_revision = 1;
    EXPECT_EQ(machine.BootOnce(), Served::kLocalScript) << "a lower number, by a revert, is completed too";
  }
}

TEST(InstallWalk, WipesOnceThroughEveryDoor) {
  for (const ScriptDoor& door : kDoors) {
    SCOPED_TRACE(door.name);
    Fleet fleet;
    for (const char* node : {"cp-1", "cp-2", "cp-3"}) Walker(fleet, node, door).ShowEvidence();
    fleet.AskForWipe("cp-2", 2);
    Walker machine(fleet, "cp-2", door);
    EXPECT_EQ(machine.BootOnce(), Served::kWipeScript);
    EXPECT_FALSE(machine.IsPending()) << "an API that answers now is the old installation's";
    EXPECT_EQ(machine.BootOnce(), Served::kScript) << "Talos reboots after a wipe: no second one";
    EXPECT_FALSE(machine.IsPending()) << "Talos fetches no config while the old installation is there";
    machine.FetchConfig();
    EXPECT_TRUE(machine.IsPending());
    EXPECT_EQ(machine.BootOnce(), Served::kScript);
    machine.ShowEvidence();
    for (int boot = 0; boot < 3; ++boot) EXPECT_EQ(machine.BootOnce(), Served::kLocalScript);
  }
}

TEST(InstallWalk, AWipeWhoseKernelNeverArrivedIsTriedAgain) {
  Fleet fleet;
  for (const char* node : {"cp-1", "cp-2", "cp-3"}) Walker(fleet, node, kDoors[0]).ShowEvidence();
  fleet.AskForWipe("cp-2", 2);
  Walker machine(fleet, "cp-2", kDoors[0]);
  EXPECT_EQ(machine.Ask(Door::kHttp, fleet.row("cp-2").script).served, Served::kWipeScript);
  EXPECT_EQ(machine.Ask(Door::kHttp, fleet.row("cp-2").script).served, Served::kWipeScript);
}

TEST(InstallWalk, AWipeThatExpiredIsNone) {
  Fleet fleet;
  Walker machine(fleet, "worker", kDoors[0]);
  machine.ShowEvidence();
  fleet.AskForWipe("worker", 2);
  fleet.now = kNow + 86'400;
  EXPECT_EQ(machine.BootOnce(), Served::kScript);
  EXPECT_TRUE(machine.IsPending());
}

TEST(InstallWalk, TheSecondControlPlaneWaitsForTheFirst) {
  Fleet fleet;
  for (const char* node : {"cp-1", "cp-2", "cp-3"}) Walker(fleet, node, kDoors[0]).ShowEvidence();
  fleet.AskForWipe("cp-1", 2);
  fleet.AskForWipe("cp-2", 2);  // the loader refuses such a revision; the gate does not rely on it
  Walker first(fleet, "cp-1", kDoors[0]);
  Walker second(fleet, "cp-2", kDoors[0]);
  const Decision held = second.Ask(Door::kHttp, fleet.row("cp-2").script);
  EXPECT_EQ(held.served, Served::kLocalScript);
  EXPECT_EQ(held.reason, Reason::kWipeHeld);
  fleet.row("cp-2").install_revision = 1;
  EXPECT_EQ(first.BootOnce(), Served::kWipeScript);
  EXPECT_EQ(first.BootOnce(), Served::kScript);
  first.FetchConfig();
  first.ShowEvidence();
  fleet.row("cp-2").install_revision = 2;
  EXPECT_EQ(second.BootOnce(), Served::kWipeScript);
}

TEST(InstallWalk, AWipingScriptIsNotToBeHadByItsName) {
  Fleet fleet;
  fleet.AskForWipe("worker", 2);
  const Snapshot snapshot = fleet.Publish();
  for (const Door door : {Door::kHttp, Door::kTftp}) {
    for (const Loader loader : {Loader::kIpxe, Loader::kGrub, Loader::kPxelinux}) {
      const std::string path = MachineWipePath(MacOf(4), loader);
      for (const std::optional<Mac>& mac :
           {std::optional(MacOf(4)), std::optional(MacOf(1)), std::optional<Mac>()}) {
        const Decision decision =
            Decide({door, ClientOrigin::kPeer, mac, kAddress}, std::string_view(path), snapshot);
        EXPECT_EQ(decision.outcome, Outcome::kRefused) << path;
      }
    }
  }
}

TEST(InstallWalk, ACallToDoneCompletesAndOnlyForTheMachineThatCalls) {
  Fleet fleet;
  Walker machine(fleet, "worker", kDoors[0]);
  EXPECT_EQ(machine.BootOnce(), Served::kScript);
  EXPECT_EQ(machine.Ask(Door::kTftp, "done").outcome, Outcome::kRefused);
  EXPECT_EQ(machine.Ask(Door::kHttp, "done").reason, Reason::kDone);
  EXPECT_EQ(machine.BootOnce(), Served::kLocalScript);
  EXPECT_EQ(Walker(fleet, "cp-1", kDoors[0]).BootOnce(), Served::kScript);
  const Client nobody{Door::kHttp, ClientOrigin::kPeer, std::nullopt, kAddress};
  EXPECT_EQ(Decide(nobody, std::string_view("done"), fleet.Publish()).outcome, Outcome::kRefused);
}

TEST(InstallWalk, MachinesThatAreNotCountedGetTheirScriptAtEveryBoot) {
  Fleet fleet;
  fleet.row("worker").install_revision = 0;
  fleet.row("worker").local_script.clear();
  Walker machine(fleet, "worker", kDoors[0]);
  for (int boot = 0; boot < 3; ++boot) EXPECT_EQ(machine.BootOnce(), Served::kScript);
  EXPECT_FALSE(machine.IsPending());
}

TEST(InstallWalk, ASecondCardOfTheNodeIsInstalledToo) {
  Fleet fleet;
  BootEntry second = fleet.row("worker");
  second.mac = MacOf(9);
  second.script = MachineScriptPath(second.mac);
  second.config = MachineConfigPath(second.mac);
  fleet.rows.push_back(second);
  Walker machine(fleet, "worker", kDoors[0]);
  machine.BootOnce();
  machine.ShowEvidence();
  const Client card{Door::kHttp, ClientOrigin::kPeer, MacOf(9), kAddress};
  EXPECT_EQ(Decide(card, std::string_view(second.script), fleet.Publish()).served, Served::kLocalScript);
}

}  // namespace
}  // namespace slipway
