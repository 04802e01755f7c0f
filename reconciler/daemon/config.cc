#include "reconciler/daemon/config.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "schema/fleet/codes.h"
#include "schema/fleet/forms.h"
#include "schema/fleet/schema.h"

namespace slipway {
namespace {

using Kind = ConfigKey::Kind;

constexpr std::array kKeys = {
    ConfigKey{"source.url", Kind::kText, "Git repository: path, file://, git://, http(s):// or ssh://"},
    ConfigKey{"source.branch", Kind::kText, "branch to serve (default: the remote's HEAD)"},
    ConfigKey{"source.tag", Kind::kText, "tag to serve instead of a branch"},
    ConfigKey{"source.commit", Kind::kText, "full commit hash to serve instead of a branch"},
    ConfigKey{"source.path", Kind::kText, "folder of the repository that holds the fleet (default: .)"},
    ConfigKey{"source.interval", Kind::kText, "how often to look at the remote (default: 30s)"},
    ConfigKey{"source.timeout", Kind::kText, "deadline of one step that talks to the remote (default: 60s)"},
    ConfigKey{"source.ssh_key", Kind::kText, "private key for ssh:// (default: the agent's)"},
    ConfigKey{"source.known_hosts", Kind::kText, "host keys for ssh:// (default: ~/.ssh/known_hosts)"},
    ConfigKey{"source.username", Kind::kText, "user for http(s)://"},
    ConfigKey{"source.password_file", Kind::kText, "file with the password or token for http(s)://"},
    ConfigKey{"source.ca_file", Kind::kText, "certificate authorities for https:// (PEM)"},
    ConfigKey{"source.verify.mode", Kind::kText,
              "which commits must be signed: off, head or range (default: off)"},
    ConfigKey{"source.verify.history", Kind::kText,
              "fast-forward: a rewritten branch is refused; any: served"},
    ConfigKey{"source.verify.allowed_signers", Kind::kText,
              "SSH keys that may sign (ssh-keygen's allowed signers)"},
    ConfigKey{"source.verify.revoked_keys", Kind::kText, "SSH public keys that may sign no more"},
    ConfigKey{"source.verify.pgp_keys", Kind::kText, "OpenPGP keys that may sign (gpg --armor --export)"},
    ConfigKey{"state_dir", Kind::kText, "where generations, assets and the mirror live"},
    ConfigKey{"boot.interfaces", Kind::kList, "interface on the provisioning network; may be repeated"},
    ConfigKey{"boot.address", Kind::kText, "address to answer from (default: the interface's first IPv4)"},
    ConfigKey{"boot.dhcp", Kind::kText, "proxy, server, auto, observe or off (default: proxy)"},
    ConfigKey{"boot.dhcp_probe", Kind::kText, "ask the network before an address is offered: arp or off"},
    ConfigKey{"boot.dhcp_quiet", Kind::kText,
              "auto: how long no other server may be heard before addresses are given (default: 1h)"},
    ConfigKey{"boot.dhcp_port", Kind::kNumber, "UDP port of DHCP (default: 67)"},
    ConfigKey{"boot.pxe_port", Kind::kNumber, "UDP port of the PXE boot service (default: 4011)"},
    ConfigKey{"boot.tftp_port", Kind::kNumber, "UDP port of TFTP (default: 69)"},
    ConfigKey{"boot.tftp_single_port", Kind::kSwitch, "true: TFTP transfers run on the TFTP port itself"},
    ConfigKey{"boot.tftp_port_range", Kind::kText, "UDP ports of TFTP transfers: 40000-40999 (default: any)"},
    ConfigKey{"boot.https_port", Kind::kNumber, "TCP port of the boot files over TLS (default: none)"},
    ConfigKey{"boot.tls_certificate", Kind::kText, "certificate and chain for boot.https_port (PEM)"},
    ConfigKey{"boot.tls_key", Kind::kText, "private key of boot.tls_certificate (PEM)"},
    ConfigKey{"boot.http_port", Kind::kNumber, "TCP port of the boot files (default: 8080)"},
    ConfigKey{"boot.dns_port", Kind::kNumber,
              "UDP and TCP port of DNS, where the Site asks for it (default: 53)"},
    ConfigKey{"boot.ipxe_dir", Kind::kText, "folder with iPXE's binaries (default: /usr/lib/ipxe)"},
    ConfigKey{"boot.loader_dirs", Kind::kList, "folder with shim, GRUB or PXELINUX; may be repeated"},
    ConfigKey{"control.listen", Kind::kText, "address:port of the status page (default: 127.0.0.1:8470)"},
    ConfigKey{"secrets.identity_files", Kind::kList, "file with age identities; may be repeated"},
    ConfigKey{"hooks.secret_files", Kind::kList, "file with a secret of webhooks; may be repeated"},
    ConfigKey{"forge.kind", Kind::kText, "github, gitlab, gitea or forgejo: set commit statuses there"},
    ConfigKey{"forge.url", Kind::kText, "root of the forge's API (default: by source.url)"},
    ConfigKey{"forge.repository", Kind::kText, "owner/name on the forge (default: by source.url)"},
    ConfigKey{"forge.token_file", Kind::kText, "file with the token for the forge's API"},
    ConfigKey{"forge.ca_file", Kind::kText, "certificate authorities for it (default: source.ca_file)"},
    ConfigKey{"forge.page_url", Kind::kText, "address of the status page for people, linked from statuses"},
    ConfigKey{"forge.comments", Kind::kSwitch, "true: plans as comments on open pull requests"},
    ConfigKey{"forge.propose", Kind::kSwitch, "true: a pull request for every unknown machine that boots"},
    ConfigKey{"forge.interval", Kind::kText, "how often to look at pull requests (default: 60s)"},
    ConfigKey{"talos.schemas", Kind::kText, "folder with the JSON schemas of Talos' releases"},
    ConfigKey{"assets.file_roots", Kind::kList, "folder that file:// assets may come from; may be repeated"},
};

/// The value at a dotted path, or nullptr.
const yaml::Value* FindPath(const yaml::Value& document, std::string_view path) {
  const yaml::Value* at = &document;
  while (at != nullptr && !path.empty()) {
    const size_t dot = std::min(path.find('.'), path.size());
    at = at->Find(path.substr(0, dot));
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  return at;
}

class Reader {
 public:
  Reader(const yaml::Value& document, std::string_view file, Diagnostics& diagnostics)
      : document_(document), file_(file), diagnostics_(diagnostics) {}

  void Text(std::string_view path, std::string& out) const {
    const yaml::Value* value = FindPath(document_, path);
    const std::string* text = value == nullptr ? nullptr : value->AsString();
    if (text != nullptr) out = *text;
  }

  void Port(std::string_view path, uint16_t& out) const {
    const yaml::Value* value = FindPath(document_, path);
    const yaml::Integer* number = value == nullptr ? nullptr : value->AsInteger();
    if (number != nullptr) out = static_cast<uint16_t>(number->value);  // the schema keeps it within 0..65535
  }

  void Switch(std::string_view path, bool& out) const {
    const yaml::Value* value = FindPath(document_, path);
    const bool* on = value == nullptr ? nullptr : value->AsBool();
    if (on != nullptr) out = *on;
  }

  bool Has(std::string_view path) const { return FindPath(document_, path) != nullptr; }

  void List(std::string_view path, std::vector<std::string>& out) const {
    const yaml::Value* value = FindPath(document_, path);
    const yaml::Sequence* list = value == nullptr ? nullptr : value->AsSequence();
    if (list == nullptr) return;
    out.clear();
    for (const yaml::Value& item : *list) {
      if (const std::string* text = item.AsString()) out.push_back(*text);
    }
  }

  void Duration(std::string_view path, std::chrono::seconds& out) {
    std::string text;
    Text(path, text);
    if (text.empty()) return;
    const auto parsed = ParseDuration(text);
    if (!parsed) return Problem(path, "`" + text + "` is not a duration", "write 30s, 5m or 1h");
    out = *parsed;
  }

  void Problem(std::string_view path, std::string message, std::string fix) {
    const yaml::Value* value = FindPath(document_, path);
    diagnostics_.push_back({std::string(file_), value == nullptr ? Mark{} : value->mark(),
                            code::kDaemonConfig, Severity::kError, std::string(path) + ": " + message,
                            std::move(fix)});
  }

 private:
  const yaml::Value& document_;
  std::string_view file_;
  Diagnostics& diagnostics_;
};

void ReadVerify(Reader& reader, VerifySettings& verify) {
  std::string mode;
  reader.Text("source.verify.mode", mode);
  if (mode == "head") verify.mode = trust::Mode::kHead;
  if (mode == "range") verify.mode = trust::Mode::kRange;
  std::string history;
  reader.Text("source.verify.history", history);
  if (history == "any") verify.history = trust::HistoryRule::kAny;
  reader.Text("source.verify.allowed_signers", verify.allowed_signers);
  reader.Text("source.verify.revoked_keys", verify.revoked_keys);
  reader.Text("source.verify.pgp_keys", verify.pgp_keys);
  const bool keys = !(verify.allowed_signers + verify.pgp_keys).empty();
  if (verify.mode != trust::Mode::kOff && !keys) {
    reader.Problem(
        "source.verify.mode", "no key could sign the first revision",
        "set source.verify.allowed_signers or source.verify.pgp_keys: they decide until a revision is "
        "served that names keys of its own");
  }
}

void ReadSource(Reader& reader, SourceSettings& source) {
  reader.Text("source.url", source.url);
  reader.Text("source.branch", source.branch);
  reader.Text("source.tag", source.tag);
  reader.Text("source.commit", source.commit);
  reader.Text("source.path", source.path);
  reader.Duration("source.interval", source.interval);
  reader.Duration("source.timeout", source.timeout);
  reader.Text("source.ssh_key", source.ssh_key);
  reader.Text("source.known_hosts", source.known_hosts);
  reader.Text("source.username", source.username);
  reader.Text("source.password_file", source.password_file);
  reader.Text("source.ca_file", source.ca_file);
  ReadVerify(reader, source.verify);
  if (source.url.empty()) {
    reader.Problem("source.url", "there is no repository to serve", "set source.url, or give --source-url");
  }
  if (!source.branch.empty() + !source.tag.empty() + !source.commit.empty() > 1) {
    reader.Problem("source", "branch, tag and commit exclude each other", "keep one of them");
  }
}

void ReadPortRange(Reader& reader, BootSettings& boot) {
  std::string text;
  reader.Text("boot.tftp_port_range", text);
  if (text.empty()) return;
  const size_t dash = text.find('-');
  const std::string second = text.substr(std::min(dash + 1, text.size()));
  uint16_t first = 0;
  uint16_t last = 0;
  const auto a = std::from_chars(text.data(), text.data() + std::min(dash, text.size()), first);
  const auto b = std::from_chars(second.data(), second.data() + second.size(), last);
  if (a.ec != std::errc{} || b.ec != std::errc{} || last < first) {
    reader.Problem("boot.tftp_port_range", "`" + text + "` is not a range of ports",
                   "write the lower and the higher one, like 40000-40999");
  }
  if (boot.tftp_single_port) {
    reader.Problem("boot.tftp_port_range", "tftp_single_port leaves it without effect",
                   "keep one of the two");
  }
  boot.tftp_port_range = {first, last};
}

void ReadTls(Reader& reader, BootSettings& boot) {
  reader.Text("boot.tls_certificate", boot.tls_certificate);
  reader.Text("boot.tls_key", boot.tls_key);
  if (reader.Has("boot.https_port")) reader.Port("boot.https_port", boot.https_port.emplace());
  const bool files = !boot.tls_certificate.empty() && !boot.tls_key.empty();
  if (boot.https_port && !files) {
    reader.Problem("boot.https_port", "HTTPS needs a certificate and its key",
                   "set boot.tls_certificate and boot.tls_key, or leave https_port out");
  }
  if (!boot.https_port && !(boot.tls_certificate + boot.tls_key).empty()) {
    reader.Problem("boot.tls_certificate", "a certificate without boot.https_port has no effect",
                   "set boot.https_port, or leave the files out");
  }
}

void ReadDhcp(Reader& reader, BootSettings& boot) {
  std::string dhcp;
  reader.Text("boot.dhcp", dhcp);
  for (const DhcpSetting setting :
       {DhcpSetting::kServer, DhcpSetting::kAuto, DhcpSetting::kObserve, DhcpSetting::kOff}) {
    if (dhcp == ToString(setting)) boot.dhcp = setting;
  }
  std::string probe;
  reader.Text("boot.dhcp_probe", probe);
  if (probe == "off") boot.dhcp_probe = DhcpProbing::kOff;
  reader.Duration("boot.dhcp_quiet", boot.dhcp_quiet);
  if (boot.dhcp != DhcpSetting::kOff && boot.interfaces.empty()) {
    reader.Problem("boot.interfaces", "DHCP needs to know the provisioning interface",
                   "name it (ip -br link lists them), or set boot.dhcp: off");
  }
}

void ReadBoot(Reader& reader, BootSettings& boot) {
  reader.List("boot.interfaces", boot.interfaces);
  std::string address;
  reader.Text("boot.address", address);
  if (!address.empty()) {
    boot.address = Ipv4::Parse(address);
    if (!boot.address) reader.Problem("boot.address", "not an IPv4 address", "write it like 10.0.5.10");
  }
  ReadDhcp(reader, boot);
  reader.Port("boot.dhcp_port", boot.dhcp_port);
  reader.Port("boot.pxe_port", boot.pxe_port);
  reader.Port("boot.tftp_port", boot.tftp_port);
  reader.Switch("boot.tftp_single_port", boot.tftp_single_port);
  ReadPortRange(reader, boot);
  reader.Port("boot.http_port", boot.http_port);
  ReadTls(reader, boot);
  reader.Port("boot.dns_port", boot.dns_port);
  reader.Text("boot.ipxe_dir", boot.ipxe_dir);
  reader.List("boot.loader_dirs", boot.loader_dirs);
}

void ReadForge(Reader& reader, const SourceSettings& source, ForgeSettings& forge) {
  std::string kind;
  std::string url;
  std::string repository;
  reader.Text("forge.kind", kind);
  reader.Text("forge.url", url);
  reader.Text("forge.repository", repository);
  reader.Text("forge.token_file", forge.token_file);
  forge.ca_file = source.ca_file;
  reader.Text("forge.ca_file", forge.ca_file);
  reader.Text("forge.page_url", forge.page_url);
  reader.Switch("forge.comments", forge.comments);
  reader.Switch("forge.propose", forge.propose);
  reader.Duration("forge.interval", forge.interval);
  const auto known = forge::ParseKind(kind);
  if (!known) {
    if (reader.Has("forge"))
      reader.Problem("forge.kind", "it says which API the forge speaks", "set forge.kind");
    return;
  }
  if (forge.token_file.empty())
    reader.Problem("forge.token_file", "no forge takes requests without a token",
                   "name the file that holds it");
  auto target = forge::FindTarget(*known, url, repository, source.url);
  if (!target)
    return reader.Problem("forge", target.error().message, "contrib/FORGES.md shows each forge's settings");
  forge.target = std::move(*target);
}

void ReadControl(Reader& reader, DaemonConfig& config) {
  std::string listen;
  reader.Text("control.listen", listen);
  if (listen.empty()) return;
  const size_t colon = listen.rfind(':');
  uint16_t port = 0;
  const char* end = listen.data() + listen.size();
  const auto parsed = colon == std::string::npos ? std::from_chars_result{end, std::errc::invalid_argument}
                                                 : std::from_chars(listen.data() + colon + 1, end, port);
  if (parsed.ec != std::errc{} || parsed.ptr != end || colon == 0) {
    return reader.Problem("control.listen", "`" + listen + "` is not address:port", "write 127.0.0.1:8470");
  }
  config.control_host = listen.substr(0, colon);
  config.control_port = port;
}

}  // namespace

std::string_view ToString(DhcpSetting setting) {
  switch (setting) {
    case DhcpSetting::kProxy:
      return "proxy";
    case DhcpSetting::kServer:
      return "server";
    case DhcpSetting::kAuto:
      return "auto";
    case DhcpSetting::kObserve:
      return "observe";
    case DhcpSetting::kOff:
      break;
  }
  return "off";
}

std::string ConfigKey::Flag() const {
  std::string flag = "--" + std::string(path);
  std::replace_if(
      flag.begin(), flag.end(), [](char c) { return c == '.' || c == '_'; }, '-');
  return flag;
}

std::span<const ConfigKey> ConfigKeys() { return kKeys; }

void OverrideKey(yaml::Value& document, const ConfigKey& key, const std::vector<std::string>& values) {
  yaml::Value* at = &document;
  std::string_view path = key.path;
  while (!path.empty()) {
    const size_t dot = std::min(path.find('.'), path.size());
    at = &at->At(path.substr(0, dot));
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  if (key.kind == Kind::kList) {
    yaml::Sequence list;
    for (const std::string& value : values) list.emplace_back(value);
    *at = yaml::Value(std::move(list));
    return;
  }
  const std::string& text = values.back();
  if (key.kind == Kind::kSwitch && (text == "true" || text == "false")) {
    *at = yaml::Value(text == "true");
    return;
  }
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  *at = key.kind == Kind::kNumber && whole ? yaml::Value(number) : yaml::Value(text);
}

std::optional<std::chrono::seconds> ParseDuration(std::string_view text) {
  const auto seconds = forms::ParseSeconds(text);
  if (!seconds) return std::nullopt;
  return std::chrono::seconds(*seconds);
}

tl::expected<DaemonConfig, Diagnostics> DecodeConfig(const yaml::Value& document, std::string_view file) {
  Diagnostics diagnostics;
  ValidateAgainstSchema(document, "daemon", file, diagnostics);
  if (HasErrors(diagnostics)) return tl::make_unexpected(std::move(diagnostics));
  DaemonConfig config;
  Reader reader(document, file, diagnostics);
  ReadSource(reader, config.source);
  reader.Text("state_dir", config.state_dir);
  ReadBoot(reader, config.boot);
  ReadControl(reader, config);
  reader.List("secrets.identity_files", config.identity_files);
  reader.List("hooks.secret_files", config.hook_secret_files);
  ReadForge(reader, config.source, config.forge);
  reader.Text("talos.schemas", config.talos_schemas);
  reader.List("assets.file_roots", config.file_roots);
  if (HasErrors(diagnostics)) return tl::make_unexpected(std::move(diagnostics));
  return config;
}

}  // namespace slipway
