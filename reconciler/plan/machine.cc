#include "reconciler/plan/machine.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "schema/fleet/node_addresses.h"

namespace slipway::plan {
namespace {

std::string MacsText(const Node& node) {
  std::string text;
  for (const auto& mac : node.macs) text += (text.empty() ? "" : ", ") + mac.value.ToColons();
  return text;
}

std::string VirtualIpText(const Node& node) {
  std::string text;
  for (const auto& vip : VirtualIpsOf(node)) text += (text.empty() ? "" : ", ") + vip.value.ToString();
  return text.empty() ? "none" : text;
}

std::string Number(uint32_t revision) { return revision == 0 ? "none" : std::to_string(revision); }

/// The last day of a wipe; `until` is the second after it.
std::string LastDay(int64_t until) {
  const std::chrono::sys_days day =
      std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds(std::chrono::seconds(until - 1)));
  const std::chrono::year_month_day date(day);
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text;
}

std::string DisksText(const Wipe& wipe) {
  std::string text;
  for (const auto& disk : wipe.disks) text += (text.empty() ? "" : ", ") + disk.value;
  return text;
}

bool IsControlPlane(const NodeView& view) { return view.node->role == Role::kControlPlane; }

void AddInstallation(const NodeView& base, const NodeView& head, std::vector<EffectLine>& effects) {
  const uint32_t before = base.node->install_revision;
  const uint32_t after = head.node->install_revision;
  const auto& wipe = head.node->Details().wipe;
  const bool new_wipe =
      wipe && (!base.node->Details().wipe || !(*wipe == *base.node->Details().wipe) || after > before);
  if (new_wipe) {
    effects.push_back({Effect::kWipe, "would wipe " + DisksText(*wipe) + " at its next network boot, until " +
                                          LastDay(wipe->until) + " (installation " + std::to_string(after) +
                                          ")"});
  }
  if (after > before) {
    effects.push_back({Effect::kReinstall, "would reinstall at its next network boot (installation " +
                                               Number(before) + " → " + Number(after) + ")"});
  } else if (after < before) {
    effects.push_back(
        {Effect::kNextBoot, "installation " + Number(before) + " → " + Number(after) +
                                ": a lower number installs nothing" +
                                (after == 0 ? ", and without one it boots over the network each time" : "")});
  }
}

}  // namespace

std::string AddressText(const Node& node) {
  std::string text;
  for (const auto& address : Ipv4AddressesOf(node))
    text += (text.empty() ? "" : ", ") + address.value.ToString();
  return text.empty() ? "DHCP" : text;
}

std::vector<EffectLine> EffectsOfApproval(const NodeView& head) {
  std::vector<EffectLine> effects;
  const auto& wipe = head.node->Details().wipe;
  if (wipe) {
    effects.push_back({Effect::kWipe, "would wipe " + DisksText(*wipe) + " at its next network boot, until " +
                                          LastDay(wipe->until)});
  }
  const std::string disk =
      head.node->install_disk.value.empty() ? "" : " to " + head.node->install_disk.value;
  effects.push_back({Effect::kApproved, "is approved as " + std::string(ToString(head.node->role)) +
                                            " with " + MacsText(*head.node) + ", " + AddressText(*head.node) +
                                            ": installs" + disk +
                                            " at its next network boot, unless Talos is there"});
  return effects;
}

std::vector<EffectLine> EffectsOfWithdrawal(const NodeView& base) {
  std::vector<EffectLine> effects;
  if (IsControlPlane(base)) effects.push_back({Effect::kControlPlaneRemoved, "is no control plane any more"});
  effects.push_back(
      {Effect::kWithdrawn,
       "is withdrawn: gets no script and no config from then on; what runs on it goes on running"});
  return effects;
}

std::vector<EffectLine> EffectsOfChange(const NodeView& base, const NodeView& head) {
  std::vector<EffectLine> effects;
  AddInstallation(base, head, effects);
  const Node& was = *base.node;
  const Node& now = *head.node;
  const auto moved = [&effects](Effect effect, const std::string& what, const std::string& before,
                                const std::string& after) {
    if (before != after)
      effects.push_back({effect, what + " " + (before.empty() ? "none" : before) + " → " +
                                     (after.empty() ? "none" : after)});
  };
  if (IsControlPlane(base) && (!IsControlPlane(head) || was.cluster.value != now.cluster.value))
    effects.push_back({Effect::kControlPlaneRemoved, "leaves the control planes of " + was.cluster.value});
  moved(Effect::kRoleChanged, "role", std::string(ToString(was.role)), std::string(ToString(now.role)));
  moved(Effect::kRoleChanged, "cluster", was.cluster.value, now.cluster.value);
  moved(Effect::kAddressMoves, "address", AddressText(was), AddressText(now));
  moved(Effect::kAddressMoves, "virtual IP", VirtualIpText(was), VirtualIpText(now));
  moved(Effect::kMacsChanged, "MAC", MacsText(was), MacsText(now));
  moved(Effect::kTalosVersion, "Talos", base.version.ToString(), head.version.ToString());
  moved(Effect::kNextBoot, "expected UUID", was.uuid.value, now.uuid.value);
  moved(Effect::kNextBoot, "expected serial number", was.serial.value, now.serial.value);
  moved(Effect::kNextBoot, "boot loader", std::string(ToString(base.entry->loader)),
        std::string(ToString(head.entry->loader)));
  return effects;
}

}  // namespace slipway::plan
