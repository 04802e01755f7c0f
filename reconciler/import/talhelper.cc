#include "reconciler/import/talhelper.h"

#include <map>

#include "reconciler/import/fields.h"
#include "reconciler/import/talhelper_cluster.h"
#include "reconciler/import/talhelper_files.h"
#include "reconciler/import/talhelper_image.h"
#include "reconciler/import/talhelper_links.h"
#include "reconciler/import/talhelper_merge.h"
#include "reconciler/import/talhelper_settings.h"

namespace slipway::imports {
namespace {

class TalhelperImporter {
 public:
  explicit TalhelperImporter(const TalhelperInput& input)
      : input_(input), draft_(input.name), files_(input.read, input.environment, input.decryptor, draft_) {}

  Result<Imported> Run() {
    if (auto done = Read(); !done) return tl::make_unexpected(done.error());
    RemarkUnknownFields(config_, draft_);
    boot_files_ = BootFiles(FactoryOf(config_));
    const std::string bundle = "secrets/" + ResourceName(Text(config_, "clusterName")) + ".yaml";
    auto cluster = ReadCluster(config_, bundle, files_, draft_);
    if (!cluster) return tl::make_unexpected(cluster.error());
    cluster_ = std::move(*cluster);
    const auto copied = files_.CopyBundle(bundle);
    if (!copied) return tl::make_unexpected(copied.error());
    if (!*copied) {
      draft_.ToDo({}, "there is no talsecret.yaml: talhelper makes new secrets at every run, Slipway never",
                  "put the cluster's secrets bundle at " + bundle +
                      "; a running cluster's is in its control planes' configs, a new one comes from "
                      "`slipway secrets new`");
    }
    if (auto done = Nodes(); !done) return tl::make_unexpected(done.error());
    Write();
    files_.RemarkRevealed();
    return draft_.Finish();
  }

 private:
  Result<void> Read() {
    yaml::Stream stream = yaml::Read(input_.config, input_.name, {}, yaml::Sources::kKeep);
    if (!stream.problems.empty()) return FixInput(FormatText(stream.problems.front()));
    if (stream.documents.empty() || stream.documents.front().root.AsMapping() == nullptr) {
      return FixInput(input_.name + " holds no talconfig");
    }
    if (auto done = files_.LoadVariables(); !done) return done;
    files_.Expand(stream.documents.front(), input_.name);
    config_ = std::move(stream.documents.front().root);
    if (auto done = CheckShapes(config_, input_.name); !done) return done;
    if (List(config_, "nodes").empty()) return FixInput(input_.name + " names no nodes");
    return {};
  }

  Result<void> Nodes() {
    const auto shared = UserPatches(config_, Scope::kCluster, "cluster");
    if (!shared) return tl::make_unexpected(shared.error());
    const auto& nodes = List(config_, "nodes");
    resources_.reserve(nodes.size());
    for (const yaml::Value& value : nodes) {
      const bool controlplane = Flag(value, "controlPlane");
      const yaml::Value* group = config_.Find(controlplane ? "controlPlane" : "worker");
      const TalhelperNode node = MergeNode(value, group);
      resources_.push_back(Resource("Node", node.name));
      NodePatches patches{node.role, controlplane ? cluster_.controlplane : cluster_.worker};
      if (auto done = Fill(node, resources_.back(), patches); !done) return done;
      if (auto done = OwnPatches(value, group, node, *shared, patches); !done) return done;
      patches_.push_back(std::move(patches));
      if (value.Find("ipAddress") == nullptr) continue;
      resources_.back().At("metadata").At("annotations").At("talhelper/ipAddress") =
          yaml::Value(Text(value, "ipAddress"));
      if (patches_.size() == 1) {
        draft_.Note(MarkOf(value, "ipAddress"),
                    "ipAddress only tells talhelper where a node is reached; it is kept as an annotation",
                    "nothing: no config holds it");
      }
    }
    return {};
  }

  /// The Node's own fields, and the patches for what they cannot say.
  Result<void> Fill(const TalhelperNode& node, yaml::Value& resource, NodePatches& patches) {
    yaml::Value& spec = resource.At("spec");
    spec.At("cluster") = yaml::Value(cluster_.name);
    spec.At("role") = yaml::Value(ToString(node.role));
    const yaml::Value* machine = node.value.Find("machineSpec");
    const Arch arch = ParseArch(machine == nullptr ? "" : Text(*machine, "arch")).value_or(Arch::kAmd64);
    if (arch != Arch::kAmd64) spec.At("arch") = yaml::Value(ToString(arch));
    Identity(node, spec);
    if (Says(node.value, "installDisk")) spec.At("install").At("disk") = *node.value.Find("installDisk");
    if (Says(node.value, "installDiskSelector")) {
      yaml::Value& selector = spec.At("install").At("diskSelector");
      for (const yaml::Entry& entry : *node.value.Find("installDiskSelector")->AsMapping()) {
        selector.At(entry.key) = yaml::Value(ScalarText(entry.value));
      }
    }
    const TalhelperImage image = ImageOf(node, config_, cluster_.version, draft_);
    if (!image.schematic.empty()) {
      spec.At("talos").At("schematic") = yaml::Value(image.schematic);
    } else if (!image.installer.empty()) {
      spec.At("talos").At("image") = yaml::Value(image.installer);
    }
    boot_.push_back({arch, boot_files_.Of(image.boot.id, cluster_.version, arch), image.boot.kernel_args,
                     MarkOf(node.value, "schematic"), node.name, &spec});
    auto settings = SettingsOf(node, cluster_.version, image.installer, files_, draft_, spec);
    if (!settings) return tl::make_unexpected(settings.error());
    for (Setting& setting : *settings) patches.items.push_back(Item(node, std::move(setting)));
    return {};
  }

  void Identity(const TalhelperNode& node, yaml::Value& spec) {
    const auto macs = MacsOf(List(node.value, "networkInterfaces"));
    spec.At("identity").At("macs") = TextSequence(macs);
    if (!macs.empty()) return;
    draft_.ToDo(node.value.mark(),
                "node " + node.name + " names no MAC address, which is how Slipway knows a machine",
                "put it into spec.identity.macs of nodes/" + node.name + ".yaml");
  }

  /// One item for all nodes of a group where the setting is the group's.
  size_t Item(const TalhelperNode& node, Setting setting) {
    const bool shared = setting.scope != Scope::kNode;
    const std::string owner = shared ? std::string(ToString(node.role)) : node.name;
    if (setting.place == Draft::Place::kFile) {
      draft_.Note(
          {}, "what may be secret is in patches/" + owner + '-' + setting.name + ".yaml, not in a resource",
          "encrypt that file if it is: resources cannot be encrypted, files can");
    }
    std::string key = owner + ':' + setting.name;
    for (const yaml::Value& document : setting.documents) key += '\n' + yaml::Write(document);
    const auto found = shared_.find(key);
    if (shared && found != shared_.end()) return found->second;
    const size_t item = draft_.AddPatch(setting.scope, owner + '-' + setting.name,
                                        std::move(setting.documents), setting.place);
    shared_[key] = item;
    return item;
  }

  /// The patches of a list, each made once however many nodes have it.
  Result<std::vector<size_t>> UserPatches(const yaml::Value& owner, Scope scope, const std::string& name) {
    std::vector<size_t> items;
    const auto& list = List(owner, "patches");
    for (size_t i = 0; i < list.size(); ++i) {
      auto item = files_.Patch(list[i], scope, name + '-' + std::to_string(i + 1));
      if (!item) return tl::make_unexpected(item.error());
      if (*item) items.push_back(**item);
    }
    return items;
  }

  Result<std::vector<size_t>> Manifests(const yaml::Value& owner, Scope scope) {
    std::vector<size_t> items;
    for (const yaml::Value& path : List(owner, "extraManifests")) {
      auto item = files_.Manifest(path, scope);
      if (!item) return tl::make_unexpected(item.error());
      if (*item) items.push_back(**item);
    }
    return items;
  }

  struct GroupPatches {
    std::vector<size_t> patches;
    std::vector<size_t> manifests;
  };

  Result<const GroupPatches*> OfGroup(Role role, const yaml::Value* group) {
    const auto found = groups_.find(role);
    if (found != groups_.end()) return &found->second;
    GroupPatches made;
    if (group != nullptr) {
      auto patches = UserPatches(*group, Scope::kRole, std::string(ToString(role)));
      if (!patches) return tl::make_unexpected(patches.error());
      auto manifests = Manifests(*group, Scope::kRole);
      if (!manifests) return tl::make_unexpected(manifests.error());
      made = {std::move(*patches), std::move(*manifests)};
    }
    return &(groups_[role] = std::move(made));
  }

  /// talhelper's order: the group's, the node's, the cluster's; then what it appends.
  Result<void> OwnPatches(const yaml::Value& value, const yaml::Value* group, const TalhelperNode& node,
                          const std::vector<size_t>& cluster, NodePatches& into) {
    const auto add = [&into](const std::vector<size_t>& items) {
      into.items.insert(into.items.end(), items.begin(), items.end());
    };
    const auto of_group = OfGroup(node.role, group);
    if (!of_group) return tl::make_unexpected(of_group.error());
    const auto own = UserPatches(value, Scope::kNode, node.name);
    if (!own) return tl::make_unexpected(own.error());
    const auto manifests = Manifests(value, Scope::kNode);
    if (!manifests) return tl::make_unexpected(manifests.error());
    // An override without anything of the node's own is none.
    const auto overrides = [&value](std::string_view flag, std::string_view field) {
      const yaml::Value* given = value.Find(field);
      return Flag(value, flag) && given != nullptr && !given->IsNull();
    };
    if (!overrides("overridePatches", "patches")) add((*of_group)->patches);
    add(*own);
    add(cluster);
    add(*manifests);
    if (!overrides("overrideExtraManifests", "extraManifests")) add((*of_group)->manifests);
    return {};
  }

  void Write() {
    yaml::Value& cluster_spec = cluster_.resource.At("spec");
    PlaceBoot(boot_, cluster_spec, draft_);
    std::vector<yaml::Value*> specs;
    for (yaml::Value& resource : resources_) specs.push_back(&resource.At("spec"));
    AttachPatches(draft_, PlacePatches(draft_.patches(), patches_), cluster_spec, specs);
    AddSiteAndAssets(draft_, cluster_.name, boot_files_);
    draft_.AddResources("cluster.yaml", {&cluster_.resource});
    for (const yaml::Value& resource : resources_) {
      draft_.AddResources("nodes/" + Text(*resource.Find("metadata"), "name") + ".yaml", {&resource});
    }
  }

  const TalhelperInput& input_;
  Draft draft_;
  TalhelperFiles files_;
  yaml::Value config_;
  TalhelperCluster cluster_;
  BootFiles boot_files_{""};
  std::vector<yaml::Value> resources_;
  std::vector<NodePatches> patches_;
  std::vector<NodeBoot> boot_;
  std::map<std::string, size_t> shared_;
  std::map<Role, GroupPatches> groups_;
};

}  // namespace

Result<Imported> ImportTalhelper(const TalhelperInput& input) { return TalhelperImporter(input).Run(); }

}  // namespace slipway::imports
