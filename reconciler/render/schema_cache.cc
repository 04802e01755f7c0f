#include "reconciler/render/schema_cache.h"

#include "schema/fleet/codes.h"

namespace slipway {
namespace {

constexpr uint64_t kLargest = 8U << 20U;  ///< bytes; the largest of upstream's has half a megabyte

}  // namespace

Result<std::shared_ptr<const talos::OfficialSchema>> SchemaCache::Own(const Cluster& cluster,
                                                                      const SourceTree::Entry& entry,
                                                                      const SourceTree& tree,
                                                                      Diagnostics& diagnostics) {
  auto slot = slots_.find(entry.content_id);
  if (slot == slots_.end()) {
    const auto bytes = tree.Read(entry, kLargest);
    if (!bytes) return Wrap("reading " + entry.path, bytes.error());
    slot = slots_.emplace(entry.content_id, Slot{talos::OfficialSchema::Parse(*bytes), true}).first;
    ++compiled_;
  }
  slot->second.used = true;
  const auto& parsed = slot->second.parsed;
  if (!parsed) {
    diagnostics.push_back({entry.path, parsed.error().mark, code::kUnusableSchema, Severity::kError,
                           "this is no schema of Talos that can be used: " + parsed.error().message,
                           "put pkg/machinery/config/schemas/config.schema.json of Talos " +
                               cluster.talos_version.ToString() + " there"});
    return nullptr;
  }
  const int minor = (*parsed)->minor();
  if (minor != cluster.talos_version.minor) {
    diagnostics.push_back({cluster.origin.file, cluster.schema.mark, code::kSchemaOfOtherVersion,
                           Severity::kError,
                           "the schema is that of Talos 1." + std::to_string(minor) +
                               ", the cluster's version is " + cluster.talos_version.ToString(),
                           "take the schema of the cluster's version"});
    return nullptr;
  }
  return *parsed;
}

Result<ChosenSchema> SchemaCache::For(const Cluster& cluster, const TalosVersion& version,
                                      const SourceTree& tree, Diagnostics& diagnostics) {
  if (!cluster.schema.value.empty()) {
    const SourceTree::Entry* entry = tree.Find(cluster.schema.value);
    if (entry == nullptr) return FixInput("reading " + cluster.schema.value + ": there is no such file");
    auto own = Own(cluster, *entry, tree, diagnostics);
    if (!own) return tl::make_unexpected(own.error());
    if (*own != nullptr && (*own)->minor() == version.minor)
      return ChosenSchema{std::move(*own), entry->content_id};
  }
  const auto found = of_host_.find(version.minor);
  return found == of_host_.end() ? ChosenSchema{} : ChosenSchema{found->second, ""};
}

void SchemaCache::EndPass() {
  std::erase_if(slots_, [](const auto& item) { return !item.second.used; });
  for (auto& [id, slot] : slots_) slot.used = false;
}

}  // namespace slipway
