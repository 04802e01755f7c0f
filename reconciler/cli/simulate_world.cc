#include "reconciler/cli/simulate_world.h"

#include <unistd.h>

#include <array>
#include <chrono>

#include "reconciler/daemon/blocked.h"
#include "reconciler/daemon/install_store.h"

namespace slipway::cli {
namespace {

int64_t Now() {
  using std::chrono::duration_cast, std::chrono::seconds, std::chrono::system_clock;
  return duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
}

Result<std::string> ReadAll(const Result<UniqueFd>& file) {
  if (!file) return tl::make_unexpected(file.error());
  std::string bytes;
  std::array<char, 65536> buffer;
  off_t at = 0;
  while (true) {
    const ssize_t n = ::pread(file->get(), buffer.data(), buffer.size(), at);
    if (n < 0) return Retry("reading a served file");
    if (n == 0) return bytes;
    bytes.append(buffer.data(), static_cast<size_t>(n));
    at += n;
  }
}

/// Everything but the catalog, which must be there already.
Result<void> Furnish(simulate::World& world, const std::vector<std::string>& program_dirs) {
  auto programs = BootFiles::Scan(program_dirs);
  if (!programs) return tl::make_unexpected(programs.error());
  world.snapshot.boot_files = std::make_shared<const BootFiles>(std::move(*programs));
  world.snapshot.now = Now();
  const BootServerUrl& url = world.snapshot.catalog->manifest().boot_server;
  world.server = Ipv4::Parse(url.host).value_or(Ipv4{0xc0000201});
  world.http_port = url.port;
  return {};
}

}  // namespace

Result<SimulatedWorld> ServedWorld(const std::string& state_dir,
                                   const std::vector<std::string>& program_dirs) {
  SimulatedWorld made;
  auto catalog = Catalog::Load(state_dir);
  if (!catalog) return tl::make_unexpected(catalog.error());
  auto blocked = BlockedMachines::Load(state_dir);
  if (!blocked) return tl::make_unexpected(blocked.error());
  auto installs = std::make_shared<Installs>();
  if (const auto read = InstallStore::Read(state_dir, *installs); !read)
    return tl::make_unexpected(read.error());
  Ledger ledger;
  ledger.blocked.insert(blocked->macs().begin(), blocked->macs().end());
  Snapshot& snapshot = made.world.snapshot;
  snapshot.catalog = *catalog;
  snapshot.ledger = std::make_shared<const Ledger>(std::move(ledger));
  snapshot.installs = std::move(installs);
  made.world.read = [held = *catalog](const Catalog::Item& item) { return ReadAll(held->Open(item)); };
  if (auto furnished = Furnish(made.world, program_dirs); !furnished)
    return tl::make_unexpected(furnished.error());
  return made;
}

std::optional<SimulatedWorld> PlannedWorld(const FleetInput& input, const PlanFlags& flags,
                                           const std::vector<std::string>& program_dirs) {
  SimulatedWorld made;
  made.fleet = std::make_unique<FleetPlan>();
  if (MakeFleetPlan(input, flags, *made.fleet) != kOk) return std::nullopt;
  if (!made.fleet->walked->plan) {
    PrintProblems(made.fleet->walked->diagnostics);
    return std::nullopt;
  }
  const RenderedTree& tree = made.fleet->walked->plan->tree;
  Manifest manifest = tree.header;
  auto texts = std::make_shared<std::map<std::string, std::string>>();
  for (size_t i = 0; i < tree.items.size(); ++i) {
    const RenderedItem& item = tree.items[i];
    FileEntry& file = manifest.files.emplace_back(FileEntry{item.path, item.digest, item.size, item.kind});
    if (item.from == RenderedItem::From::kAsset) continue;
    auto bytes = tree.produce(i);
    if (!bytes) {
      Fail(bytes.error().message);
      return std::nullopt;
    }
    file.digest = Sha256::Of(*bytes);
    file.size = bytes->size();
    (*texts)[item.path] = std::move(*bytes);
  }
  Snapshot& snapshot = made.world.snapshot;
  snapshot.catalog =
      std::make_shared<const Catalog>(std::move(manifest), RevisionInfo{}, UniqueFd(), UniqueFd());
  snapshot.ledger = std::make_shared<const Ledger>();
  snapshot.installs = std::make_shared<const Installs>();
  made.world.read = [texts](const Catalog::Item& item) -> Result<std::string> {
    return (*texts)[item.file->path];
  };
  if (auto furnished = Furnish(made.world, program_dirs); !furnished) {
    Fail(furnished.error().message);
    return std::nullopt;
  }
  return made;
}

}  // namespace slipway::cli
