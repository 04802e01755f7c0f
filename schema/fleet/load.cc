#include "schema/fleet/load.h"

#include <algorithm>
#include <atomic>
#include <future>
#include <map>
#include <set>
#include <system_error>
#include <thread>

#include "schema/fleet/clear_secrets.h"
#include "schema/fleet/codes.h"
#include "schema/fleet/encrypted_file.h"
#include "schema/fleet/file_check.h"
#include "schema/fleet/fleet_check.h"
#include "schema/fleet/tree_check.h"

namespace slipway {
namespace {

/// What is kept of a YAML file between revisions.
struct CachedFile {
  std::string content_id;
  DecodedFile decoded;
  std::optional<ClearSecret> bundle;                  ///< a secrets bundle that is not encrypted
  bool unreadable = false;                            ///< too large or a pointer: nothing is known of it
  std::vector<std::shared_ptr<const Node>> resolved;  ///< nodes with their defaults, beside decoded.resources
  bool used = false;
};

/// A file that was read and waits to be decoded. The bytes are the only copy.
struct Waiting {
  const std::string* path = nullptr;
  CachedFile* file = nullptr;
  std::string bytes;
};

/// Decodes every waiting file. Parsing takes nearly all of a load's time and each file stands alone, so the
/// processors share them; the outcome does not depend on how.
void DecodeWaiting(std::vector<Waiting>& waiting) {
  constexpr size_t kMostThreads = 4;
  constexpr size_t kWorthAThread = 32;
  std::atomic<size_t> next{0};
  const auto work = [&] {
    for (size_t i = next++; i < waiting.size(); i = next++) {
      waiting[i].file->decoded = DecodeFile(waiting[i].bytes, *waiting[i].path);
    }
  };
  const size_t threads = std::min({kMostThreads, static_cast<size_t>(std::thread::hardware_concurrency()),
                                   waiting.size() / kWorthAThread});
  std::vector<std::future<void>> helpers;
  for (size_t i = 1; i < threads; ++i) {
    try {
      helpers.push_back(std::async(std::launch::async, work));
    } catch (const std::system_error&) {
      break;  // no thread to be had: the ones there are do it all
    }
  }
  work();
  for (std::future<void>& helper : helpers) helper.get();
  waiting.clear();
}

/// Nobody need refer to a bundle for its secrets to be out.
std::optional<ClearSecret> FindBundle(std::string_view bytes, std::string_view path) {
  if (bytes.find("trustdinfo") == std::string_view::npos) return std::nullopt;
  const yaml::Stream stream = yaml::Read(bytes, path);
  const bool encrypted =
      std::any_of(stream.documents.begin(), stream.documents.end(),
                  [](const yaml::Document& document) { return document.root.Find("sops") != nullptr; });
  if (encrypted) return std::nullopt;
  auto found = FindClearSecrets(stream.documents, {});
  return found && found->what == ClearSecret::What::kBundle ? found : std::nullopt;
}

/// Where the subnets say what nodes take over.
std::vector<Mark> PlacesOf(const std::vector<Subnet>& subnets) {
  std::vector<Mark> places;
  for (const Subnet& subnet : subnets) {
    places.push_back(subnet.places.gateway);
    places.insert(places.end(), subnet.places.nameservers.begin(), subnet.places.nameservers.end());
  }
  return places;
}

}  // namespace

struct FleetLoader::Impl {
  explicit Impl(const LoadLimits& given) : limits(given), files(given) {}

  Result<void> DecodeFiles(const SourceTree& tree, const TreeSurvey& survey, LoadOutcome& outcome);
  FleetView View(Diagnostics& diagnostics) const;
  void ResolveNodes(const Site* site, Diagnostics& diagnostics);
  std::set<std::string> Unreadable() const;
  Fleet Assemble() const;

  LoadLimits limits;
  FileChecker files;
  std::map<std::string, CachedFile, std::less<>> cache;  ///< by path, so in source order
  std::vector<Subnet> subnets;                           ///< that `resolved` was made with
};

FleetLoader::FleetLoader(const LoadLimits& limits) : impl_(std::make_unique<Impl>(limits)) {}
FleetLoader::~FleetLoader() = default;

Result<void> FleetLoader::Impl::DecodeFiles(const SourceTree& tree, const TreeSurvey& survey,
                                            LoadOutcome& outcome) {
  constexpr size_t kBatchBytes = 4U << 20U;
  size_t waiting_bytes = 0;
  std::vector<Waiting> waiting;
  for (auto& [path, file] : cache) file.used = false;
  for (const SourceTree::Entry* entry : survey.yaml_files) {
    CachedFile& file = cache[entry->path];
    file.used = true;
    if (!file.content_id.empty() && file.content_id == entry->content_id) continue;
    file = CachedFile{};
    file.used = true;
    Reporter reporter(entry->path, file.decoded.diagnostics);
    auto bytes = ReadYamlFile(tree, *entry, {}, reporter, limits);
    if (!bytes) {
      DecodeWaiting(waiting);
      return tl::make_unexpected(bytes.error());
    }
    if (!*bytes) {
      file.unreadable = true;
    } else if (IsAgeFile(**bytes)) {
      // No YAML, whatever its name; whoever refers to it has it decrypted.
    } else if (file.bundle = FindBundle(**bytes, entry->path); file.bundle) {
      // Reported once it is known what the site requires.
    } else if (MayHoldResources(**bytes)) {
      waiting.push_back({&entry->path, &file, **std::move(bytes)});
      waiting_bytes += waiting.back().bytes.size();
      ++outcome.files_read;
    }
    file.content_id = entry->content_id;
    if (waiting_bytes >= kBatchBytes) {
      DecodeWaiting(waiting);
      waiting_bytes = 0;
    }
  }
  DecodeWaiting(waiting);
  std::erase_if(cache, [](const auto& item) { return !item.second.used; });
  return {};
}

FleetView FleetLoader::Impl::View(Diagnostics& diagnostics) const {
  FleetView view;
  for (const auto& [path, file] : cache) {
    diagnostics.insert(diagnostics.end(), file.decoded.diagnostics.begin(), file.decoded.diagnostics.end());
    const bool lost =
        std::any_of(file.decoded.diagnostics.begin(), file.decoded.diagnostics.end(),
                    [](const Diagnostic& d) { return d.code < 1111 || d.code == code::kBadName; });
    if (file.unreadable || lost) view.complete = false;
    for (const Resource& resource : file.decoded.resources) view.Add(resource);
  }
  return view;
}

void FleetLoader::Impl::ResolveNodes(const Site* site, Diagnostics& diagnostics) {
  const std::vector<Subnet> current = site == nullptr ? std::vector<Subnet>{} : site->subnets;
  const bool changed = current != subnets || PlacesOf(current) != PlacesOf(subnets);
  const bool known =
      site != nullptr && std::none_of(diagnostics.begin(), diagnostics.end(), [&](const Diagnostic& d) {
        return d.severity == Severity::kError && d.file == site->origin.file;
      });
  subnets = current;
  for (auto& [path, file] : cache) {
    if (changed || file.resolved.size() != file.decoded.resources.size()) {
      file.resolved.clear();
      file.resolved.reserve(file.decoded.resources.size());
      for (const Resource& resource : file.decoded.resources) {
        const bool needed = resource.node && NeedsDefaults(*resource.node, subnets);
        file.resolved.push_back(needed ? std::make_shared<const Node>(WithDefaults(*resource.node, subnets))
                                       : resource.node);
      }
    }
    for (size_t i = 0; i < file.resolved.size(); ++i) {
      const std::shared_ptr<const Node>& node = file.resolved[i];
      if (node == nullptr) continue;
      // A gateway of its own was checked in its file; what the defaults brought was not.
      const bool own_gateway = file.decoded.resources[i].node->gateway.has_value();
      if (!own_gateway) CheckResolved(*node, known ? Subnets::kKnown : Subnets::kUncertain, diagnostics);
    }
  }
}

std::set<std::string> FleetLoader::Impl::Unreadable() const {
  std::set<std::string> paths;
  for (const auto& [path, file] : cache) {
    if (file.unreadable) paths.insert(path);
  }
  return paths;
}

Fleet FleetLoader::Impl::Assemble() const {
  Fleet fleet;
  for (const auto& [path, file] : cache) {
    for (size_t i = 0; i < file.decoded.resources.size(); ++i) {
      const Resource& resource = file.decoded.resources[i];
      if (resource.site) fleet.site = resource.site;
      if (resource.cluster) fleet.clusters.emplace(resource.name, resource.cluster);
      if (resource.asset) fleet.assets.emplace(resource.name, resource.asset);
      if (resource.node) fleet.nodes.push_back(file.resolved[i]);
    }
  }
  std::sort(fleet.nodes.begin(), fleet.nodes.end(),
            [](const auto& a, const auto& b) { return a->name < b->name; });
  return fleet;
}

Result<LoadOutcome> FleetLoader::Load(const SourceTree& tree) {
  LoadOutcome outcome;
  auto survey = SurveyTree(tree, impl_->limits);
  if (!survey) return tl::make_unexpected(survey.error());
  outcome.diagnostics = std::move(survey->diagnostics);
  const bool surveyed = !HasErrors(outcome.diagnostics);

  if (auto decoded = impl_->DecodeFiles(tree, *survey, outcome); !decoded) {
    return tl::make_unexpected(decoded.error());
  }
  FleetView view = impl_->View(outcome.diagnostics);
  if (!surveyed) view.complete = false;
  if (view.resources.empty() && view.complete) {
    Reporter("", outcome.diagnostics)
        .Error({}, code::kNoResources, "no YAML file here holds a Slipway resource",
               "check source.path and .slipwayignore; `slipway explain SW2008` shows a first resource");
  }
  CheckUnique(view, outcome.diagnostics);
  CheckReferences(view, outcome.diagnostics);
  impl_->ResolveNodes(view.site, outcome.diagnostics);
  for (const auto& [path, file] : impl_->cache) {
    if (file.bundle && view.site != nullptr)
      outcome.diagnostics.push_back(ClearSecretsProblem(path, *file.bundle, *view.site));
  }

  impl_->files.Begin(tree, impl_->Unreadable());
  for (const Resource* resource : view.resources) {
    if (auto checked = impl_->files.Check(*resource, outcome.diagnostics); !checked) {
      return tl::make_unexpected(checked.error());
    }
  }
  impl_->files.End();

  SortDiagnostics(outcome.diagnostics);
  if (!HasErrors(outcome.diagnostics)) outcome.fleet = impl_->Assemble();
  return outcome;
}

}  // namespace slipway
