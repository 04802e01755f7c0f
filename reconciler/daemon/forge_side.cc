#include "reconciler/daemon/forge_side.h"

#include <spdlog/spdlog.h>

#include <boost/asio/post.hpp>
#include <chrono>

#include "reconciler/daemon/files.h"

namespace slipway {
namespace {

namespace asio = boost::asio;

int64_t Now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

template <class T>
std::optional<T> ReadDocument(const std::string& path, Result<T> (*decode)(std::string_view)) {
  const auto text = ReadSmallFile(path);
  if (!text || !*text) return std::nullopt;
  auto document = decode(**text);
  if (!document) return std::nullopt;
  return std::move(*document);
}

}  // namespace

ForgeSide::ForgeSide(asio::io_context& io, asio::thread_pool& loader, const DaemonConfig& config,
                     Commands commands, Callbacks callbacks)
    : io_(io),
      loader_(loader),
      config_(config),
      callbacks_(std::move(callbacks)),
      plans_command_(std::move(commands.plans)) {
  const auto text = ReadSmallFile(config.state_dir + '/' + std::string(kSightingsName));
  if (text && *text) (void)sightings_.Decode(**text);
  if (!config.forge.target) return;
  SupervisorSettings settings{.program = "/proc/self/exe", .command = std::move(commands.forge)};
  settings.name = "forge worker";
  supervisor_ = std::make_unique<Supervisor>(
      io_, std::move(settings),
      Supervisor::Callbacks{[this](const Message& message) { OnForge(message); },
                            [this](const std::string& trouble) { callbacks_.on_trouble(trouble); }});
}

ForgeSide::~ForgeSide() { Stop(); }

void ForgeSide::Start() {
  if (supervisor_) supervisor_->Start();
  asio::post(loader_, [this] { Refresh(); });
}

void ForgeSide::Stop() {
  if (supervisor_) supervisor_->Stop();
  if (plans_) plans_->Stop();
}

void ForgeSide::OnForge(const Message& message) {
  if (message.verb == "done") callbacks_.on_done(message);
  if (message.verb == "forge") asio::post(loader_, [this] { Refresh(); });
  if (message.verb != "base" && message.verb != "contains" && message.verb != "plan") return;
  if (!plans_) {
    SupervisorSettings settings{.program = "/proc/self/exe", .command = plans_command_};
    settings.name = "process that plans";
    plans_ = std::make_unique<Supervisor>(
        io_, std::move(settings),
        Supervisor::Callbacks{[this](const Message& answer) { OnPlans(answer); },
                              [this](const std::string& trouble) { OnPlansEnded(trouble); }});
    plans_->Start();
  }
  question_ = message.token;
  plans_->Send(message);
}

void ForgeSide::OnPlans(const Message& message) {
  if (message.verb != "done") return;
  if (message.token == question_) question_.clear();
  Message planned = message;
  planned.verb = "planned";
  supervisor_->Send(planned);
}

void ForgeSide::OnPlansEnded(const std::string& trouble) {
  spdlog::error("forge.trouble {}", trouble);
  if (question_.empty()) return;
  Message ended;
  ended.verb = "ended";
  ended.token = std::exchange(question_, "");
  supervisor_->Send(ended);
}

void ForgeSide::Look(const std::string& by) {
  if (!supervisor_) return;
  Message message;
  message.verb = "look";
  message.by = by;
  supervisor_->Send(message);
}

void ForgeSide::Note(const BootEvent& event) {
  if (!event.facts) return;
  {
    const std::lock_guard lock(mutex_);
    if (IsApproved(*event.facts) || !sightings_.Note(*event.facts, Now())) return;
  }
  WriteSoon();
}

void ForgeSide::OnCatalog(std::shared_ptr<const Catalog> catalog) {
  bool changed = false;
  {
    const std::lock_guard lock(mutex_);
    catalog_ = std::move(catalog);
    uuids_.clear();
    for (const BootEntry& entry : catalog_->manifest().boot) {
      if (!entry.uuid.empty()) uuids_.insert(entry.uuid);
    }
    changed = sightings_.ForgetIf([this](const MachineFacts& facts) { return IsApproved(facts); });
  }
  if (changed) WriteSoon();
  Refresh();
}

bool ForgeSide::IsApproved(const MachineFacts& facts) const {
  if (!catalog_) return false;
  if (!facts.uuid.empty() && uuids_.contains(facts.uuid)) return true;
  return std::any_of(facts.macs.begin(), facts.macs.end(),
                     [this](const Mac& mac) { return catalog_->FindMac(mac) != nullptr; });
}

void ForgeSide::WriteSoon() {
  const std::lock_guard lock(mutex_);
  if (std::exchange(write_pending_, true)) return;
  asio::post(loader_, [this] { Write(); });
}

void ForgeSide::Write() {
  std::string text;
  {
    const std::lock_guard lock(mutex_);
    write_pending_ = false;
    text = sightings_.Encode();
  }
  const auto written =
      ReplaceFile(config_.state_dir + '/' + std::string(kSightingsName), text, Durability::kAtomicOnly);
  const std::string problem = written ? "" : written.error().message;
  if (problem != write_problem_ && !written) spdlog::error("sightings.write {}", problem);
  write_problem_ = problem;
  callbacks_.on_changed();
  asio::post(io_, [this] { Look(""); });
}

void ForgeSide::Refresh() {
  auto status = ReadDocument(config_.state_dir + '/' + std::string(kForgeStatusName), DecodeForgeStatus);
  auto pattern = ReadDocument(config_.state_dir + '/' + std::string(kPatternName), DecodePattern);
  {
    const std::lock_guard lock(mutex_);
    status_ = std::move(status);
    if (pattern) pattern_ = std::move(*pattern);
  }
  callbacks_.on_changed();
}

bool ForgeSide::Propose(const std::string& token, const std::string& request) {
  if (!supervisor_) return false;
  Message message;
  message.verb = "propose";
  message.token = token;
  message.argument = request;
  message.by = "an operator";
  supervisor_->Send(message);
  return true;
}

std::optional<MachineFacts> ForgeSide::FactsOf(const Mac& mac) const {
  const std::lock_guard lock(mutex_);
  const Sighting* sighting = sightings_.Find(mac);
  if (sighting == nullptr) return std::nullopt;
  return sighting->facts;
}

std::unordered_map<Mac, std::string> ForgeSide::ConsoleLines() const {
  const std::lock_guard lock(mutex_);
  std::unordered_map<Mac, std::string> lines;
  std::unordered_map<std::string, std::string> boards;  // by UUID: cards that knocked after the proposal
  if (!status_) return lines;
  for (const Proposal& proposal : status_->proposals) {
    std::string line;
    const std::string number = std::to_string(proposal.pull);
    if (proposal.state == ProposalState::kOpen)
      line = "pull request " + number + " would approve it as " + proposal.name + ": " + proposal.url;
    if (proposal.state == ProposalState::kDeclined)
      line = "pull request " + number + " was declined: " + proposal.url;
    if (line.empty()) continue;
    for (const Mac& mac : proposal.facts.macs) lines[mac] = line;
    if (!OwnUuid(proposal.facts.uuid).empty()) boards[proposal.facts.uuid] = line;
  }
  for (const Sighting& sighting : sightings_.list()) {
    const auto board = boards.find(sighting.facts.uuid);
    if (board == boards.end()) continue;
    for (const Mac& mac : sighting.facts.macs) lines[mac] = board->second;
  }
  return lines;
}

void ForgeSide::Fill(StatusView& view) const {
  const std::lock_guard lock(mutex_);
  if (config_.forge.target) view.forge = status_;
  if (view.forge && view.worker && !status_->problem.empty()) {
    view.worker->conditions.push_back({"ForgeFailed", "True", "ForgeRequestFailed",
                                       status_->problem + "; machines and publishing do not wait for it",
                                       status_->problem_since, view.worker->observed_revision});
  }
  view.sightings = sightings_.list();
  view.pattern = pattern_;
}

}  // namespace slipway
