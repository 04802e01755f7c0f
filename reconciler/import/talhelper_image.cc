#include "reconciler/import/talhelper_image.h"

#include "reconciler/import/fields.h"

namespace slipway::imports {
namespace {

const yaml::Value& Find(const yaml::Value& mapping, std::string_view key) {
  static const yaml::Value kNothing;
  const yaml::Value* value = mapping.Find(key);
  return value == nullptr ? kNothing : *value;
}

void ReplaceAll(std::string& text, const std::string& from, const std::string& to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

void RemarkSpec(const TalhelperNode& node, const yaml::Value& spec, Draft& draft) {
  const std::string mode = Text(spec, "mode");
  if (!mode.empty() && mode != "metal") {
    draft.Lost(MarkOf(spec, "mode"), "node " + node.name + " is no bare metal (`mode: " + mode + "`)",
               "Slipway boots bare metal; take the node out if it is none");
  }
  if (Flag(spec, "secureboot")) {
    draft.Lost(
        MarkOf(spec, "secureboot"),
        "node " + node.name + " uses Secure Boot, which a kernel booted from the network does not pass",
        "its config is the same; turn Secure Boot off in the firmware while it installs");
  }
  const std::string arch = Text(spec, "arch");
  if (!arch.empty() && !ParseArch(arch)) {
    draft.Lost(MarkOf(spec, "arch"), "node " + node.name + " has the unknown architecture `" + arch + '`',
               "write amd64 or arm64");
  }
}

/// talhelper's template of the installer's name, or the user's.
std::string Installer(const yaml::Value& config, const yaml::Value& spec, const std::string& id,
                      const TalosVersion& version, Draft& draft) {
  const yaml::Value& factory = Find(config, "imageFactory");
  const std::string registry = Text(factory, "registryURL");
  const std::string mode = Text(spec, "mode");
  std::string text = Text(factory, "installerURLTmpl");
  if (text.empty()) {
    text = "{{.RegistryURL}}/{{.Mode}}-installer{{if .Secureboot}}-secureboot{{end}}/{{.ID}}:{{.Version}}";
  }
  for (const std::string& name : std::vector<std::string>{"RegistryURL", "Mode", "ID", "Version"}) {
    for (const std::string& spelled : std::vector<std::string>{"{{ ." + name + " }}", "{{." + name + "}}"}) {
      ReplaceAll(text, spelled,
                 name == "RegistryURL" ? (registry.empty() ? "factory.talos.dev" : registry)
                 : name == "Mode"      ? (mode.empty() ? "metal" : mode)
                 : name == "ID"        ? id
                                       : version.ToString());
    }
  }
  for (const char* spelled :
       {"{{if .Secureboot}}-secureboot{{end}}", "{{ if .Secureboot }}-secureboot{{ end }}"}) {
    ReplaceAll(text, spelled, Flag(spec, "secureboot") ? "-secureboot" : "");
  }
  if (text.find("{{") == std::string::npos) return text;
  draft.Lost(MarkOf(factory, "installerURLTmpl"),
             "the template of the installer's name asks for more than we know",
             "write the image into spec.talos.image of each Node");
  return "";
}

}  // namespace

std::string FactoryOf(const yaml::Value& config) {
  const yaml::Value& factory = Find(config, "imageFactory");
  const std::string protocol = Text(factory, "protocol");
  const std::string registry = Text(factory, "registryURL");
  return (protocol.empty() ? "https" : protocol) + "://" +
         (registry.empty() ? "factory.talos.dev" : registry);
}

TalhelperImage ImageOf(const TalhelperNode& node, const yaml::Value& config, const TalosVersion& version,
                       Draft& draft) {
  const yaml::Value& spec = Find(node.value, "machineSpec");
  RemarkSpec(node, spec, draft);
  const yaml::Value& given = Find(node.value, "schematic");
  const Schematic schematic = ReadSchematic(given);
  const yaml::Value& for_boot = Find(node.value, "imageSchematic");
  TalhelperImage image;
  image.boot = for_boot.IsNull() ? schematic : ReadSchematic(for_boot);
  for (const std::string& key : schematic.unknown_keys) {
    draft.Note(given.mark(), "the schematic's field `" + key + "` is not known and not part of its id",
               "correct its name if it was meant");
  }
  const std::string url = Text(node.value, "talosImageURL");
  if (!url.empty()) {
    image.installer = url + ':' + version.ToString();
    return image;
  }
  image.installer = Installer(config, spec, schematic.id, version, draft);
  if (image.installer == "factory.talos.dev/metal-installer/" + schematic.id + ':' + version.ToString()) {
    image.schematic = schematic.id;
  }
  return image;
}

}  // namespace slipway::imports
