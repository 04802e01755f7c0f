#include "reconciler/import/talhelper_settings.h"

#include <algorithm>

#include "reconciler/import/fields.h"
#include "reconciler/import/talhelper_links.h"

namespace slipway::imports {
namespace {

yaml::Value Machine(std::string_view key, yaml::Value value) {
  yaml::Value patch;
  patch.At("machine").At(key) = std::move(value);
  return patch;
}

Result<void> MachineFiles(const TalhelperNode& node, TalhelperFiles& files, std::vector<Setting>& settings) {
  if (!Says(node.value, "machineFiles")) return {};
  yaml::Sequence out;
  for (const yaml::Value& file : List(node.value, "machineFiles")) {
    yaml::Value copy = file;
    const bool keep = Flag(file, "skipEnvsubst");
    copy.Erase("skipEnvsubst");
    if (const yaml::Value* content = file.Find("content")) {
      auto text = files.Content(*content,
                                keep ? TalhelperFiles::Variables::kKeep : TalhelperFiles::Variables::kExpand);
      if (!text) return tl::make_unexpected(text.error());
      copy.At("content") = yaml::Value(std::move(*text));
    }
    out.push_back(std::move(copy));
  }
  settings.push_back({"files",
                      node.ScopeOf("machineFiles"),
                      {Machine("files", yaml::Value(std::move(out)))},
                      Draft::Place::kFile});
  return {};
}

void Firewall(const TalhelperNode& node, std::vector<Setting>& settings) {
  const yaml::Value* firewall = node.value.Find("ingressFirewall");
  if (firewall == nullptr || firewall->IsNull()) return;
  const std::string action = Text(*firewall, "defaultAction");
  yaml::Value first = TalosDocument("NetworkDefaultActionConfig");
  first.At("ingress") = yaml::Value(action.empty() ? "accept" : action);
  std::vector<yaml::Value> documents = {std::move(first)};
  for (const yaml::Value& rule : List(*firewall, "rules")) {
    yaml::Value document = TalosDocument("NetworkRuleConfig", Text(rule, "name"));
    for (const std::string_view key : {"portSelector", "ingress"}) {
      if (rule.Find(key) != nullptr) document.At(key) = *rule.Find(key);
    }
    documents.push_back(std::move(document));
  }
  settings.push_back({"firewall", node.ScopeOf("ingressFirewall"), std::move(documents)});
}

void ExtensionServices(const TalhelperNode& node, std::vector<Setting>& settings) {
  std::vector<yaml::Value> documents;
  for (const yaml::Value& service : List(node.value, "extensionServices")) {
    yaml::Value document = TalosDocument("ExtensionServiceConfig", Text(service, "name"));
    for (const std::string_view key : {"configFiles", "environment"}) {
      if (Says(service, key)) document.At(key) = *service.Find(key);
    }
    documents.push_back(std::move(document));
  }
  if (documents.empty()) return;
  settings.push_back(
      {"services", node.ScopeOf("extensionServices"), std::move(documents), Draft::Place::kFile});
}

/// Talos before 1.12 has a place for the installed system's arguments; a UKI brings its own.
void KernelArguments(const TalhelperNode& node, const TalosVersion& version, std::vector<Setting>& settings) {
  constexpr int kUkiCommandLine = 12;
  const yaml::Value* schematic = node.value.Find("schematic");
  const yaml::Value* customization = schematic == nullptr ? nullptr : schematic->Find("customization");
  if (customization == nullptr || version.minor >= kUkiCommandLine) return;
  const yaml::Value* spec = node.value.Find("machineSpec");
  if (!Says(*customization, "extraKernelArgs") || (spec != nullptr && Flag(*spec, "useUKI"))) return;
  yaml::Value patch;
  patch.At("machine").At("install").At("extraKernelArgs") =
      TextSequence(TextList(*customization, "extraKernelArgs"));
  settings.push_back({"kernel-arguments", node.ScopeOf("schematic"), {std::move(patch)}});
}

}  // namespace

Result<std::vector<Setting>> SettingsOf(const TalhelperNode& node, const TalosVersion& version,
                                        const std::string& install_image, TalhelperFiles& files, Draft& draft,
                                        yaml::Value& spec) {
  std::vector<Setting> settings;
  NetworkSettings(node, version, spec, settings);
  if (Says(node.value, "machineDisks")) {
    settings.push_back(
        {"disks", node.ScopeOf("machineDisks"), {Machine("disks", *node.value.Find("machineDisks"))}});
  }
  if (Says(node.value, "kernelModules")) {
    yaml::Value kernel;
    kernel.At("modules") = *node.value.Find("kernelModules");
    settings.push_back({"modules", node.ScopeOf("kernelModules"), {Machine("kernel", std::move(kernel))}});
  }
  KubernetesSettings(node, version, install_image, draft, spec, settings);
  if (auto done = MachineFiles(node, files, settings); !done) return tl::make_unexpected(done.error());
  KernelArguments(node, version, settings);
  if (Says(node.value, "certSANs")) {
    settings.push_back({"names",
                        node.ScopeOf("certSANs"),
                        {Machine("certSANs", TextSequence(TextList(node.value, "certSANs")))}});
  }
  Firewall(node, settings);
  ExtensionServices(node, settings);
  VolumeSettings(node, version, draft, spec, settings);
  if (version.minor >= 12 && Says(node.value, "networkInterfaces")) {
    auto documents = LinkDocuments(List(node.value, "networkInterfaces"), draft);
    const bool keys = std::any_of(documents.begin(), documents.end(), [](const yaml::Value& document) {
      return Text(document, "kind") == "WireguardConfig";
    });
    if (!documents.empty()) {
      settings.push_back({"links", node.ScopeOf("networkInterfaces"), std::move(documents),
                          keys ? Draft::Place::kFile : Draft::Place::kShortest});
    }
  }
  return settings;
}

}  // namespace slipway::imports
