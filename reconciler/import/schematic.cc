#include "reconciler/import/schematic.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "reconciler/import/fields.h"
#include "reconciler/import/go_yaml.h"
#include "schema/contract/sha256.h"

namespace slipway::imports {
namespace {

using Names = std::initializer_list<std::string_view>;

/// Go's encoder leaves out zero values: null, false, 0, "" and empty containers.
bool IsZero(const yaml::Value& value) {
  if (const bool* flag = value.AsBool()) return !*flag;
  if (const yaml::Integer* number = value.AsInteger()) return number->value == 0;
  if (const yaml::Mapping* entries = value.AsMapping()) return entries->empty();
  if (const yaml::Sequence* list = value.AsSequence()) return list->empty();
  return value.IsNull() || (value.AsString() != nullptr && value.AsString()->empty());
}

/// The named fields of `from` in the factory's order.
yaml::Value Ordered(const yaml::Value* from, Names names, std::vector<std::string>& unknown) {
  yaml::Value out{yaml::Mapping{}};
  if (from == nullptr || from->AsMapping() == nullptr) return out;
  for (const std::string_view name : names) {
    const yaml::Value* value = from->Find(name);
    if (value != nullptr && !IsZero(*value)) out.At(name) = *value;
  }
  for (const yaml::Entry& entry : *from->AsMapping()) {
    if (std::find(names.begin(), names.end(), entry.key) == names.end()) unknown.push_back(entry.key);
  }
  return out;
}

void SortKeys(yaml::Value& value) {
  if (yaml::Sequence* list = value.AsSequence()) {
    for (yaml::Value& item : *list) SortKeys(item);
  } else if (yaml::Mapping* entries = value.AsMapping()) {
    std::sort(entries->begin(), entries->end(), [](const auto& a, const auto& b) { return a.key < b.key; });
    for (yaml::Entry& entry : *entries) SortKeys(entry.value);
  }
}

/// Lists of texts: the factory's types turn numbers and booleans into text.
void MakeTexts(yaml::Value& mapping, std::string_view key) {
  if (mapping.Find(key) != nullptr) mapping.At(key) = TextSequence(TextList(mapping, key));
}

yaml::Value Overlay(const yaml::Value& from, std::vector<std::string>& unknown) {
  const yaml::Value* given = from.Find("overlay");
  yaml::Value overlay = Ordered(given, {"image", "name", "options"}, unknown);
  if (overlay.AsMapping()->empty()) return overlay;
  yaml::Value out =
      Map({{"image", yaml::Value(Text(overlay, "image"))}, {"name", yaml::Value(Text(overlay, "name"))}});
  if (yaml::Value* options = overlay.Find("options")) {
    SortKeys(*options);
    out.At("options") = *options;
  }
  return out;
}

void Replace(yaml::Value& mapping, std::string_view key, yaml::Value value) {
  if (value.AsMapping()->empty()) {
    mapping.Erase(key);
  } else {
    mapping.At(key) = std::move(value);
  }
}

yaml::Value Customization(const yaml::Value& from, std::vector<std::string>& unknown) {
  yaml::Value out = Ordered(from.Find("customization"),
                            {"embeddedMachineConfiguration", "extraKernelArgs", "meta", "systemExtensions",
                             "bootloader", "secureboot", "diskImage"},
                            unknown);
  MakeTexts(out, "extraKernelArgs");
  if (yaml::Value* meta = out.Find("meta")) {
    for (yaml::Value& item : *meta->AsSequence()) {
      const yaml::Value key = item.Find("key") == nullptr ? yaml::Value(int64_t{0}) : *item.Find("key");
      item = Map({{"key", key}, {"value", yaml::Value(Text(item, "value"))}});
    }
  }
  if (const yaml::Value* extensions = out.Find("systemExtensions")) {
    yaml::Value kept = Ordered(extensions, {"officialExtensions"}, unknown);
    MakeTexts(kept, "officialExtensions");
    Replace(out, "systemExtensions", std::move(kept));
  }
  if (const yaml::Value* boot = out.Find("secureboot")) {
    Replace(out, "secureboot", Ordered(boot, {"enrollKeys", "includeWellKnownCertificates"}, unknown));
  }
  if (const yaml::Value* image = out.Find("diskImage")) {
    Replace(out, "diskImage", Ordered(image, {"sectorSize"}, unknown));
  }
  return out;
}

}  // namespace

Schematic ReadSchematic(const yaml::Value& value) {
  Schematic schematic;
  yaml::Value canonical = Ordered(&value, {"owner", "overlay", "customization"}, schematic.unknown_keys);
  yaml::Value whole{yaml::Mapping{}};
  if (canonical.Find("owner") != nullptr) whole.At("owner") = *canonical.Find("owner");
  const yaml::Value overlay = Overlay(canonical, schematic.unknown_keys);
  if (!overlay.AsMapping()->empty()) whole.At("overlay") = overlay;
  whole.At("customization") = Customization(canonical, schematic.unknown_keys);
  schematic.kernel_args = TextList(*whole.Find("customization"), "extraKernelArgs");
  schematic.id = Sha256::Of(WriteGoYaml(whole)).ToHex();
  return schematic;
}

}  // namespace slipway::imports
