#include "bootnet/catalog/decide.h"

#include "bootnet/catalog/machine_file.h"

namespace slipway {
namespace {

using What = decltype(Decision::what);

/// What is known of who asks, looked up once.
struct Standing {
  const BootEntry* entry = nullptr;
  enum class Kind { kHost, kApproved, kUnknown, kUnidentified, kBlocked } kind = Kind::kUnidentified;
};

bool IsNodeBlocked(const BootEntry& entry, const Snapshot& snapshot) {
  if (!snapshot.ledger || snapshot.ledger->blocked.empty()) return false;
  for (const BootEntry* row : snapshot.catalog->RowsOfNode(entry.node)) {
    if (snapshot.ledger->blocked.contains(row->mac)) return true;
  }
  return false;
}

Standing StandingOf(const Client& client, const Snapshot& snapshot) {
  using Kind = Standing::Kind;
  if (client.origin == ClientOrigin::kHost) return {nullptr, Kind::kHost};
  if (!client.mac) return {nullptr, Kind::kUnidentified};
  const BootEntry* entry = snapshot.catalog->FindMac(*client.mac);
  const bool blocked = snapshot.ledger && snapshot.ledger->blocked.contains(*client.mac);
  if (blocked || (entry != nullptr && IsNodeBlocked(*entry, snapshot))) return {entry, Kind::kBlocked};
  return {entry, entry == nullptr ? Kind::kUnknown : Kind::kApproved};
}

std::string Who(const Client& client) {
  return client.mac ? client.mac->ToColons() : client.address.ToString();
}

Decision Allow(Reason reason, std::string message, const BootEntry* machine, What what) {
  return {Outcome::kAnswered, reason, std::move(message), machine, what};
}

Decision Deny(Outcome outcome, Reason reason, std::string message, const BootEntry* machine = nullptr) {
  return {outcome, reason, std::move(message), machine, {}};
}

Decision Blocked(Outcome outcome, const Client& client, const BootEntry* entry) {
  return Deny(outcome, Reason::kBlocked,
              (entry == nullptr ? Who(client) : "node " + entry->node) +
                  " is blocked on this host; `slipway block --remove` lifts it",
              entry);
}

Decision UnknownMachine(Outcome outcome, const Client& client) {
  return Deny(outcome, Reason::kUnknownMachine,
              Who(client) + " is not in the served revision; merge a Node with this MAC to approve it");
}

/// What everybody may have so that a machine can say what it is: the entry script and the programs that fetch
/// it.
Decision DecideOpen(const Client& client, const Standing& who, const Snapshot& snapshot, What what) {
  switch (who.kind) {
    case Standing::Kind::kBlocked:
      return Blocked(Outcome::kRefused, client, who.entry);
    case Standing::Kind::kHost:
      return Allow(Reason::kHost, "asked by the server's own host", nullptr, what);
    case Standing::Kind::kApproved:
      return Allow(Reason::kApproved, "node " + who.entry->node, who.entry, what);
    case Standing::Kind::kUnidentified:
      return Allow(Reason::kUnidentified, "no neighbour entry for " + Who(client), nullptr, what);
    case Standing::Kind::kUnknown:
      break;
  }
  if (snapshot.catalog->manifest().unknown_machines == UnknownAction::kIgnore) {
    return UnknownMachine(Outcome::kRefused, client);
  }
  return Allow(Reason::kUnknownMachine, Who(client) + " is not in the served revision: entry script only",
               nullptr, what);
}

Decision DecideAsset(const Client& client, const Standing& who, const Catalog::Item& what) {
  const auto allow = [&](Reason reason, std::string message, const BootEntry* machine) {
    Decision decision = Allow(reason, std::move(message), machine, what);
    if (what.file->path.ends_with("/initramfs.xz")) decision.served = Served::kInitramfs;
    return decision;
  };
  switch (who.kind) {
    case Standing::Kind::kBlocked:
      return Blocked(Outcome::kRefused, client, who.entry);
    case Standing::Kind::kUnknown:
      return UnknownMachine(Outcome::kRefused, client);
    case Standing::Kind::kHost:
      return allow(Reason::kHost, "asked by the server's own host", nullptr);
    case Standing::Kind::kApproved:
      return allow(Reason::kApproved, "node " + who.entry->node, who.entry);
    case Standing::Kind::kUnidentified:
      break;
  }
  return allow(Reason::kUnidentified, "no neighbour entry for " + Who(client), nullptr);
}

/// Whether a machine's own file may leave at all, and why not.
std::optional<Decision> RefuseMachineFile(const Client& client, const Standing& who, const Snapshot& snapshot,
                                          const Catalog::Item& item) {
  const BootEntry* owner = item.owner;
  const bool is_config = item.file->kind == FileKind::kMachineConfig;
  if (owner == nullptr) {
    return Deny(Outcome::kRefused, Reason::kUnknownMachine,
                item.file->path + " belongs to no approved machine");
  }
  if (IsNodeBlocked(*owner, snapshot)) return Blocked(Outcome::kRefused, client, owner);
  if (is_config && client.door == Door::kTftp) {
    return Deny(Outcome::kRefused, Reason::kConfigOverTftp, "configs hold secrets and leave by HTTP only",
                owner);
  }
  if (who.kind == Standing::Kind::kBlocked) return Blocked(Outcome::kRefused, client, who.entry);
  if (who.kind == Standing::Kind::kUnknown) return UnknownMachine(Outcome::kRefused, client);
  if (who.kind == Standing::Kind::kApproved && who.entry->node != owner->node) {
    return Deny(Outcome::kRefused, is_config ? Reason::kNotYourConfig : Reason::kNotYourScript,
                "node " + who.entry->node + " asked for a file of node " + owner->node, who.entry);
  }
  return std::nullopt;
}

Decision DecideConfig(const Client& client, const Standing& who, const Snapshot& snapshot,
                      const Catalog::Item& item) {
  const BootEntry* owner = item.owner;
  const Manifest& manifest = snapshot.catalog->manifest();
  const bool known = who.kind == Standing::Kind::kApproved;
  Decision decision =
      Allow(known ? Reason::kApproved : Reason::kUnidentified, "node " + owner->node, owner, item);
  decision.served = Served::kConfig;
  if (manifest.config_access == ConfigAccess::kOpen) return decision;
  if (known && manifest.config_access == ConfigAccess::kNeighbor) return decision;
  if (InWindow(client, *owner, manifest)) {
    decision.reason = Reason::kWindow;
    return decision;
  }
  return Deny(Outcome::kRefused, known ? Reason::kWindowClosed : Reason::kUnidentified,
              "the script of node " + owner->node + " was not fetched from " + client.address.ToString() +
                  " in the last " + std::to_string(manifest.config_window_seconds) +
                  " seconds, and no neighbour or lease says that it is this machine: boot it again, or widen "
                  "`configWindow` in the Site",
              owner);
}

/// A machine's own script or config.
Decision DecideMachineFile(const Client& client, const Standing& who, const Snapshot& snapshot,
                           const Catalog::Item& item) {
  if (auto refused = RefuseMachineFile(client, who, snapshot, item)) return *std::move(refused);
  const BootEntry* owner = item.owner;
  if (who.kind == Standing::Kind::kHost)
    return Allow(Reason::kHost, "asked by the server's own host", owner, item);
  if (item.file->kind == FileKind::kMachineConfig) return DecideConfig(client, who, snapshot, item);
  if (item.file->kind == FileKind::kWipeScript) {
    return Deny(Outcome::kRefused, Reason::kNotFound, "a wipe is not fetched by its name: boot the machine",
                owner);
  }
  ScriptChoice choice = ChooseScript(*owner, snapshot);
  const auto script = ScriptFor(*owner, item.file->path, choice.kind, *snapshot.catalog);
  if (!script) return Deny(Outcome::kRefused, Reason::kNotFound, "no such script for this loader", owner);
  const bool told = who.kind == Standing::Kind::kApproved || choice.reason != Reason::kApproved;
  Decision decision =
      Allow(told ? choice.reason : Reason::kUnidentified, std::move(choice.message), owner, *script);
  using Kind = ScriptChoice::Kind;
  decision.served = choice.kind == Kind::kWipe    ? Served::kWipeScript
                    : choice.kind == Kind::kLocal ? Served::kLocalScript
                                                  : Served::kScript;
  return decision;
}

/// grub.cfg of whoever asks: GRUB does not put its MAC into the first names it tries.
std::optional<Catalog::Item> GrubConfigOf(const Standing& who, std::string_view path,
                                          const Snapshot& snapshot) {
  if (path != "grub.cfg" && !path.ends_with("/grub.cfg")) return std::nullopt;
  if (who.kind != Standing::Kind::kApproved) return std::nullopt;
  return snapshot.catalog->Find(MachineGrubPath(who.entry->mac));
}

/// The screen of an unknown machine, which tells of itself here; one that was approved meanwhile is sent on
/// from it.
Decision DecideUnknown(const Client& client, const Standing& who, const Snapshot& snapshot) {
  Decision decision = DecideOpen(client, who, snapshot, WaitingScreen{});
  if (decision.outcome == Outcome::kAnswered && who.kind == Standing::Kind::kUnknown)
    decision.message = Who(client) + " is not in the served revision: it waits for its approval";
  return decision;
}

/// The call by which a machine says that it is installed: heard from machines that are known to be approved.
Decision DecideDone(const Client& client, const Standing& who, const Snapshot& snapshot) {
  const BootEntry* entry = who.kind == Standing::Kind::kApproved ? who.entry : nullptr;
  if (who.kind == Standing::Kind::kUnidentified && !client.script_node.empty()) {
    const auto rows = snapshot.catalog->RowsOfNode(client.script_node);
    if (!rows.empty() && InWindow(client, *rows.front(), snapshot.catalog->manifest())) entry = rows.front();
  }
  if (who.kind == Standing::Kind::kBlocked) return Blocked(Outcome::kRefused, client, who.entry);
  if (entry == nullptr) {
    return Deny(Outcome::kRefused, Reason::kUnidentified,
                Who(client) + " is no machine whose installation is counted");
  }
  Decision decision =
      Allow(Reason::kDone, "node " + entry->node + " says that it is installed", entry, Acknowledgement{});
  decision.served = Served::kDone;
  return decision;
}

Decision DecidePath(const Client& client, std::string_view path, const Snapshot& snapshot) {
  const Standing who = StandingOf(client, snapshot);
  if (snapshot.boot_files) {
    std::string_view name = path;
    if (name.starts_with(kBootFileFolder)) name.remove_prefix(kBootFileFolder.size());
    if (const BootFile* file = snapshot.boot_files->Find(name)) {
      return DecideOpen(client, who, snapshot, file);
    }
  }
  if (path == "done" && client.door == Door::kHttp) return DecideDone(client, who, snapshot);
  if (path == kUnknownPath && client.door == Door::kHttp) return DecideUnknown(client, who, snapshot);
  std::optional<Catalog::Item> item = snapshot.catalog->Find(path);
  if (!item) item = GrubConfigOf(who, path, snapshot);
  if (!item)
    return Deny(Outcome::kRefused, Reason::kNotFound, "no such file in the served revision", who.entry);
  switch (item->file->kind) {
    case FileKind::kEntryScript:
      return DecideOpen(client, who, snapshot, *item);
    case FileKind::kAsset:
    case FileKind::kLocalBoot:
      return DecideAsset(client, who, *item);
    case FileKind::kMachineScript:
    case FileKind::kMachineConfig:
    case FileKind::kLoaderConfig:
    case FileKind::kWipeScript:
      break;
  }
  return DecideMachineFile(client, who, snapshot, *item);
}

Decision DecideBoot(const Client& client, ClientClass boot_class, const Snapshot& snapshot) {
  const Standing who = StandingOf(client, snapshot);
  if (who.kind == Standing::Kind::kBlocked) return Blocked(Outcome::kIgnored, client, who.entry);
  if (who.kind != Standing::Kind::kApproved &&
      snapshot.catalog->manifest().unknown_machines == UnknownAction::kIgnore) {
    return UnknownMachine(Outcome::kIgnored, client);
  }
  const Reason reason = who.entry == nullptr ? Reason::kUnknownMachine : Reason::kApproved;
  std::string message = who.entry == nullptr
                            ? Who(client) + " is not in the served revision: entry script only"
                            : "node " + who.entry->node;
  if (boot_class.stage == BootStage::kIpxe)
    return Allow(reason, std::move(message), who.entry, EntryScriptUrl{});
  if (boot_class.platform == Platform::kRaspberryPi) {
    return Deny(Outcome::kIgnored, Reason::kRaspberryPi,
                "the boot ROM of a Raspberry Pi needs the Pi's own firmware files, not iPXE", who.entry);
  }
  if (boot_class.platform == Platform::kUnsupported) {
    return Deny(Outcome::kIgnored, Reason::kUnsupportedArch,
                "no iPXE program exists for what this client says it is", who.entry);
  }
  const Loader loader = who.entry == nullptr ? Loader::kIpxe : who.entry->loader;
  const BootFile* file =
      snapshot.boot_files ? snapshot.boot_files->For(boot_class.platform, loader) : nullptr;
  if (file == nullptr) {
    std::string names;
    for (std::string_view name : BootFileNames(boot_class.platform, loader)) {
      names += (names.empty() ? "" : " or ") + std::string(name);
    }
    return Deny(Outcome::kIgnored, Reason::kNoBootFile,
                "boot.ipxe_dir and boot.loader_dirs hold no " + std::string(ToString(loader)) + " for " +
                    std::string(ToString(boot_class.platform)) + (names.empty() ? "" : ": add " + names),
                who.entry);
  }
  return Allow(reason, std::move(message), who.entry, file);
}

}  // namespace

Decision Decide(const Client& client, const Request& request, const Snapshot& snapshot) {
  const auto* boot_class = std::get_if<ClientClass>(&request);
  if (!snapshot.catalog) {
    return Deny(boot_class != nullptr ? Outcome::kIgnored : Outcome::kRefused, Reason::kNothingServed,
                "no revision is served yet");
  }
  if (boot_class != nullptr) return DecideBoot(client, *boot_class, snapshot);
  return DecidePath(client, std::get<std::string_view>(request), snapshot);
}

}  // namespace slipway
