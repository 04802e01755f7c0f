#include "reconciler/render/render_ahead.h"

#include <system_error>
#include <utility>

namespace slipway {
namespace {

constexpr size_t kWorthAThread = 64;
constexpr size_t kBatchFiles = 32;
constexpr size_t kBatchBytes = 1U << 20U;
constexpr size_t kBatchesAhead = 2;

}  // namespace

RenderAhead::RenderAhead(std::vector<uint32_t> queue, Render render)
    : queue_(std::move(queue)), render_(std::move(render)) {}

RenderAhead::~RenderAhead() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Result<std::string> RenderAhead::Take(size_t index) {
  if (!begun_) Begin();
  while (true) {
    while (!taken_.empty() && taken_.front().index < index) taken_.pop_front();
    if (!taken_.empty()) break;
    if (!NextBatch()) return render_(index);
  }
  if (taken_.front().index != index) return render_(index);
  Result<std::string> bytes = std::move(taken_.front().bytes);
  taken_.pop_front();
  return bytes;
}

void RenderAhead::Begin() {
  begun_ = true;
  finished_ = true;
  if (queue_.size() < kWorthAThread || std::thread::hardware_concurrency() < 2) return;
  finished_ = false;
  try {
    thread_ = std::thread([this] { Work(); });
  } catch (const std::system_error&) {  // no thread to be had: everything is rendered on the spot
    finished_ = true;
  }
}

void RenderAhead::Work() {
  Batch batch;
  size_t bytes = 0;
  for (const uint32_t index : queue_) {
    batch.push_back({index, render_(index)});
    if (batch.back().bytes) bytes += batch.back().bytes->size();
    if (batch.size() < kBatchFiles && bytes < kBatchBytes) continue;
    if (!Deliver(std::exchange(batch, {}))) return;
    bytes = 0;
  }
  Deliver(std::move(batch));
  const std::lock_guard lock(mutex_);
  finished_ = true;
  changed_.notify_all();
}

/// False when nobody wants more.
bool RenderAhead::Deliver(Batch batch) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return stop_ || ready_.size() < kBatchesAhead; });
  if (stop_) return false;
  ready_.push_back(std::move(batch));
  changed_.notify_all();
  return true;
}

bool RenderAhead::NextBatch() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return finished_ || !ready_.empty(); });
  if (ready_.empty()) return false;
  taken_ = std::move(ready_.front());
  ready_.pop_front();
  changed_.notify_all();
  return true;
}

}  // namespace slipway
