// How often a node is installed, how it leaves the network boot, and what is wiped before.
#include <algorithm>
#include <charconv>
#include <chrono>

#include "schema/fleet/codes.h"
#include "schema/fleet/decode.h"
#include "schema/fleet/forms.h"

namespace slipway {
namespace {

/// The end of a day, "2026-12-24" in UTC, in Unix seconds.
std::optional<int64_t> EndOfDay(std::string_view text) {
  int parts[3] = {};
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const std::pair<size_t, size_t> places[3] = {{0, 4}, {5, 2}, {8, 2}};
  for (int i = 0; i < 3; ++i) {
    const char* first = text.data() + places[i].first;
    const char* last = first + places[i].second;
    if (std::from_chars(first, last, parts[i]).ptr != last || parts[i] <= 0) return std::nullopt;
  }
  const std::chrono::year_month_day day{std::chrono::year(parts[0]),
                                        std::chrono::month(static_cast<unsigned>(parts[1])),
                                        std::chrono::day(static_cast<unsigned>(parts[2]))};
  if (!day.ok()) return std::nullopt;
  const auto end = std::chrono::sys_days(day) + std::chrono::days(1);
  return std::chrono::duration_cast<std::chrono::seconds>(end.time_since_epoch()).count();
}

}  // namespace

std::optional<LocalBoot> DecodeLocalBoot(const yaml::Value& install, Reporter& reporter) {
  const yaml::Value* exit = install.Find("exit");
  if (exit == nullptr || exit->AsMapping() == nullptr) return std::nullopt;
  using Method = LocalBoot::Method;
  LocalBoot boot;
  const std::string method = TextOf(*exit, "method").value;
  if (method == "sanboot") boot.method = Method::kSanboot;
  if (method == "efi") boot.method = Method::kEfiFile;
  const yaml::Value* drive = exit->Find("drive");
  const Located<std::string> file = TextOf(*exit, "file");
  boot.drive = static_cast<uint8_t>(NumberOf(*exit, "drive").value_or(boot.drive));
  boot.file = file.value;
  const auto wrong = [&](Mark mark, std::string what, std::string fix) {
    reporter.Error(mark, code::kBadExit, std::move(what), std::move(fix));
  };
  if (drive != nullptr && boot.method != Method::kSanboot)
    wrong(drive->mark(), "`drive` belongs to the method sanboot", "remove it, or write `method: sanboot`");
  if (file.mark.line > 0 && boot.method != Method::kEfiFile)
    wrong(file.mark, "`file` belongs to the method efi", "remove it, or write `method: efi`");
  if (file.mark.line == 0 && boot.method == Method::kEfiFile)
    wrong(exit->mark(), "the method efi needs the file to start", R"(add `file: \EFI\BOOT\BOOTX64.EFI`)");
  return boot;
}

std::optional<Wipe> DecodeWipe(const yaml::Value& spec, Reporter& reporter, const Node& node) {
  const yaml::Value* found = spec.Find("wipe");
  if (found == nullptr || found->AsMapping() == nullptr) return std::nullopt;
  Wipe wipe;
  wipe.mark = found->mark();
  const Located<std::string> until = TextOf(*found, "until");
  if (const auto end = EndOfDay(until.value)) {
    wipe.until = *end;
  } else if (until.mark.line > 0) {
    reporter.Error(until.mark, code::kBadWipe, Tick(until.value) + " is no day",
                   "write the last day on which the wipe may happen (UTC), like \"2026-12-24\"");
  }
  for (const yaml::Value& disk : ItemsOf(*found, "disks")) {
    if (disk.AsString() != nullptr) wipe.disks.push_back({*disk.AsString(), disk.mark()});
  }
  if (node.install_revision == 0) {
    reporter.Error(found->mark(), code::kBadWipe,
                   "a wipe needs `install.revision`, which says when it was done",
                   "add `install.revision`, one higher than the machine has completed");
  }
  if (node.install_disk.value.empty()) {
    reporter.Error(found->mark(), code::kBadWipe,
                   "a wipe needs `install.disk`: otherwise nobody can see in Git which disk is meant",
                   "name the install disk by its path");
  }
  for (const auto& disk : wipe.disks) {
    if (node.install_disk.value.empty() || disk.value == node.install_disk.value) continue;
    reporter.Error(disk.mark, code::kBadWipe,
                   Tick(disk.value) + " is not the disk that Talos would wipe, which is " +
                       Tick(node.install_disk.value),
                   "name the install disk; Talos cannot wipe others before it is installed");
  }
  return wipe;
}

}  // namespace slipway
