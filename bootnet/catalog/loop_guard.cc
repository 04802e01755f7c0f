#include "bootnet/catalog/loop_guard.h"

namespace slipway {
namespace {
constexpr int64_t kWindowMs = 60'000;
constexpr int kFetchesInWindow = 3;
constexpr size_t kMaxMachines = 4096;
}  // namespace

LoopGuard::Verdict LoopGuard::OnBootProgram(std::string_view machine, std::string_view program,
                                            int64_t now_ms) {
  const auto it = seen_.find(std::string(machine));
  if (it == seen_.end()) {
    // Forged addresses must not grow this without end; forgetting all costs a late message at worst.
    if (seen_.size() >= kMaxMachines) seen_.clear();
    seen_.emplace(machine, Seen{std::string(program), now_ms, 1, false});
    return Verdict::kQuiet;
  }
  Seen& seen = it->second;
  if (seen.program != program || now_ms - seen.first_ms > kWindowMs) {
    seen.program = program;
    seen.first_ms = now_ms;
    seen.count = 1;
    return Verdict::kQuiet;
  }
  ++seen.count;
  if (seen.count <= kFetchesInWindow || seen.told) return Verdict::kQuiet;
  seen.told = true;
  return Verdict::kTell;
}

void LoopGuard::OnScript(std::string_view machine) { seen_.erase(std::string(machine)); }

}  // namespace slipway
