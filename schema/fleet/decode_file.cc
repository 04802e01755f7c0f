#include <algorithm>
#include <array>

#include "schema/fleet/codes.h"
#include "schema/fleet/decode.h"
#include "schema/fleet/forms.h"
#include "schema/fleet/schema.h"

namespace slipway {
namespace {

constexpr std::string_view kApiVersion = "slipway/v1alpha1";
constexpr std::array<std::string_view, 4> kKinds = {"Site", "Asset", "Cluster", "Node"};
constexpr std::array<std::string_view, 4> kSchemas = {"site", "asset", "cluster", "node"};

enum class Meaning { kResource, kForeign, kMistyped };

/// Whether a document is meant for us. One that has a kind of ours and no apiVersion, or nearly ours, is: a
/// slip there would otherwise make a machine disappear without a word.
Meaning MeaningOf(const yaml::Value& root) {
  const std::string api = TextOf(root, "apiVersion").value;
  if (api.starts_with("slipway/")) return Meaning::kResource;
  const std::string kind = TextOf(root, "kind").value;
  if (std::find(kKinds.begin(), kKinds.end(), kind) == kKinds.end()) return Meaning::kForeign;
  if (root.Find("apiVersion") == nullptr && root.Find("spec") != nullptr) return Meaning::kMistyped;
  return Suggest(api, {kApiVersion}).empty() ? Meaning::kForeign : Meaning::kMistyped;
}

template <class T>
std::shared_ptr<T> Begin(Resource& resource, const yaml::Document& document, std::string_view path) {
  auto made = std::make_shared<T>();
  made->origin = {std::string(path), document.mark};
  made->name = resource.name;
  return made;
}

void DecodeMetadata(const yaml::Value& root, Reporter& reporter, Resource& resource) {
  const yaml::Value* metadata = root.Find("metadata");
  if (metadata == nullptr) return;
  const Located<std::string> name = TextOf(*metadata, "name");
  if (name.mark.line == 0) return;
  resource.name_mark = name.mark;
  if (forms::IsResourceName(name.value)) {
    resource.name = name.value;
  } else {
    reporter.Error(
        name.mark, code::kBadName, Tick(name.value) + " is no resource name",
        "use lower-case letters, digits, '-' and '.', with a letter or digit at both ends; at most 63 "
        "between dots");
  }
}

void DecodeSpec(std::string_view kind, const yaml::Document& document, std::string_view path,
                Reporter& reporter, Resource& resource) {
  static const yaml::Value kNothing;
  const yaml::Value* found = document.root.Find("spec");
  const yaml::Value& spec = found == nullptr ? kNothing : *found;
  if (kind == "Site") {
    auto site = Begin<Site>(resource, document, path);
    DecodeSite(spec, reporter, *site);
    resource.site = std::move(site);
  } else if (kind == "Asset") {
    auto asset = Begin<Asset>(resource, document, path);
    DecodeAsset(spec, reporter, *asset);
    resource.asset = std::move(asset);
  } else if (kind == "Cluster") {
    auto cluster = Begin<Cluster>(resource, document, path);
    DecodeCluster(spec, reporter, *cluster);
    cluster->talos.given.places["../../metadata.name"] = resource.name_mark;
    resource.cluster = std::move(cluster);
  } else {
    auto node = Begin<Node>(resource, document, path);
    DecodeNode(spec, reporter, *node);
    if (node->hostname.value.empty()) node->hostname = {node->name, resource.name_mark};
    const yaml::Value* labels = Dig(document.root, {"metadata", "labels"});
    if (labels != nullptr && labels->AsMapping() != nullptr) {
      for (const yaml::Entry& label : *labels->AsMapping()) {
        if (const std::string* text = label.value.AsString()) node->labels[label.key] = *text;
      }
    }
    resource.node = std::move(node);
  }
}

void DecodeDocument(const yaml::Document& document, std::string_view path, DecodedFile& file) {
  Reporter reporter(path, file.diagnostics);
  const Located<std::string> api = TextOf(document.root, "apiVersion");
  if (api.value != kApiVersion) {
    reporter.Error(api.mark.line > 0 ? api.mark : document.mark, code::kUnknownApiVersion,
                   api.value.empty() ? "the resource has no apiVersion" : Tick(api.value) + " is not known",
                   "write `apiVersion: slipway/v1alpha1`");
    return;
  }
  const Located<std::string> kind = TextOf(document.root, "kind");
  const auto known = std::find(kKinds.begin(), kKinds.end(), kind.value);
  if (known == kKinds.end()) {
    const std::string_view meant = Suggest(kind.value, {kKinds.begin(), kKinds.end()});
    reporter.Error(
        kind.mark.line > 0 ? kind.mark : document.mark, code::kUnknownKind,
        kind.value.empty() ? "the resource has no kind" : "the kind " + Tick(kind.value) + " is not known",
        meant.empty() ? "write Site, Asset, Cluster or Node" : "write " + Tick(meant));
    return;
  }
  ValidateAgainstSchema(document.root, kSchemas[static_cast<size_t>(known - kKinds.begin())], path,
                        file.diagnostics, Forms::kLeave);
  Resource resource;
  DecodeMetadata(document.root, reporter, resource);
  DecodeSpec(kind.value, document, path, reporter, resource);
  file.resources.push_back(std::move(resource));
}

bool LooksMeantForUs(std::string_view bytes) {
  return bytes.find("apiVersion") != std::string_view::npos &&
         bytes.find("slipway/") != std::string_view::npos;
}

}  // namespace

std::string_view Resource::KindName() const {
  return site ? kKinds[0] : asset ? kKinds[1] : cluster ? kKinds[2] : kKinds[3];
}

const Origin& Resource::origin() const {
  return site ? site->origin : asset ? asset->origin : cluster ? cluster->origin : node->origin;
}

bool MayHoldResources(std::string_view bytes) {
  if (LooksMeantForUs(bytes)) return true;
  const size_t kind = bytes.find("kind");
  if (kind == std::string_view::npos) return false;
  return std::any_of(kKinds.begin(), kKinds.end(),
                     [&](std::string_view word) { return bytes.find(word, kind) != std::string_view::npos; });
}

DecodedFile DecodeFile(std::string_view bytes, std::string_view path) {
  DecodedFile file;
  yaml::Stream stream = yaml::Read(bytes, path);
  bool ours = false;
  bool mistyped = false;
  for (const yaml::Document& document : stream.documents) {
    const Meaning meaning = MeaningOf(document.root);
    ours = ours || meaning == Meaning::kResource;
    mistyped = mistyped || meaning == Meaning::kMistyped;
  }
  const bool broken = !stream.problems.empty() && LooksMeantForUs(bytes);
  if (!ours && !mistyped && !broken) return file;
  file.diagnostics = std::move(stream.problems);
  for (const yaml::Document& document : stream.documents) {
    if (MeaningOf(document.root) != Meaning::kForeign) {
      DecodeDocument(document, path, file);
    } else if (ours) {
      Reporter(path, file.diagnostics)
          .Error(document.mark, code::kNotAResource,
                 "this document is no Slipway resource, others in its file are",
                 "begin it with `apiVersion: slipway/v1alpha1`, or move it to a file of its own");
    }
  }
  return file;
}

}  // namespace slipway
