#include "bootnet/catalog/loop_guard.h"

namespace slipway {
namespace {
constexpr int64_t kWindowMs = 60'000;
constexpr int kFetchesInWindow = 3;
constexpr size_t kMaxMachines = 4096;
}  // namespace

size_t LoopGuard::Hash::operator()(const Machine& machine) const {
  if (const Mac* mac = std::get_if<Mac>(&machine)) return std::hash<Mac>{}(*mac);
  return std::hash<uint32_t>{}(std::get<Ipv4>(machine).value);
}

LoopGuard::Verdict LoopGuard::OnBootProgram(const Machine& machine, std::string_view program,
                                            int64_t now_ms) {
  const auto it = seen_.find(machine);
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

void LoopGuard::OnScript(const Machine& machine) { seen_.erase(machine); }

}  // namespace slipway
