#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "schema/fleet/result.h"

namespace slipway {

/// Renders files on a thread of its own while the caller writes the ones before them: of a first publication,
/// rendering takes as long as the disk does. A few batches ahead at most, so that memory does not depend on
/// the fleet. The order of what is returned, and its bytes, are those of rendering on the spot.
class RenderAhead {
 public:
  /// Called on either thread, also at the same time for different indexes.
  using Render = std::function<Result<std::string>(size_t index)>;

  /// `queue` holds the indexes that will be asked for, ascending. The thread begins at the first Take, and
  /// only where there is enough for it to do.
  RenderAhead(std::vector<uint32_t> queue, Render render);
  ~RenderAhead();  ///< ends the thread after the file it is at
  RenderAhead(const RenderAhead&) = delete;
  RenderAhead& operator=(const RenderAhead&) = delete;

  /// The bytes of a file. Indexes ascend from call to call; one that is not in the queue is rendered here.
  Result<std::string> Take(size_t index);

 private:
  struct Made {
    uint32_t index = 0;
    Result<std::string> bytes;
  };
  using Batch = std::deque<Made>;

  void Begin();
  void Work();
  bool Deliver(Batch batch);
  bool NextBatch();

  const std::vector<uint32_t> queue_;
  const Render render_;
  Batch taken_;  ///< the caller's: what is left of the batch it works on
  bool begun_ = false;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Batch> ready_;
  bool finished_ = false;  ///< nothing more will become ready
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace slipway
