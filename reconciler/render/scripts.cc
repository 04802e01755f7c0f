#include "reconciler/render/scripts.h"

#include "reconciler/render/fingerprint.h"
#include "reconciler/talos/kernel_args.h"
#include "schema/contract/manifest.h"
#include "templates/templates.h"

namespace slipway {
namespace {

constexpr std::string_view kInitramfsName = "initramfs.xz";
constexpr uint64_t kMaxTemplateBytes = 1U << 18U;

const std::set<std::string, std::less<>>& EntryVariables() {
  static const std::set<std::string, std::less<>> names{"site", "base_url", "ignore", "report", "wait"};
  return names;
}

const std::set<std::string, std::less<>>& MachineVariables() {
  static const std::set<std::string, std::less<>> names{
      "node",          "hostname", "cluster",        "role",          "arch",           "mac",
      "talos_version", "base_url", "kernel_url",     "initramfs_url", "initramfs_name", "config_url",
      "kernel_args",   "menu",     "menu_timeout_ms"};
  return names;
}

/// Looks a template up in the repository first, then in the binary. A read error is kept for the caller.
class Library {
 public:
  explicit Library(const SourceTree& tree) : tree_(tree) {}

  std::optional<TemplateText> Find(std::string_view name) {
    const std::string path = "templates/" + std::string(name) + ".mustache";
    if (const SourceTree::Entry* entry = tree_.Find(path)) {
      auto text = tree_.Read(*entry, kMaxTemplateBytes);
      if (!text) {
        error_ = text.error();
        return TemplateText{path, ""};
      }
      used_.Add(entry->content_id);
      return TemplateText{path, std::move(*text)};
    }
    const auto built_in = templates::EmbeddedFile(std::string(name) + ".mustache");
    if (!built_in) return std::nullopt;
    used_.Add(*built_in);
    return TemplateText{path, std::string(*built_in)};
  }

  const std::optional<Error>& error() const { return error_; }
  std::string UsedId() { return used_.Finish().ToHex(); }

 private:
  const SourceTree& tree_;
  Fingerprint used_;
  std::optional<Error> error_;
};

std::string Join(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + word;
  return line;
}

}  // namespace

Result<ScriptTemplates> LoadScriptTemplates(const SourceTree& tree, Diagnostics& diagnostics) {
  Library library(tree);
  const PartialResolver partials = [&library](std::string_view name) { return library.Find(name); };
  ScriptTemplates loaded;
  const auto entry = library.Find("boot.ipxe");
  const auto machine = library.Find("node.ipxe");
  if (!entry || !machine) return Bug("the built-in templates are missing from the binary");
  loaded.entry = Template::Compile(*entry, EntryVariables(), partials, diagnostics);
  loaded.machine = Template::Compile(*machine, MachineVariables(), partials, diagnostics);
  if (library.error()) return Wrap("reading the templates", *library.error());
  loaded.content_id = library.UsedId();
  return loaded;
}

std::string RenderEntryScript(const Template& script, const Site& site) {
  return script.Render({{"site", site.name},
                        {"base_url", site.boot_server.ToString()},
                        {"ignore", site.unknown_machines == UnknownAction::kIgnore},
                        {"report", site.unknown_machines == UnknownAction::kReport},
                        {"wait", site.unknown_machines == UnknownAction::kWait}});
}

std::string RenderMachineScript(const Template& script, const Site& site, const Cluster& cluster,
                                const TalosVersion& version, const Node& node, const Mac& mac,
                                const BootPaths& boot) {
  const std::string base = site.boot_server.ToString();
  const auto args = talos::MergeKernelArgs(talos::DefaultKernelArgs(version, node.arch), cluster.kernel_args);
  return script.Render({{"node", node.name},
                        {"hostname", node.hostname.value},
                        {"cluster", cluster.name},
                        {"role", std::string(ToString(node.role))},
                        {"arch", std::string(ToString(node.arch))},
                        {"mac", mac.ToColons()},
                        {"talos_version", version.ToString()},
                        {"base_url", base},
                        {"kernel_url", base + '/' + boot.kernel},
                        {"initramfs_url", base + '/' + boot.initramfs},
                        {"initramfs_name", std::string(kInitramfsName)},
                        {"config_url", base + '/' + MachineConfigPath(mac)},
                        {"kernel_args", Join(args)},
                        {"menu", cluster.menu.enabled},
                        {"menu_timeout_ms", std::to_string(cluster.menu.timeout_seconds * 1000)}});
}

std::vector<std::string> AdvertisedPaths(std::string_view script, std::string_view base_url) {
  std::vector<std::string> paths;
  const std::string prefix = std::string(base_url) + '/';
  for (size_t at = script.find(prefix); at != std::string_view::npos; at = script.find(prefix, at)) {
    at += prefix.size();
    const size_t end = std::min(script.find_first_of(" \t\r\n?", at), script.size());
    const std::string_view path = script.substr(at, end - at);
    if (!path.empty() && path.find("${") == std::string_view::npos) paths.emplace_back(path);
  }
  return paths;
}

}  // namespace slipway
