#include "reconciler/render/base_config.h"

#include <algorithm>

#include "reconciler/render/fingerprint.h"
#include "reconciler/talos/base.h"
#include "reconciler/talos/base64.h"
#include "reconciler/talos/base_check.h"
#include "reconciler/talos/base_places.h"
#include "schema/fleet/codes.h"
#include "schema/fleet/talos_options_check.h"
#include "schema/fleet/talos_release.h"

namespace slipway {
namespace {

const yaml::Value& RootOf(const YamlFile& file) {
  static const yaml::Value kNothing;
  return file.stream.documents.empty() ? kNothing : file.stream.documents.front().root;
}

Diagnostics At(const YamlFile& file, const std::vector<talos::BundleProblem>& problems) {
  Diagnostics diagnostics;
  for (const talos::BundleProblem& problem : problems) {
    diagnostics.push_back(
        {file.path, problem.mark, problem.code, Severity::kError, problem.message, problem.fix});
  }
  return diagnostics;
}

std::shared_ptr<BaseConfig> Make(const talos::Bundle& bundle, const Cluster& cluster, Role role,
                                 const TalosVersion& version, const std::string& id) {
  talos::BaseInput input;
  input.cluster_name = cluster.name;
  input.endpoint = cluster.endpoint;
  input.version = version;
  input.kubernetes_version = KubernetesVersionOf(cluster);
  input.options = cluster.talos;
  input.options.install.image = InstallImageOf(cluster.talos.install, version);
  auto base = std::make_shared<BaseConfig>();
  base->path = cluster.origin.file;
  base->content_id = id;
  base->documents = talos::GenerateBase(input, bundle, role);
  talos::PlaceOptions(base->documents, cluster.talos.given);
  base->install_image = input.options.install.image;
  base->wipe = input.options.install.wipe;
  return base;
}

/// Configs that say the same from other lines are other ones here, and only here.
std::string PlacesOf(const Cluster& cluster) {
  Fingerprint places;
  places.Add(std::to_string(cluster.origin.mark.line));
  for (const auto& [option, mark] : cluster.talos.given.places) {
    places.Add(option);
    places.Add(std::to_string(mark.line) + ':' + std::to_string(mark.column));
  }
  return places.Finish().ToHex();
}

}  // namespace

std::string OsAuthorities(const BaseConfig& base) {
  std::string pem;
  const auto add = [&pem](const yaml::Value* authority) {
    const yaml::Value* certificate = authority == nullptr ? nullptr : authority->Find("crt");
    const std::string* text = certificate == nullptr ? nullptr : certificate->AsString();
    const auto decoded = text == nullptr ? std::nullopt : talos::DecodeBase64(*text);
    if (!decoded || decoded->empty()) return;
    pem += *decoded;
    if (pem.back() != '\n') pem += '\n';
  };
  for (const yaml::Value& document : base.documents) {
    const yaml::Value* machine = talos::IsMain(document) ? document.Find("machine") : nullptr;
    if (machine == nullptr) continue;
    add(machine->Find("ca"));
    const yaml::Value* accepted = machine->Find("acceptedCAs");
    if (accepted == nullptr || accepted->AsSequence() == nullptr) continue;
    for (const yaml::Value& authority : *accepted->AsSequence()) add(&authority);
  }
  return pem;
}

std::shared_ptr<const BaseConfig> BaseFromFile(const LoadedBase& loaded) {
  auto base = std::make_shared<BaseConfig>();
  base->path = loaded.path;
  base->content_id = loaded.content_id;
  base->documents = loaded.documents;
  return base;
}

Diagnostics CheckBaseFile(const YamlFile& file, Role role, const TalosVersion& version,
                          const Cluster& cluster) {
  Diagnostics diagnostics;
  if (!file.stream.problems.empty()) return diagnostics;
  talos::Documents documents;
  for (const yaml::Document& document : file.stream.documents) documents.push_back(document.root);
  for (const auto& problem : talos::CheckBase(documents, role, version, cluster.kubernetes_version)) {
    diagnostics.push_back(
        {file.path, problem.mark, problem.code, problem.severity, problem.message, problem.fix});
  }
  return diagnostics;
}

talos::Problems WithoutLinesOf(const Diagnostics& diagnostics, const talos::Problems& problems) {
  talos::Problems rest;
  for (const talos::ConfigError& problem : problems) {
    const auto same = [&problem](const Diagnostic& said) { return said.mark.line == problem.mark.line; };
    if (std::none_of(diagnostics.begin(), diagnostics.end(), same)) rest.push_back(problem);
  }
  return rest;
}

void CheckEncryption(const YamlFile& bundle_file, const TalosVersion& version, Diagnostics& diagnostics) {
  const yaml::Value* secrets = RootOf(bundle_file).Find("secrets");
  const yaml::Value* old = secrets == nullptr ? nullptr : secrets->Find("aescbcencryptionsecret");
  if (old == nullptr || old->IsNull() || version.minor >= talos::contract::kEveryDocument) return;
  diagnostics.push_back(
      {bundle_file.path, old->mark(), code::kOldEncryption, Severity::kWarning,
       "configs for Talos " + version.ToString() + " do not hold the older encryption secret of this bundle",
       "add it by an encrypted patch for control planes: cluster.aescbcEncryptionSecret"});
}

const BaseCache::Known& BaseCache::Read(const YamlFile& file) {
  const std::string id = file.content_id + '\n' + file.path;
  const auto found = bundles_.find(id);
  if (found == bundles_.end()) return bundles_[id] = {talos::ReadBundle(RootOf(file)), true};
  found->second.used = true;
  return found->second;
}

tl::expected<std::shared_ptr<const BaseConfig>, Diagnostics> BaseCache::Get(const YamlFile& bundle_file,
                                                                            const Cluster& cluster, Role role,
                                                                            const TalosVersion& version,
                                                                            uint32_t source) {
  const Known& known = Read(bundle_file);
  if (!known.bundle) return tl::make_unexpected(At(bundle_file, known.bundle.error()));
  Fingerprint inputs;
  inputs.Add(bundle_file.content_id);
  inputs.Add(cluster);
  inputs.Add(cluster.origin.file);
  inputs.Add(ToString(role));
  inputs.Add(version.ToString());
  const std::string id = inputs.Finish().ToHex();
  Made& made = bases_[id + PlacesOf(cluster)];
  made.used = true;
  if (made.base != nullptr) return made.base;
  auto base = Make(*known.bundle, cluster, role, version, id);
  for (yaml::Value& document : base->documents) document.SetSource(source);
  ++made_;
  const auto problems =
      talos::Decode(base->documents, talos::TypeModel::Of(version.minor), talos::Purpose::kConfig);
  Diagnostics diagnostics;
  for (const talos::ConfigError& problem : problems) {
    diagnostics.push_back({cluster.origin.file, problem.mark, code::kBaseConfig, Severity::kError,
                           problem.message, problem.fix});
  }
  if (!diagnostics.empty()) return tl::make_unexpected(std::move(diagnostics));
  made.base = std::move(base);
  return made.base;
}

void BaseCache::EndPass() {
  std::erase_if(bundles_, [](const auto& item) { return !item.second.used; });
  std::erase_if(bases_, [](const auto& item) { return !item.second.used; });
  for (auto& [id, known] : bundles_) known.used = false;
  for (auto& [id, made] : bases_) made.used = false;
}

}  // namespace slipway
