#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reconciler/publish/hooked_file_ops.h"

namespace slipway::testing {

/// The real disk, on which single operations fail, or on which the process "dies" at one of them: nothing
/// from there on has any effect, whatever the code under test still tries. Records what was asked.
class FaultyFileOps : public HookedFileOps {
 public:
  explicit FaultyFileOps(FileOps& inner) : HookedFileOps(inner) {}

  enum class Moment : uint8_t { kBefore, kAfter };

  /// The n-th operation (from 1) fails with this error and has no effect; later ones work.
  void FailAt(uint64_t n, int error) { fail_at_ = n, error_ = error; }

  /// The process dies before or after the n-th operation.
  void CrashAt(uint64_t n, Moment moment) { crash_at_ = n, moment_ = moment; }

  /// Every operation of this kind fails, as on a full or read-only disk.
  void FailEvery(FileOp op, int error) { fail_every_[op] = error; }

  /// That is over.
  void Repair(FileOp op) { fail_every_.erase(op); }

  /// Each write takes one byte only, and every second transfer is interrupted.
  void BeSlow() { slow_ = true; }

  /// How many operations were asked for.
  uint64_t count() const { return log_.size(); }
  bool crashed() const { return crashed_; }
  const std::vector<std::pair<FileOp, std::string>>& log() const { return log_; }
  size_t CountOf(FileOp op) const;

  /// Power cut: what was written to a new file and not synced since is lost.
  void LoseUnsynced();

  IoResult<Fd> Create(int dir, const std::string& path) override;
  IoResult<size_t> Write(int fd, std::string_view bytes) override;
  IoResult<void> Sync(int fd) override;
  IoResult<void> SyncFilesystem(int fd) override;

 protected:
  std::optional<Errno> Before(FileOp op, const std::string& name) override;
  std::optional<Errno> After(FileOp op, const std::string& name) override;

 private:
  uint64_t fail_at_ = 0;
  int error_ = 0;
  uint64_t crash_at_ = 0;
  Moment moment_ = Moment::kBefore;
  std::map<FileOp, int> fail_every_;
  bool slow_ = false;
  bool interrupt_ = false;
  bool crashed_ = false;
  std::vector<std::pair<FileOp, std::string>> log_;
  std::map<uint64_t, Fd> unsynced_;  ///< by inode
};

}  // namespace slipway::testing
