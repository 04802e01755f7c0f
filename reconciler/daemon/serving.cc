#include "reconciler/daemon/serving.h"

#include <chrono>
#include <filesystem>
#include <utility>

#include "reconciler/daemon/files.h"
#include "reconciler/daemon/served_changes.h"
#include "schema/contract/worker_status.h"

namespace slipway {
namespace {

int64_t Now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::optional<WorkerStatus> ReadWorkerStatus(const std::string& state_dir) {
  const auto text = ReadSmallFile(state_dir + '/' + std::string(kWorkerStatusName));
  if (!text || !*text) return std::nullopt;
  auto status = DecodeWorkerStatus(**text);
  if (!status) return std::nullopt;
  return std::move(*status);
}

}  // namespace

Serving::Serving(const DaemonConfig& config, BootNetwork& network, Journal& journal, BlockedMachines blocked)
    : config_(config),
      network_(network),
      journal_(journal),
      started_at_(Now()),
      blocked_(std::move(blocked)) {
  ApplyLedger();
}

std::string Serving::CurrentTarget() const {
  std::error_code error;
  return std::filesystem::read_symlink(config_.state_dir + '/' + std::string(kCurrentName), error).string();
}

Result<void> Serving::Reload() {
  const std::lock_guard one_at_a_time(reload_mutex_);
  const std::string target = CurrentTarget();
  {
    const std::lock_guard lock(mutex_);
    if (target.empty() || target == live_target_) return {};
  }
  auto catalog = Catalog::Load(config_.state_dir);
  if (!catalog) return tl::make_unexpected(catalog.error());
  network_.SetCatalog(*catalog);
  std::shared_ptr<const Catalog> before;
  {
    const std::lock_guard lock(mutex_);
    before = std::exchange(catalog_, *catalog);
    live_target_ = target;
  }
  NoteHistory(before.get(), **catalog);  // machines do not wait for it
  return {};
}

void Serving::NoteHistory(const Catalog* before, const Catalog& now) {
  const RevisionInfo& revision = now.revision();
  const uint64_t noted = journal_.newest_generation();
  if (before == nullptr && noted >= revision.number) return journal_.NoteServed(revision, {});
  if (before != nullptr) {
    return journal_.NoteServed(revision, ChangesBetween(&before->manifest(), now.manifest(), revision));
  }
  // The daemon was away while the worker, or another one, published.
  const auto kept = noted == 0 ? std::nullopt : ReadKeptManifest(config_.state_dir, noted);
  journal_.NoteServed(revision, ChangesBetween(kept ? &*kept : nullptr, now.manifest(), revision));
}

void Serving::ApplyLedger() {
  Ledger ledger;
  ledger.blocked.insert(blocked_.macs().begin(), blocked_.macs().end());
  ledger.pulls = pulls_;
  network_.SetLedger(std::move(ledger));
}

std::shared_ptr<const Catalog> Serving::catalog() const {
  const std::lock_guard lock(mutex_);
  return catalog_;
}

void Serving::SetPulls(std::unordered_map<Mac, std::string> lines) {
  const std::lock_guard lock(mutex_);
  if (lines == pulls_) return;
  pulls_ = std::move(lines);
  ApplyLedger();
}

Result<void> Serving::Block(const Mac& mac) {
  const std::lock_guard lock(mutex_);
  auto added = blocked_.Add(mac);
  if (added) ApplyLedger();
  return added;
}

Result<void> Serving::Unblock(const Mac& mac) {
  const std::lock_guard lock(mutex_);
  auto removed = blocked_.Remove(mac);
  if (removed) ApplyLedger();
  return removed;
}

void Serving::SetWorker(bool running, int restarts) {
  const std::lock_guard lock(mutex_);
  worker_running_ = running;
  worker_restarts_ = restarts;
}

void Serving::SetLooked(int64_t last_fetch_at, int64_t next_fetch_at) {
  const std::lock_guard lock(mutex_);
  last_fetch_at_ = last_fetch_at;
  next_fetch_at_ = next_fetch_at;
}

void Serving::SetServers(std::vector<ServerState> servers) {
  const std::lock_guard lock(mutex_);
  servers_ = std::move(servers);
}

void Serving::SetWorkerTrouble(std::string trouble) {
  const std::lock_guard lock(mutex_);
  worker_trouble_ = std::move(trouble);
}

void Serving::SetDhcp(DhcpStatus dhcp) {
  const std::lock_guard lock(mutex_);
  dhcp_ = std::move(dhcp);
}

StatusView Serving::View() const {
  constexpr size_t kMostEvents = 200;
  StatusView view;
  view.version = SLIPWAY_VERSION;
  view.now = Now();
  view.started_at = started_at_;
  view.state_dir = config_.state_dir;
  view.worker = ReadWorkerStatus(config_.state_dir);
  view.events = journal_.Recent(kMostEvents);
  view.machines = journal_.Machines();
  view.history = journal_.History();
  view.counters = journal_.counters();
  view.journal_trouble = journal_.trouble();
  view.dns = network_.counters().dns;
  for (auto& [mac, record] : network_.installs()->All()) {
    view.installs[mac] = {record.completed, record.wiped, record.completed_at, std::move(record.evidence)};
  }
  const std::lock_guard lock(mutex_);
  if (catalog_) {
    view.manifest = std::shared_ptr<const Manifest>(catalog_, &catalog_->manifest());
    view.served = catalog_->revision();
  }
  view.servers = servers_;
  view.dhcp = dhcp_;
  if (view.worker && next_fetch_at_ != 0) {
    view.worker->last_fetch_at = last_fetch_at_;
    view.worker->next_fetch_at = next_fetch_at_;
  }
  view.blocked = blocked_.macs();
  view.worker_running = worker_running_;
  view.worker_restarts = worker_restarts_;
  view.worker_trouble = worker_trouble_;
  return view;
}

}  // namespace slipway
