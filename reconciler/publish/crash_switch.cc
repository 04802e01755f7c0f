#include "reconciler/publish/crash_switch.h"

#include <charconv>
#include <csignal>
#include <cstdlib>

#include "reconciler/publish/hooked_file_ops.h"

namespace slipway {
namespace {

class CrashingFileOps : public HookedFileOps {
 public:
  CrashingFileOps(std::unique_ptr<FileOps> inner, CrashPoint point)
      : HookedFileOps(*inner), owned_(std::move(inner)), point_(point) {}

 protected:
  std::optional<Errno> Before(FileOp op, const std::string&) override {
    if (op <= FileOp::kLastChanging) {
      ++count_;
      DieAt(CrashPoint::Moment::kBefore);
    }
    return std::nullopt;
  }
  std::optional<Errno> After(FileOp op, const std::string&) override {
    if (op <= FileOp::kLastChanging) DieAt(CrashPoint::Moment::kAfter);
    return std::nullopt;
  }

 private:
  void DieAt(CrashPoint::Moment moment) const {
    if (count_ == point_.operation && moment == point_.moment) std::raise(SIGKILL);
  }

  std::unique_ptr<FileOps> owned_;
  CrashPoint point_;
  uint64_t count_ = 0;
};

}  // namespace

Result<CrashPoint> ParseCrashPoint(std::string_view text) {
  CrashPoint point;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, point.operation);
  const std::string_view suffix(rest, static_cast<size_t>(end - rest));
  if (suffix == ":after") point.moment = CrashPoint::Moment::kAfter;
  const bool known = suffix.empty() || suffix == ":before" || suffix == ":after";
  if (error != std::errc() || !known || point.operation == 0) {
    return FixInput(std::string(kCrashVariable) + "=" + std::string(text) +
                    ": expected N, N:before or N:after with N from 1");
  }
  return point;
}

Result<std::unique_ptr<FileOps>> MakeFileOpsFromEnvironment() {
  const char* text = std::getenv(kCrashVariable);
  if (text == nullptr || *text == '\0') return MakePosixFileOps();
  const auto point = ParseCrashPoint(text);
  if (!point) return tl::make_unexpected(point.error());
  return std::make_unique<CrashingFileOps>(MakePosixFileOps(), *point);
}

}  // namespace slipway
