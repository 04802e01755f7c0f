#include "reconciler/render/scripts.h"

#include <algorithm>

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
      "node",          "hostname", "cluster",         "role",          "arch",           "mac",
      "talos_version", "base_url", "kernel_url",      "initramfs_url", "initramfs_name", "config_url",
      "kernel_args",   "menu",     "menu_timeout_ms", "kernel_path",   "initramfs_path", "quoted_args"};
  return names;
}

const std::set<std::string, std::less<>>& LocalVariables() {
  static const std::set<std::string, std::less<>> names{"exit",  "sanboot",  "efi",
                                                        "drive", "efi_file", "efi_path"};
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

/// GRUB's shell reads nothing inside single quotes.
std::vector<std::string> QuotedForGrub(std::vector<std::string> args) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:/=_-+@%";
  for (std::string& arg : args) {
    if (arg.find_first_not_of(kPlain) == std::string::npos) continue;
    std::string quoted = "'";
    for (const char c : arg) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    arg = quoted + '\'';
  }
  return args;
}

std::string Hex(uint8_t number) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  return {'0', 'x', kDigits[number >> 4U], kDigits[number & 15U]};
}

}  // namespace

Result<ScriptTemplates> LoadScriptTemplates(const SourceTree& tree, Diagnostics& diagnostics) {
  Library library(tree);
  const PartialResolver partials = [&library](std::string_view name) { return library.Find(name); };
  ScriptTemplates loaded;
  bool complete = true;
  const auto load = [&](const std::string& name, const auto& variables) -> std::unique_ptr<Template> {
    const auto text = library.Find(name);
    complete = complete && text.has_value();
    return text ? Template::Compile(*text, variables, partials, diagnostics) : nullptr;
  };
  loaded.entry = load("boot.ipxe", EntryVariables());
  constexpr const char* kSuffixes[] = {".ipxe", ".grub.cfg", ".pxelinux.cfg"};  // in the order of Loader
  for (size_t i = 0; i < loaded.machine.size(); ++i) {
    loaded.machine[i] = load(std::string("node") + kSuffixes[i], MachineVariables());
    loaded.local[i] = load(std::string("local") + kSuffixes[i], LocalVariables());
  }
  if (!complete) return Bug("the built-in templates are missing from the binary");
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
                                const BootPaths& boot, Before before) {
  const std::string base = site.boot_server.ToString();
  auto args = talos::MergeKernelArgs(talos::DefaultKernelArgs(version, node.arch), cluster.kernel_args);
  if (before == Before::kWipe) args.emplace_back(talos::kWipeSystemDisk);
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
                        {"quoted_args", Join(QuotedForGrub(args))},
                        {"kernel_path", boot.kernel},
                        {"initramfs_path", boot.initramfs},
                        {"menu", cluster.menu.enabled},
                        {"menu_timeout_ms", std::to_string(cluster.menu.timeout_seconds * 1000)}});
}

std::string RenderLocalScript(const Template& script, const LocalBoot& boot) {
  using Method = LocalBoot::Method;
  std::string path = boot.file;
  std::replace(path.begin(), path.end(), '\\', '/');
  return script.Render({{"exit", boot.method == Method::kExit},
                        {"sanboot", boot.method == Method::kSanboot},
                        {"efi", boot.method == Method::kEfiFile},
                        {"drive", Hex(boot.drive)},
                        {"efi_file", boot.file},
                        {"efi_path", path}});
}

std::vector<std::string> AdvertisedPaths(std::string_view script, std::string_view base_url) {
  std::vector<std::string> paths;
  const std::string prefix = std::string(base_url) + '/';
  for (size_t at = script.find(prefix); at != std::string_view::npos; at = script.find(prefix, at)) {
    at += prefix.size();
    const size_t end = std::min(script.find_first_of(" \t\r\n?;", at), script.size());
    const std::string_view path = script.substr(at, end - at);
    const bool no_file = path.empty() || path == kUnknownPath || path.find("${") != std::string_view::npos;
    if (!no_file) paths.emplace_back(path);
  }
  return paths;
}

}  // namespace slipway
