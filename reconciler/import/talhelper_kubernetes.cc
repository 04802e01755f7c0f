#include <re2/re2.h>

#include "reconciler/import/fields.h"
#include "reconciler/import/talhelper_settings.h"

namespace slipway::imports {
namespace {

constexpr std::string_view kExcluded = "node.kubernetes.io/exclude-from-external-load-balancers";
/// First minor whose base has that label in a document of its own.
constexpr int kNodeDocument = 14;

/// `{name: text}` of a field, templates of the installer image resolved, others remarked and left out.
yaml::Value Texts(const TalhelperNode& node, std::string_view field, const std::string& install_image,
                  Draft& draft) {
  yaml::Value out{yaml::Mapping{}};
  const yaml::Value* given = node.value.Find(field);
  if (given == nullptr || given->AsMapping() == nullptr) return out;
  for (const yaml::Entry& entry : *given->AsMapping()) {
    const std::string text = ScalarText(entry.value);
    const bool is_template = text.find("{{") != std::string::npos || text.find("}}") != std::string::npos;
    if (!is_template) {
      out.At(entry.key) = yaml::Value(text);
    } else if (const auto result = ImageTemplate(text, install_image)) {
      out.At(entry.key) = yaml::Value(*result);
      draft.Note(entry.value.mark(),
                 "`" + entry.key + "` of node " + node.name + " is a template; what it gives now is written",
                 "change it by hand when the installer image changes");
    } else {
      draft.Lost(entry.value.mark(), "`" + entry.key + "` of node " + node.name + " is a Go template",
                 "write what it gives into the Node's " + std::string(field));
    }
  }
  return out;
}

}  // namespace

std::optional<std::string> ImageTemplate(std::string_view text, const std::string& install_image) {
  static const re2::RE2 kWhole(
      R"re(^\{\{-?\s*\.MachineConfig\.MachineInstall\.InstallImage\s*(?:\|\s*contains\s+"([^"\\]*)"\s*)?-?\}\}$)re");
  std::string_view trimmed = text;
  while (!trimmed.empty() && (trimmed.back() == '\n' || trimmed.back() == ' ')) trimmed.remove_suffix(1);
  std::string part;
  if (trimmed.size() != text.size() ||
      !re2::RE2::FullMatch(re2::StringPiece(trimmed.data(), trimmed.size()), kWhole, &part)) {
    return std::nullopt;
  }
  if (trimmed.find("contains") == std::string_view::npos) return install_image;
  return install_image.find(part) != std::string::npos ? "true" : "false";
}

void KubernetesSettings(const TalhelperNode& node, const TalosVersion& version,
                        const std::string& install_image, Draft& draft, yaml::Value& spec,
                        std::vector<Setting>& settings) {
  for (const std::string_view field : {"nodeLabels", "nodeAnnotations", "nodeTaints"}) {
    yaml::Value texts = Texts(node, field, install_image, draft);
    if (!texts.AsMapping()->empty()) spec.At(field) = std::move(texts);
  }
  // talhelper's labels take the place of the base's.
  const yaml::Value* labels = node.value.Find("nodeLabels");
  const bool replaced =
      labels != nullptr && labels->AsMapping() != nullptr && labels->Find(kExcluded) == nullptr;
  if (!replaced || node.role != Role::kControlPlane || version.minor >= kNodeDocument) return;
  yaml::Value patch;
  patch.At("machine").At("nodeLabels").At(kExcluded) = Map({{"$patch", yaml::Value("delete")}});
  settings.push_back({"labels", node.ScopeOf("nodeLabels"), {std::move(patch)}});
  draft.Note(labels->mark(),
             "with nodeLabels, talhelper drops Talos' own label " + std::string(kExcluded) +
                 " of control planes; a patch does the same",
             "remove that patch to have the label back");
}

}  // namespace slipway::imports
