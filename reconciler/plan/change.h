#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "schema/fleet/effect.h"

/// What a merge would do, in machine terms. Plain values; no secret is in them.
namespace slipway::plan {

struct EffectLine {
  Effect effect = Effect::kNextBoot;
  std::string text;  ///< one sentence for people
  bool operator==(const EffectLine&) const = default;
};

/// One field of a config, or one line of a script, that differs.
struct FieldChange {
  std::string path;    ///< "machine.sysctls.x", "LinkConfig/slipway0:mtu"; "script" for a line of a script
  std::string before;  ///< "" where it was not there; secrets are "(secret 3f2a9c)"
  std::string after;
  std::string file;  ///< that causes it, "" where no file says it
  uint32_t line = 0;
  bool operator==(const FieldChange&) const = default;
};

struct MachineChange {
  std::string node;
  std::string cluster;
  std::string address;              ///< of the running machine; "" with DHCP
  std::string source;               ///< file:line of its Node, before the merge where it is withdrawn
  std::vector<EffectLine> effects;  ///< sorted, at least one
  std::vector<FieldChange> fields;
  bool config_changed = false;  ///< a merge does not reach it while it runs
  std::string config_path;      ///< in the generation, for `talosctl apply-config`

  Effect worst() const { return effects.front().effect; }
};

/// Machines to which the same happens.
struct Group {
  std::vector<std::string> nodes;
  MachineChange change;  ///< of the first
};

/// A cluster whose control planes change in number.
struct QuorumChange {
  std::string cluster;
  int members_before = 0;
  int members_after = 0;
  int wiped = 0;  ///< of those that stay

  int quorum_before() const { return members_before == 0 ? 0 : members_before / 2 + 1; }
  int quorum_after() const { return members_after == 0 ? 0 : members_after / 2 + 1; }
  /// Fewer of the old members would be left with their data than etcd needs to go on.
  bool Breaks() const;
};

/// What the guards of the site say of it.
struct Brakes {
  std::vector<std::string> limits;   ///< a sentence for each limit that it goes beyond
  std::vector<std::string> windows;  ///< a sentence for each kind of change that has to keep a window
  std::string acknowledge;           ///< what `spec.guards.acknowledge` must say; "" where nothing must
  bool acknowledged = false;         ///< it says so
  std::string file;                  ///< of the Site
};

struct Plan {
  std::string base;  ///< what was compared, as the user named it
  std::string head;
  std::string render;         ///< the words that name the head to `slipway render`: "--revision main"
  std::vector<Group> groups;  ///< the most dangerous first
  std::vector<QuorumChange> quorums;
  Brakes brakes;
  std::vector<FieldChange> site;  ///< of the Site and of Clusters, where they bear on no single machine
  int approved = 0;
  int withdrawn = 0;
  int changed = 0;
  int unchanged = 0;

  bool empty() const { return groups.empty() && site.empty(); }
};

}  // namespace slipway::plan
