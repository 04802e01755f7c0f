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

  /// Bytes read, 0 at the end, -1 on an error or when the time is up. `settings.timeout` counts from Start.
  ssize_t Read(char* buffer, size_t size);
  bool Write(const char* data, size_t size);

  /// What ssh's own words on standard error come to.
  SourceError Explain();

 private:
  SshProcess(pid_t pid, int channel, int err, RemoteUrl url, std::chrono::seconds timeout)
      : pid_(pid),
        channel_(channel),
        err_(err),
        url_(std::move(url)),
        timeout_(timeout),
        deadline_(std::chrono::steady_clock::now() + timeout) {}

  bool WaitFor(short events);
  void TakeWords();

  pid_t pid_;
  int channel_;  ///< both directions: a socket, since writing to a pipe whose reader died is a deadly signal
  int err_;
  RemoteUrl url_;
  std::chrono::seconds timeout_;
  std::chrono::steady_clock::time_point deadline_;
  std::string words_;  ///< of standard error, the first few kilobytes; the rest is read and dropped
  bool timed_out_ = false;
};

}  // namespace slipway
