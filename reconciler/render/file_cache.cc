#include "reconciler/render/file_cache.h"

namespace slipway {

Result<std::shared_ptr<const YamlFile>> FileCache::Get(const SourceTree& tree, std::string_view path) {
  const SourceTree::Entry* entry = tree.Find(path);
  if (entry == nullptr)
    return FixInput("reading " + std::string(path) + ": there is no such file in the repository");
  const auto known = slots_.find(path);
  if (known != slots_.end() && known->second.file->content_id == entry->content_id) {
    known->second.used = true;
    return known->second.file;
  }
  const yaml::Limits limits;
  auto bytes = tree.Read(*entry, limits.bytes);
  if (!bytes) return Wrap("reading " + std::string(path), bytes.error());
  auto file = std::make_shared<YamlFile>();
  file->path = std::string(path);
  file->content_id = entry->content_id;
  secrets::OpenedYaml opened = decryptor_.Read(*bytes, path, limits);
  file->stream = std::move(opened.stream);
  file->encryption = opened.encryption;
  file->secrets = std::move(opened.secrets);
  slots_[file->path] = {file, true};
  return file;
}

void FileCache::EndPass() {
  std::erase_if(slots_, [](const auto& item) { return !item.second.used; });
  for (auto& [path, slot] : slots_) slot.used = false;
}

}  // namespace slipway
