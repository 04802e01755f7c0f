// Are the ports free, or held by a daemon of ours; may this process open them; does a firewall close them?
#include <arpa/inet.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "bootnet/catalog/unique_fd.h"
#include "reconciler/cli/doctor.h"

namespace slipway::cli {
namespace {

namespace fs = std::filesystem;
using Level = Finding::Level;

struct Wanted {
  enum class Kind : uint8_t { kUdp, kTcp } kind = Kind::kUdp;
  uint16_t port = 0;
  const char* setting = "";
  const char* purpose = "";
};

std::vector<Wanted> WantedPorts(const DaemonConfig& config) {
  using Kind = Wanted::Kind;
  const BootSettings& boot = config.boot;
  std::vector<Wanted> wanted;
  if (boot.dhcp != DhcpSetting::kOff) {
    wanted.push_back({Kind::kUdp, boot.dhcp_port, "boot.dhcp_port", "DHCP"});
    wanted.push_back({Kind::kUdp, boot.pxe_port, "boot.pxe_port", "the PXE boot service"});
  }
  wanted.push_back({Kind::kUdp, boot.tftp_port, "boot.tftp_port", "TFTP"});
  wanted.push_back({Kind::kTcp, boot.http_port, "boot.http_port", "the boot files"});
  if (boot.https_port)
    wanted.push_back({Kind::kTcp, *boot.https_port, "boot.https_port", "the boot files over TLS"});
  wanted.push_back({Kind::kTcp, config.control_port, "control.listen", "the status page"});
  return wanted;
}

std::string NameOf(const Wanted& wanted) {
  return (wanted.kind == Wanted::Kind::kUdp ? "UDP port " : "TCP port ") + std::to_string(wanted.port);
}

/// The inode of the socket that has a port; "" where the kernel shows none (/proc/net/udp, /proc/net/tcp).
std::string SocketInode(const Wanted& wanted) {
  std::ifstream table(wanted.kind == Wanted::Kind::kUdp ? "/proc/net/udp" : "/proc/net/tcp");
  char port[8];
  std::snprintf(port, sizeof port, ":%04X", wanted.port);
  std::string line;
  while (std::getline(table, line)) {
    std::istringstream words(line);
    std::array<std::string, 10> field;
    for (std::string& word : field) words >> word;
    const bool listens = wanted.kind == Wanted::Kind::kUdp || field[3] == "0A";
    if (listens && field[1].ends_with(port)) return field[9];
  }
  return {};
}

/// "dnsmasq (pid 812)"; "another program" where it cannot be seen, which needs root.
std::string HolderOf(const Wanted& wanted) {
  const std::string link = "socket:[" + SocketInode(wanted) + "]";
  std::error_code ignored;
  for (const auto& process : fs::directory_iterator("/proc", ignored)) {
    const std::string pid = process.path().filename().string();
    if (pid.find_first_not_of("0123456789") != std::string::npos) continue;
    for (fs::directory_iterator fd(process.path() / "fd", ignored), end; fd != end; fd.increment(ignored)) {
      if (fs::read_symlink(fd->path(), ignored).string() != link) continue;
      std::string name;
      std::getline(std::ifstream(process.path() / "comm"), name);
      return name + " (pid " + pid + ")";
    }
  }
  return "another program";
}

Finding LookAt(const Wanted& wanted) {
  const std::string name = NameOf(wanted);
  const bool udp = wanted.kind == Wanted::Kind::kUdp;
  const UniqueFd fd(::socket(AF_INET, (udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0));
  const int on = 1;
  if (!udp) ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(wanted.port);
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
    return {Level::kGood, name, std::string("free, for ") + wanted.purpose, ""};
  if (errno == EACCES) {
    return {Level::kBad, name, "this process may not open it",
            "run as the systemd unit does (CAP_NET_BIND_SERVICE), as root, or change " +
                std::string(wanted.setting)};
  }
  if (errno != EADDRINUSE) return {Level::kBad, name, std::strerror(errno), ""};
  const std::string holder = HolderOf(wanted);
  if (holder.starts_with("slipway ")) return {Level::kGood, name, "held by " + holder, ""};
  return {Level::kBad, name, "in use by " + holder,
          "stop that program, or change " + std::string(wanted.setting)};
}

bool Holds(uint32_t capability) {
  __user_cap_header_struct head{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> data{};
  if (::syscall(SYS_capget, &head, data.data()) != 0) return false;
  return (data[capability / 32].effective & (1U << (capability % 32))) != 0;
}

/// What `nft -j list ruleset` says; nothing where there is no nft, or no right to ask.
nlohmann::json Ruleset() {
  std::string text;
  std::FILE* const pipe = ::popen("nft -j list ruleset 2>/dev/null", "re");
  if (pipe == nullptr) return {};
  std::array<char, 4096> buffer;
  while (const size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe)) text.append(buffer.data(), n);
  ::pclose(pipe);
  return nlohmann::json::parse(text, nullptr, false);
}

}  // namespace

Findings LookAtPorts(const DaemonConfig& config) {
  Findings findings;
  for (const Wanted& wanted : WantedPorts(config)) findings.push_back(LookAt(wanted));
  return findings;
}

Findings LookAtRights(const DaemonConfig& config) {
  Findings findings;
  const auto need = [&findings](uint32_t capability, const char* name, const char* why) {
    if (Holds(capability)) {
      findings.push_back({Level::kGood, name, std::string("held, for ") + why, ""});
    } else {
      findings.push_back({Level::kBad, name, std::string("missing; needed for ") + why,
                          "use the systemd unit in contrib/systemd, which grants it, or run as root"});
    }
  };
  need(CAP_NET_BIND_SERVICE, "CAP_NET_BIND_SERVICE", "ports below 1024");
  if (config.boot.dhcp != DhcpSetting::kOff)
    need(CAP_NET_RAW, "CAP_NET_RAW", "staying on one interface, and looking for other DHCP servers");
  return findings;
}

Findings LookAtFirewall(const DaemonConfig& config) {
  const nlohmann::json ruleset = Ruleset();
  if (!ruleset.is_object() || !ruleset.contains("nftables"))
    return {{Level::kGood, "firewall", "no nftables rules can be seen here (needs root and nft)", ""}};
  bool drops = false;
  std::string rules;
  for (const auto& entry : ruleset["nftables"]) {
    if (entry.contains("chain"))
      drops = drops ||
              (entry["chain"].value("hook", "") == "input" && entry["chain"].value("policy", "") == "drop");
    if (entry.contains("rule")) rules += entry["rule"].dump();
  }
  if (!drops) return {{Level::kGood, "firewall", "no input chain drops by default", ""}};
  Findings findings;
  for (const Wanted& wanted : WantedPorts(config)) {
    if (rules.find(":" + std::to_string(wanted.port)) != std::string::npos ||
        rules.find("," + std::to_string(wanted.port)) != std::string::npos) {
      continue;
    }
    const std::string kind = wanted.kind == Wanted::Kind::kUdp ? "udp" : "tcp";
    findings.push_back({Level::kWarning, "firewall",
                        "an input chain drops by default and no rule names " + kind + " " +
                            std::to_string(wanted.port) + " (" + wanted.purpose + ")",
                        "allow it on the provisioning interfaces: " + kind + " dport " +
                            std::to_string(wanted.port) + " accept"});
  }
  if (findings.empty()) findings.push_back({Level::kGood, "firewall", "every port is named by a rule", ""});
  return findings;
}

}  // namespace slipway::cli
