#include <algorithm>
#include <unordered_map>

#include "reconciler/status/page_parts.h"

namespace slipway {
namespace {

using kainjow::mustache::data;

constexpr size_t kMostLines = 50;
constexpr size_t kMostOutdated = 200;

}  // namespace

data HistoryData(const StatusView& view) {
  data rows{data::type::list};
  for (size_t i = 0; i < std::min(view.history.size(), kMostLines); ++i) {
    const HistoryLine& line = view.history[i];
    data row;
    row.set("time", UtcTime(line.record.time_ms / 1000));
    row.set("node", line.record.node);
    row.set("mac", line.record.mac);
    row.set("kind", line.record.kind);
    row.set("detail", Visible(line.record.detail));
    const std::string& cause = line.record.cause;
    const bool by_operator = !cause.empty() && !IsCommit(cause);
    row.set("commit", IsCommit(cause) ? cause.substr(0, 12) : ShortRevision(line.record.revision));
    row.set("subject", Visible(by_operator ? cause : TitleOf(line.revision)));
    row.set("author", Visible(line.revision.author));
    row.set("signer", Visible(line.revision.signer));
    SetFlag(row, "signed", !line.revision.signer.empty());
    rows << row;
  }
  return rows;
}

data OutdatedData(const StatusView& view) {
  data rows{data::type::list};
  if (!view.manifest) return rows;
  size_t count = 0;
  for (const MachineRecord& machine : view.machines) {
    const BootEntry* entry = view.manifest->FindMac(machine.mac);
    if (entry == nullptr || RunsServedConfig(machine, *view.manifest) != ConfigState::kOlder) continue;
    if (++count > kMostOutdated) break;
    data row;
    row.set("node", entry->node);
    row.set("booted", ShortRevision(machine.booted_revision));
    row.set("apply", ApplyCommand(*entry, machine, view.state_dir));
    rows << row;
  }
  return rows;
}

}  // namespace slipway
