// What only some nodes say: disk selectors, their own Talos version, Kubernetes labels, links, volumes.
#include <algorithm>

#include "schema/fleet/cel.h"
#include "schema/fleet/codes.h"
#include "schema/fleet/decode.h"
#include "schema/fleet/kubernetes_names.h"
#include "schema/fleet/talos_release.h"

namespace slipway {
namespace {

void DecodeDiskSelector(const yaml::Value& install, Reporter& reporter, NodeDetails& details) {
  const yaml::Value* selector = install.Find("diskSelector");
  if (selector == nullptr || selector->AsMapping() == nullptr) return;
  if (install.Find("disk") != nullptr) {
    reporter.Error(selector->mark(), code::kBadDiskSelector,
                   "the install disk is named by `disk` or by `diskSelector`, not by both",
                   "keep one of the two");
  }
  DiskSelector decoded;
  decoded.mark = selector->mark();
  for (const yaml::Entry& field : *selector->AsMapping()) {
    if (field.value.AsString() == nullptr) continue;
    const Located<std::string> text{*field.value.AsString(), field.value.mark()};
    if (field.key == "match") {
      decoded.match = text;
    } else {
      decoded.fields.emplace_back(field.key, text);
    }
  }
  if (decoded.fields.empty() == decoded.match.value.empty()) {
    reporter.Error(selector->mark(), code::kBadDiskSelector,
                   decoded.fields.empty() ? "the disk selector says nothing"
                                          : "`match` says all by itself: no other field may stand beside it",
                   "write `match`, or the other fields");
  }
  if (const auto problem = CheckCel(decoded.match.value, CelPlace::kDisk, kNewestTalosMinor);
      problem && !decoded.match.value.empty()) {
    reporter.Error(decoded.match.mark, code::kBadDiskSelector, "no condition in CEL: " + problem->message,
                   "correct it at character " + std::to_string(problem->at + 1));
  }
  details.disk_selector = std::move(decoded);
}

void DecodeOwnTalos(const yaml::Value& talos, Reporter& reporter, NodeDetails& details) {
  const Located<std::string> version = TextOf(talos, "version");
  if (const auto parsed = TalosVersion::Parse(version.value)) {
    details.talos_version = Located<TalosVersion>{*parsed, version.mark};
  }
  details.schematic = TextOf(talos, "schematic").value;
  details.install_image = TextOf(talos, "image").value;
  if (!details.schematic.empty() && !details.install_image.empty()) {
    reporter.Error(talos.mark(), code::kNotExactlyOne, "`talos` has a `schematic` or an `image`, not both",
                   "keep one of the two");
  }
}

void DecodeOwnBoot(const yaml::Value& boot, Reporter& reporter, NodeDetails& details) {
  details.loader = ParseLoader(TextOf(boot, "loader").value);
  BootAssets assets{TextOf(boot, "kernel"), TextOf(boot, "initramfs")};
  const bool kernel = assets.kernel.mark.line > 0;
  if (kernel != (assets.initramfs.mark.line > 0)) {
    reporter.Error(kernel ? assets.kernel.mark : assets.initramfs.mark, code::kBootFilesInPart,
                   kernel ? "a kernel without its initramfs" : "an initramfs without its kernel",
                   kernel ? "add `initramfs`" : "add `kernel`");
  } else if (kernel) {
    details.boot = std::move(assets);
  }
}

using Problem = std::string (*)(std::string_view key, std::string_view value);

TextMap DecodeTextMap(const yaml::Value& spec, std::string_view key, Problem problem_of, Reporter& reporter) {
  TextMap map;
  const yaml::Value* found = spec.Find(key);
  if (found == nullptr || found->AsMapping() == nullptr) return map;
  size_t bytes = 0;
  for (const yaml::Entry& entry : *found->AsMapping()) {
    const std::string* text = entry.value.AsString();
    if (text == nullptr) continue;
    bytes += entry.key.size() + text->size();
    if (const std::string problem = problem_of(entry.key, *text); !problem.empty()) {
      reporter.Error(entry.key_mark, code::kBadKubernetesMetadata, Tick(entry.key) + ": " + problem,
                     "Kubernetes would refuse the node: correct it");
    } else {
      map.emplace_back(entry.key, Located<std::string>{*text, entry.value.mark()});
    }
  }
  if (key == "nodeAnnotations" && bytes > kubernetes::kMostAnnotationBytes) {
    reporter.Error(found->mark(), code::kBadKubernetesMetadata, "the annotations are over 256 KiB in all",
                   "shorten them");
  }
  return map;
}

/// All that a node says beyond the plain form, under the keys it says it with.
yaml::Value Collect(const yaml::Value& spec) {
  yaml::Value all;
  const auto take = [&all](const yaml::Value* parent, std::string_view key) {
    const yaml::Value* found = parent == nullptr ? nullptr : parent->Find(key);
    if (found != nullptr && !found->IsNull()) all.At(key) = *found;
  };
  for (const char* key : {"talos", "boot", "nodeLabels", "nodeAnnotations", "nodeTaints", "volumes", "wipe"})
    take(&spec, key);
  take(spec.Find("network"), "interfaces");
  take(spec.Find("network"), "searchDomains");
  take(spec.Find("install"), "diskSelector");
  take(spec.Find("install"), "exit");
  return all;
}

}  // namespace

const NodeDetails& Node::Details() const {
  static const NodeDetails kNone;
  return details ? *details : kNone;
}

bool Node::operator==(const Node& other) const {
  return origin == other.origin && name == other.name && labels == other.labels && cluster == other.cluster &&
         role == other.role && arch == other.arch && macs == other.macs && uuid == other.uuid &&
         serial == other.serial && hostname == other.hostname && addresses == other.addresses &&
         gateway == other.gateway && nameservers == other.nameservers && install_disk == other.install_disk &&
         install_revision == other.install_revision && Details() == other.Details() &&
         patches == other.patches;
}

std::shared_ptr<const NodeDetails> DecodeDetails(const yaml::Value& spec, const Node& node,
                                                 Reporter& reporter) {
  const yaml::Value all = Collect(spec);
  if (all.IsNull()) return nullptr;
  auto details = std::make_shared<NodeDetails>();
  details->text = yaml::Write(all);
  for (const yaml::Value& domain : ItemsOf(all, "searchDomains")) {
    if (domain.AsString() != nullptr) details->search_domains.push_back(*domain.AsString());
  }
  details->interfaces = DecodeInterfaces(all, node.macs, reporter);
  if (const yaml::Value* install = spec.Find("install")) {
    DecodeDiskSelector(*install, reporter, *details);
    details->exit = DecodeLocalBoot(*install, reporter);
  }
  details->wipe = DecodeWipe(spec, reporter, node);
  if (const yaml::Value* talos = spec.Find("talos")) DecodeOwnTalos(*talos, reporter, *details);
  if (const yaml::Value* boot = spec.Find("boot")) DecodeOwnBoot(*boot, reporter, *details);
  details->labels = DecodeTextMap(spec, "nodeLabels", kubernetes::LabelProblem, reporter);
  details->annotations = DecodeTextMap(spec, "nodeAnnotations", kubernetes::AnnotationProblem, reporter);
  details->taints = DecodeTextMap(spec, "nodeTaints", kubernetes::TaintProblem, reporter);
  details->volumes = DecodeVolumes(spec, reporter);
  return details;
}

}  // namespace slipway
