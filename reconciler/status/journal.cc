#include "reconciler/status/journal.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "reconciler/status/journal_store.h"

namespace slipway {
namespace {

constexpr size_t kInMemory = 1'000;
constexpr size_t kMostQueued = 10'000;
constexpr size_t kFullBatch = 5'000;
/// Events of that long become one transaction: a thousand machines that boot at once touch the same pages of
/// the file again and again.
constexpr std::chrono::milliseconds kGather{500};
/// Above the threads that answer machines.
constexpr int kNice = 10;
constexpr size_t kHistoryLines = 200;

}  // namespace

Journal::Journal() = default;

Journal::~Journal() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (writer_.joinable()) writer_.join();
}

Result<void> Journal::Open(const std::string& path) {
  auto store = std::make_unique<JournalStore>();
  if (auto opened = store->Open(path); !opened) {
    const std::lock_guard lock(mutex_);
    trouble_ = opened.error().message;
    return opened;
  }
  std::vector<BootEvent> old = store->Newest(kInMemory);
  {
    const std::lock_guard lock(mutex_);
    for (MachineRecord& record : store->Machines()) machines_.Restore(std::move(record));
    for (BootEvent& event : old) recent_.push_front(std::make_shared<const BootEvent>(std::move(event)));
    for (HistoryLine& line : store->History(kHistoryLines)) history_.push_back(std::move(line));
    newest_on_disk_ = store->NewestGeneration();
    store_ = std::move(store);
  }
  writer_ = std::thread([this] { WriteLoop(); });
  return {};
}

void Journal::Record(BootEvent event) {
  const auto shared = std::make_shared<const BootEvent>(std::move(event));
  {
    const std::lock_guard lock(mutex_);
    counters_.events[static_cast<size_t>(shared->door)][static_cast<size_t>(shared->outcome)] +=
        shared->count;
    counters_.bytes += shared->bytes;
    machines_.Note(*shared);
    if (auto record = HistoryOf(*shared)) Tell(std::move(*record));
    recent_.push_front(shared);
    if (recent_.size() > kInMemory) recent_.pop_back();
    if (!store_) return;
    if (queue_.size() + writing_ >= kMostQueued) {
      ++counters_.dropped;
      return;
    }
    queue_.push_back(shared);
    // Else the writer is awake, or about to be.
    if (queue_.size() > 1 && queue_.size() != kFullBatch) return;
  }
  wake_.notify_one();
}

/// With mutex_ held.
void Journal::Tell(HistoryRecord record, const std::vector<MergedCommit>& merged) {
  if (newest_.revision == record.revision) {
    history_.push_front(LineOf(std::move(record), newest_, merged));
  } else {
    RevisionInfo served;
    served.revision = record.revision;
    history_.push_front(LineOf(std::move(record), served, merged));
  }
  if (history_.size() > kHistoryLines) history_.pop_back();
}

void Journal::NoteServed(RevisionInfo revision, std::vector<HistoryRecord> changes) {
  {
    const std::lock_guard lock(mutex_);
    newest_ = revision;
    newest_.commits.clear();
    const size_t shown = std::min(changes.size(), kHistoryLines);
    const std::vector<MergedCommit> merged = DecodeMerged(revision.commits);
    for (size_t i = 0; i < shown; ++i) Tell(changes[i], merged);
    if (!store_) return;
    served_.push_back({std::move(revision), std::move(changes)});
  }
  wake_.notify_one();
}

uint64_t Journal::newest_generation() const {
  const std::lock_guard lock(mutex_);
  return newest_on_disk_;
}

std::vector<HistoryLine> Journal::History() const {
  const std::lock_guard lock(mutex_);
  return {history_.begin(), history_.end()};
}

void Journal::WriteLoop() {
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNice);
  std::vector<ServedRevision> served;  // what the disk did not take is tried again with the next
  std::vector<std::shared_ptr<const BootEvent>> batch;
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || !queue_.empty() || !served_.empty(); });
    if (queue_.empty() && served_.empty()) return;
    wake_.wait_for(lock, kGather, [this] { return stopping_ || queue_.size() >= kFullBatch; });
    std::move(served_.begin(), served_.end(), std::back_inserter(served));
    served_.clear();
    batch.swap(queue_);
    writing_ = batch.size();
    lock.unlock();
    auto written = served.empty() ? Result<void>() : store_->Append(served);
    const uint64_t noted = written && !served.empty() ? served.back().revision.number : 0;
    if (written) served.clear();
    if (written && !batch.empty()) written = store_->Append(batch);
    batch.clear();  // here, where nobody waits for thousands of events to go
    lock.lock();
    const size_t count = std::exchange(writing_, 0);
    newest_on_disk_ = std::max(newest_on_disk_, noted);
    trouble_ = written ? std::string() : written.error().message;
    if (!written) counters_.dropped += count;
  }
}

std::vector<std::shared_ptr<const BootEvent>> Journal::Recent(size_t most) const {
  const std::lock_guard lock(mutex_);
  const size_t count = std::min(most, recent_.size());
  return {recent_.begin(), recent_.begin() + static_cast<std::ptrdiff_t>(count)};
}

std::vector<MachineRecord> Journal::Machines() const {
  const std::lock_guard lock(mutex_);
  return machines_.All();
}

Journal::Counters Journal::counters() const {
  const std::lock_guard lock(mutex_);
  return counters_;
}

std::string Journal::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

}  // namespace slipway
