#include "reconciler/status/journal.h"

#include "reconciler/status/journal_store.h"

namespace slipway {
namespace {

constexpr size_t kInMemory = 1'000;
constexpr size_t kMostQueued = 10'000;
constexpr size_t kBatch = 500;

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
    recent_.push_front(shared);
    if (recent_.size() > kInMemory) recent_.pop_back();
    if (!store_) return;
    if (queue_.size() >= kMostQueued) {
      ++counters_.dropped;
      return;
    }
    queue_.push_back(shared);
    if (queue_.size() > 1) return;  // the writer is awake, or about to be
  }
  wake_.notify_one();
}

void Journal::WriteLoop() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;
    std::vector<std::shared_ptr<const BootEvent>> batch;
    const size_t count = std::min(queue_.size(), kBatch);
    batch.assign(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(count));
    lock.unlock();
    const auto written = store_->Append(batch);
    lock.lock();
    queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(count));
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
