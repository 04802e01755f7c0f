#include "reconciler/import/draft.h"

#include <algorithm>

#include "reconciler/import/fields.h"

namespace slipway::imports {

void Draft::Add(RemarkKind kind, Mark mark, std::string what, std::string advice) {
  Remark remark{kind, file_, mark, std::move(what), std::move(advice)};
  if (said_.insert(FormatRemark(remark)).second) out_.remarks.push_back(std::move(remark));
}

void Draft::Lost(Mark mark, std::string what, std::string advice) {
  Add(RemarkKind::kLost, mark, std::move(what), std::move(advice));
}

void Draft::ToDo(Mark mark, std::string what, std::string advice) {
  Add(RemarkKind::kToDo, mark, std::move(what), std::move(advice));
}

void Draft::Note(Mark mark, std::string what, std::string advice) {
  Add(RemarkKind::kNote, mark, std::move(what), std::move(advice));
}

std::string Draft::AddFile(const std::string& path, std::string bytes) {
  const size_t dot = path.rfind('.');
  const std::string stem = path.substr(0, dot);
  const std::string ending = dot == std::string::npos ? "" : path.substr(dot);
  std::string name = path;
  for (int i = 2; out_.files.contains(name) && out_.files[name] != bytes; ++i) {
    name = stem + '-' + std::to_string(i) + ending;
  }
  out_.files[name] = std::move(bytes);
  return name;
}

void Draft::AddResources(const std::string& path, const std::vector<const yaml::Value*>& resources,
                         const std::vector<std::string>& head) {
  std::string text;
  for (const std::string& line : head) text += "# " + line + '\n';
  AddFile(path, text + yaml::Write(resources));
}

size_t Draft::AddPatch(Scope scope, const std::string& name, std::vector<yaml::Value> documents,
                       Place place) {
  if (place == Place::kShortest && documents.size() == 1 && documents.front().AsMapping() != nullptr) {
    PatchItem item;
    item.scope = scope;
    item.reference = Map({{"inline", documents.front()}});
    item.documents = std::move(documents);
    patches_.push_back(std::move(item));
    return patches_.size() - 1;
  }
  std::vector<const yaml::Value*> all;
  all.reserve(documents.size());
  for (const yaml::Value& document : documents) all.push_back(&document);
  return AddPatchFile(scope, AddFile("patches/" + name + ".yaml", yaml::Write(all)), documents);
}

size_t Draft::AddPatchFile(Scope scope, const std::string& path, std::vector<yaml::Value> documents) {
  PatchItem item;
  item.scope = scope;
  item.opaque = documents.empty() ||
                std::any_of(documents.begin(), documents.end(),
                            [](const yaml::Value& document) { return document.AsMapping() == nullptr; });
  item.documents = std::move(documents);
  item.reference = Map({{"file", yaml::Value(path)}});
  patches_.push_back(std::move(item));
  return patches_.size() - 1;
}

Imported Draft::Finish() {
  std::stable_sort(out_.remarks.begin(), out_.remarks.end(),
                   [](const Remark& a, const Remark& b) { return a.mark < b.mark; });
  return std::move(out_);
}

yaml::Value BootFiles::Of(const std::string& schematic, const TalosVersion& version, Arch arch) {
  const std::string architecture(ToString(arch));
  const std::string place = factory_ + "/image/" + schematic + '/' + version.ToString() + '/';
  const std::string prefix =
      "talos-" + version.ToString().substr(1) + '-' + architecture + '-' + schematic.substr(0, 8);
  yaml::Value files;
  for (const auto& [what, name] : {std::pair("kernel", "kernel-" + architecture),
                                   std::pair("initramfs", "initramfs-" + architecture + ".xz")}) {
    const std::string asset = ResourceName(prefix + '-' + what);
    files.At(what) = yaml::Value(asset);
    yaml::Value resource = Resource("Asset", asset);
    resource.At("spec") =
        Map({{"url", yaml::Value(place + name)}, {"sha256", yaml::Value(std::string(64, '0'))}});
    assets_[asset] = std::move(resource);
  }
  return files;
}

void AddSiteAndAssets(Draft& draft, const std::string& name, const BootFiles& boot_files) {
  yaml::Value site = Resource("Site", ResourceName(name));
  site.At("spec").At("bootServer").At("url") = yaml::Value("http://192.0.2.1:8080");
  draft.AddResources("site.yaml", {&site}, {"Put the address that machines reach the boot server by."});
  draft.ToDo({}, "site.yaml names a boot server that does not exist, http://192.0.2.1:8080",
             "put the URL that your machines reach Slipway by");
  std::vector<const yaml::Value*> assets;
  for (const auto& [asset, resource] : boot_files.assets()) {
    assets.push_back(&resource);
    const std::string url = Text(*resource.Find("spec"), "url");
    draft.ToDo({}, "the digest of Asset " + asset + " in assets.yaml is not known",
               "run `slipway asset " + url + "` and put the sha256 that it prints");
  }
  if (assets.empty()) return;
  draft.AddResources("assets.yaml", assets,
                     {"Each sha256 is a placeholder, and nothing that does not match is served:",
                      "`slipway asset URL` downloads a file and prints its digest."});
}

yaml::Value PatchList(const Draft& draft, const std::vector<size_t>& items) {
  yaml::Sequence list;
  for (const size_t item : items) list.push_back(draft.patches()[item].reference);
  return yaml::Value(std::move(list));
}

void AttachPatches(const Draft& draft, const Placement& placement, yaml::Value& cluster_spec,
                   const std::vector<yaml::Value*>& node_specs) {
  const auto attach = [&](std::string_view key, const std::vector<size_t>& items) {
    if (!items.empty()) cluster_spec.At("patches").At(key) = PatchList(draft, items);
  };
  attach("all", placement.all);
  attach("controlplane", placement.controlplane);
  attach("worker", placement.worker);
  for (size_t i = 0; i < node_specs.size(); ++i) {
    if (!placement.nodes[i].empty()) node_specs[i]->At("patches") = PatchList(draft, placement.nodes[i]);
  }
}

}  // namespace slipway::imports
