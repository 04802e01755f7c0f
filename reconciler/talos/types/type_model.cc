#include "reconciler/talos/types/type_model.h"

#include <algorithm>
#include <functional>
#include <mutex>

#include "reconciler/talos/types/type_parser.h"
#include "reconciler/talos/types/types_data.h"

namespace slipway::talos {
namespace {

constexpr size_t kMinors = kNewestMinor - kOldestMinor + 1;

std::string Releases(const std::function<bool(const TypeModel&)>& knows) {
  int first = 0;
  int last = 0;
  for (int minor = kOldestMinor; minor <= kNewestMinor; ++minor) {
    if (!knows(TypeModel::Of(minor))) continue;
    if (first == 0) first = minor;
    last = minor;
  }
  if (first == 0) return {};
  const std::string from = "1." + std::to_string(first);
  if (last == kNewestMinor) return from + " and later";
  return first == last ? from : from + " to 1." + std::to_string(last);
}

template <class List>
auto FindNamed(const List& list, std::string_view name) -> decltype(list.front().get()) {
  const auto found =
      std::lower_bound(list.begin(), list.end(), name,
                       [](const auto& item, std::string_view key) { return item->name < key; });
  return found != list.end() && (*found)->name == name ? found->get() : nullptr;
}

}  // namespace

const FieldType* StructType::Find(std::string_view field) const {
  const auto found =
      std::lower_bound(fields.begin(), fields.end(), field,
                       [](const FieldType& item, std::string_view key) { return item.name < key; });
  return found != fields.end() && found->name == field ? &*found : nullptr;
}

const TypeModel& TypeModel::Of(int minor) {
  static std::array<std::once_flag, kMinors> once;
  static std::array<std::unique_ptr<const TypeModel>, kMinors> models;
  const int known = std::clamp(minor, kOldestMinor, kNewestMinor);
  const auto index = static_cast<size_t>(known - kOldestMinor);
  std::call_once(once[index], [&] {
    models[index] =
        std::make_unique<const TypeModel>(types_data::EmbeddedFile("types.txt").value_or(""), known);
  });
  return *models[index];
}

TypeModel::TypeModel(std::string_view data, int minor) : minor_(minor) { TypeParser(*this).Parse(data); }

const KindType* TypeModel::Find(std::string_view kind) const {
  const auto found =
      std::lower_bound(kinds_.begin(), kinds_.end(), kind,
                       [](const KindType& item, std::string_view key) { return item.kind < key; });
  return found != kinds_.end() && found->kind == kind ? &*found : nullptr;
}

const StructType* TypeModel::FindStruct(std::string_view name) const { return FindNamed(structs_, name); }

std::vector<std::string_view> TypeModel::Kinds() const {
  std::vector<std::string_view> names;
  for (const KindType& kind : kinds_) {
    if (!kind.kind.empty()) names.push_back(kind.kind);
  }
  return names;
}

std::string KindReleases(std::string_view kind) {
  return Releases([&](const TypeModel& model) { return model.Find(kind) != nullptr; });
}

std::string FieldReleases(std::string_view type, std::string_view field) {
  return Releases([&](const TypeModel& model) {
    const StructType* known = model.FindStruct(type);
    return known != nullptr && known->Find(field) != nullptr;
  });
}

}  // namespace slipway::talos
