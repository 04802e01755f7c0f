#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace slipway {

enum class RemoteKind { kLocal, kGit, kHttp, kSsh };

/// Where a repository is. scp-like `git@host:path` is read as ssh.
struct RemoteUrl {
  RemoteKind kind = RemoteKind::kLocal;
  std::string full;      ///< for libgit2; without credentials, but perhaps with a query: never shown
  std::string display;   ///< without user info and query: for logs, errors and the page
  std::string user;      ///< of ssh, "" lets OpenSSH decide; of http
  std::string password;  ///< of http, where the URL has one; never shown
  std::string host;      ///< of ssh
  uint16_t port = 0;     ///< of ssh; 0 lets OpenSSH decide
  std::string path;      ///< of ssh: on the server; of a local one: on this machine
};

/// nullopt for a scheme that is not file, git, http, https or ssh, or a host that could be taken for an
/// option.
std::optional<RemoteUrl> ParseRemoteUrl(std::string_view text);

}  // namespace slipway
