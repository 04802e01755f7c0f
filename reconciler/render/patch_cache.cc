#include "reconciler/render/patch_cache.h"

namespace slipway {
namespace {

void Load(talos::Documents documents, bool json, int minor, LoadedPatch& loaded) {
  const auto notation = json ? talos::Notation::kJson : talos::Notation::kYaml;
  auto patch = talos::LoadPatch(std::move(documents), talos::TypeModel::Of(minor), notation);
  if (patch) {
    loaded.patch = *std::move(patch);
  } else {
    loaded.problems = std::move(patch.error());
  }
}

template <class Slots>
void DropUnused(Slots& slots) {
  std::erase_if(slots, [](const auto& item) { return !item.second.used; });
  for (auto& [key, slot] : slots) slot.used = false;
}

}  // namespace

talos::Documents PatchCache::Roots(const YamlFile& file) {
  const uint32_t source = sources_.IdOf(file.path);
  talos::Documents documents;
  documents.reserve(file.stream.documents.size());
  for (const yaml::Document& document : file.stream.documents) {
    documents.push_back(document.root);
    documents.back().SetSource(source);
  }
  return documents;
}

std::shared_ptr<const LoadedBase> PatchCache::Base(const std::shared_ptr<const YamlFile>& file, int minor) {
  Slot<LoadedBase>& slot = bases_[{file.get(), minor}];
  slot.used = true;
  if (slot.loaded) return slot.loaded;
  auto loaded = std::make_shared<LoadedBase>();
  loaded->path = file->path;
  loaded->content_id = file->content_id;
  loaded->documents = Roots(*file);
  loaded->problems = talos::Decode(loaded->documents, talos::TypeModel::Of(minor), talos::Purpose::kConfig);
  slot.owner = file;
  slot.loaded = std::move(loaded);
  return slot.loaded;
}

std::shared_ptr<const LoadedPatch> PatchCache::File(const std::shared_ptr<const YamlFile>& file, int minor) {
  Slot<LoadedPatch>& slot = patches_[{file.get(), minor}];
  slot.used = true;
  if (slot.loaded) return slot.loaded;
  auto loaded = std::make_shared<LoadedPatch>();
  loaded->path = file->path;
  loaded->content_id = file->content_id;
  if (file->stream.problems.empty()) Load(Roots(*file), file->stream.json, minor, *loaded);
  slot.owner = file;
  slot.loaded = std::move(loaded);
  return slot.loaded;
}

std::shared_ptr<const LoadedPatch> PatchCache::InPlace(const Patch& patch,
                                                       const std::shared_ptr<const void>& owner,
                                                       const std::string& path, int minor) {
  Slot<LoadedPatch>& slot = patches_[{&patch, minor}];
  slot.used = true;
  if (slot.loaded) return slot.loaded;
  auto loaded = std::make_shared<LoadedPatch>();
  loaded->path = path;
  const auto& in_place = std::get<InlinePatch>(patch.body);
  talos::Documents documents = in_place.documents;
  for (yaml::Value& document : documents) document.SetSource(sources_.IdOf(path));
  Load(std::move(documents), in_place.json, minor, *loaded);
  slot.owner = owner;
  slot.loaded = std::move(loaded);
  return slot.loaded;
}

void PatchCache::EndPass() {
  DropUnused(bases_);
  DropUnused(patches_);
}

}  // namespace slipway
