#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <string>

#include "reconciler/source/git_error.h"
#include "reconciler/source/remote_url.h"

namespace slipway {

struct SshSettings {
  std::string key;          ///< private key file; "" uses the agent
  std::string known_hosts;  ///< "" uses the user's own
  std::chrono::seconds timeout{60};
};

/// A running `ssh host git-upload-pack path`, with its standard input and output. OpenSSH instead of libssh2:
/// the one that libgit2 1.5 brings signs RSA with SHA-1 only, and knows neither FIDO keys nor the user's
/// configuration. Host keys are checked strictly; nothing is ever asked for.
class SshProcess {
 public:
  static SourceResult<std::unique_ptr<SshProcess>> Start(const RemoteUrl& url, const SshSettings& settings);
  ~SshProcess();  ///< ends the process
  SshProcess(const SshProcess&) = delete;
  SshProcess& operator=(const SshProcess&) = delete;

  /// Bytes read, 0 at the end, -1 on an error or when nothing came within the timeout.
  ssize_t Read(char* buffer, size_t size);
  bool Write(const char* data, size_t size);

  /// What ssh's own words on standard error come to.
  SourceError Explain() const;

 private:
  SshProcess(pid_t pid, int in, int out, int err, RemoteUrl url, std::chrono::seconds timeout)
      : pid_(pid), in_(in), out_(out), err_(err), url_(std::move(url)), timeout_(timeout) {}

  pid_t pid_;
  int in_;
  int out_;
  int err_;  ///< a memory file: it cannot fill up and block ssh
  RemoteUrl url_;
  std::chrono::seconds timeout_;
  bool timed_out_ = false;
};

}  // namespace slipway
