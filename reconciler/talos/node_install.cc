#include <cmath>

#include "reconciler/talos/cel_text.h"
#include "reconciler/talos/node_config.h"
#include "reconciler/talos/values.h"
#include "schema/fleet/talos_release.h"

namespace slipway::talos {
namespace {

/// `>= 100GB` → `disk.size >= 100000000000u`.
std::string SizeToCel(std::string_view text) {
  const size_t digit = text.find_first_of("0123456789");
  std::string op(text.substr(0, digit == std::string_view::npos ? 0 : digit));
  while (op.ends_with(' ')) op.pop_back();
  const auto size = ParseVolumeSize(digit == std::string_view::npos ? "0" : text.substr(digit));
  const auto bytes = static_cast<uint64_t>(std::llround(size ? size->bytes : 0));
  return "disk.size " + (op.empty() ? "==" : op) + ' ' + std::to_string(bytes) + 'u';
}

std::string TypeToCel(std::string_view type) {
  if (type == "nvme") return "disk.transport == \"nvme\"";
  if (type == "sd") return "disk.transport == \"mmc\"";
  return type == "hdd" ? "disk.rotational" : "!disk.rotational";
}

std::string FieldToCel(std::string_view name, const std::string& value) {
  if (name == "size") return SizeToCel(value);
  if (name == "type") return TypeToCel(value);
  const std::string field = "disk." + std::string(name == "busPath" ? "bus_path" : name);
  if (value.find('*') == std::string::npos) return field + " == " + QuoteForCel(value);
  return "glob(" + QuoteForCel(value) + ", " + field + ')';
}

std::string ImageOf(const Node& node, const TalosVersion& version) {
  const NodeDetails& details = node.Details();
  if (!details.install_image.empty()) return details.install_image;
  return details.schematic.empty() ? "" : FactoryInstallImage(details.schematic, version);
}

ConfigResult<void> WriteSection(yaml::Value& main, const Node& node, const std::string& image) {
  const auto& selector = node.Details().disk_selector;
  if (selector && selector->fields.empty()) {
    return tl::make_unexpected(
        ConfigError{selector->mark, "the base config has `machine.install`, which knows no `match`",
                    "choose the disk by `size`, `type`, `model` and the like", node.origin.file});
  }
  if (node.install_disk.value.empty() && !selector && image.empty()) return {};
  yaml::Value& install = main.At("machine").At("install");
  if (!image.empty()) install.At("image") = yaml::Value(image);
  if (!node.install_disk.value.empty()) {
    install.At("disk") = Placed(node.install_disk.value, node.install_disk.mark);
    install.Erase("diskSelector");  // a selector would win over the disk
  } else if (selector) {
    install.Erase("disk");
    yaml::Value value;
    for (const auto& [name, text] : selector->fields) value.At(name) = Placed(text.value, text.mark);
    install.At("diskSelector") = std::move(value);
  }
  return {};
}

void WriteDocument(Documents& documents, const Node& node, const std::string& image) {
  const auto& selector = node.Details().disk_selector;
  const bool disk = !node.install_disk.value.empty() || selector;
  if (!disk && (image.empty() || FindDocument(documents, "UnattendedInstallConfig") == nullptr)) return;
  yaml::Value& document = EnsureDocument(documents, "UnattendedInstallConfig");
  if (!image.empty()) document.At("installer").At("image") = yaml::Value(image);
  if (document.Find("installer") == nullptr) document.At("installer") = yaml::Value(yaml::Mapping{});
  if (!disk) return;
  std::string match = "disk.dev_path == " + QuoteForCel(node.install_disk.value);
  Mark mark = node.install_disk.mark;
  if (selector) {
    match = selector->fields.empty() ? selector->match.value : DiskSelectorToCel(*selector);
    mark = selector->fields.empty() ? selector->match.mark : selector->mark;
  }
  yaml::Value& provisioning = document.At("provisioning");
  provisioning.At("diskSelector").At("match") = Placed(std::move(match), mark);
  if (provisioning.Find("wipe") == nullptr) provisioning.At("wipe") = yaml::Value(false);
}

}  // namespace

std::string DiskSelectorToCel(const DiskSelector& selector) {
  std::string all;
  for (const auto& [name, value] : selector.fields) {
    all += (all.empty() ? "" : " && ") + FieldToCel(name, value.value);
  }
  // What the selector of v1alpha1 never chooses: device mappers and the like, and what cannot be written.
  return all + " && disk.transport != \"\" && !disk.readonly && !disk.cdrom";
}

ConfigResult<void> ApplyInstall(Documents& documents, const Node& node, const TalosVersion& version) {
  yaml::Value& main = *FindMain(documents);
  const yaml::Value* machine = main.Find("machine");
  const bool section = machine != nullptr && machine->Find("install") != nullptr;
  const std::string image = ImageOf(node, version);
  // machine.install and UnattendedInstallConfig together are a conflict, so a 1.14 base that still has the
  // section keeps it.
  if (version.minor < kEveryDocument || section) return WriteSection(main, node, image);
  WriteDocument(documents, node, image);
  return {};
}

}  // namespace slipway::talos
