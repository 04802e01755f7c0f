#include "reconciler/source/ssh_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <vector>

extern char** environ;

namespace slipway {
namespace {

std::string ShellQuote(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'')
      quoted += "'\\''";
    else
      quoted += c;
  }
  return quoted + "'";
}

std::vector<std::string> Command(const RemoteUrl& url, const SshSettings& settings) {
  std::vector<std::string> words = {"ssh",
                                    "-T",
                                    "-oBatchMode=yes",
                                    "-oStrictHostKeyChecking=yes",
                                    "-oConnectTimeout=" + std::to_string(settings.timeout.count()),
                                    "-oServerAliveInterval=10",
                                    "-oServerAliveCountMax=3"};
  if (!settings.known_hosts.empty()) {
    words.push_back("-oUserKnownHostsFile=" + settings.known_hosts);
    words.emplace_back("-oGlobalKnownHostsFile=/dev/null");
  }
  if (!settings.key.empty()) {
    words.push_back("-i" + settings.key);
    words.emplace_back("-oIdentitiesOnly=yes");
  }
  if (url.port != 0) words.push_back("-p" + std::to_string(url.port));
  words.emplace_back("--");
  words.push_back(url.user.empty() ? url.host : url.user + "@" + url.host);
  words.push_back("git-upload-pack " + ShellQuote(url.path));
  return words;
}

/// Waits until `fd` is ready; false when the time is over.
bool WaitFor(int fd, short events, std::chrono::seconds timeout) {
  pollfd waiting{fd, events, 0};
  int ready = 0;
  do {
    ready = ::poll(&waiting, 1, static_cast<int>(timeout.count() * 1000));
  } while (ready < 0 && errno == EINTR);
  return ready > 0;
}

}  // namespace

SourceResult<std::unique_ptr<SshProcess>> SshProcess::Start(const RemoteUrl& url,
                                                            const SshSettings& settings) {
  int to_child[2];
  int from_child[2];
  if (::pipe2(to_child, O_CLOEXEC) != 0) {
    return SourceFailure(SourceReason::kGitOperationFailed, Reaction::kRetry, "making a pipe for ssh failed");
  }
  if (::pipe2(from_child, O_CLOEXEC) != 0) {
    ::close(to_child[0]);
    ::close(to_child[1]);
    return SourceFailure(SourceReason::kGitOperationFailed, Reaction::kRetry, "making a pipe for ssh failed");
  }
  const int err = ::memfd_create("ssh-stderr", MFD_CLOEXEC);
  std::vector<std::string> words = Command(url, settings);
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, to_child[0], 0);
  posix_spawn_file_actions_adddup2(&actions, from_child[1], 1);
  posix_spawn_file_actions_adddup2(&actions, err, 2);
  posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  pid_t pid = 0;
  const int error = ::posix_spawnp(&pid, "ssh", &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(to_child[0]);
  ::close(from_child[1]);
  if (error != 0) {
    ::close(to_child[1]);
    ::close(from_child[0]);
    ::close(err);
    return SourceFailure(SourceReason::kGitOperationFailed, Reaction::kRetry,
                         std::string("starting ssh: ") + std::strerror(error) + "; install openssh-client");
  }
  return std::unique_ptr<SshProcess>(
      new SshProcess(pid, to_child[1], from_child[0], err, url, settings.timeout));
}

SshProcess::~SshProcess() {
  ::close(in_);
  ::close(out_);
  ::close(err_);
  ::kill(pid_, SIGTERM);
  for (int i = 0; i < 50; ++i) {
    if (::waitpid(pid_, nullptr, WNOHANG) != 0) return;
    ::usleep(10'000);
  }
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

ssize_t SshProcess::Read(char* buffer, size_t size) {
  if (!WaitFor(out_, POLLIN, timeout_)) {
    timed_out_ = true;
    return -1;
  }
  ssize_t got = 0;
  do {
    got = ::read(out_, buffer, size);
  } while (got < 0 && errno == EINTR);
  return got;
}

bool SshProcess::Write(const char* data, size_t size) {
  while (size > 0) {
    if (!WaitFor(in_, POLLOUT, timeout_)) {
      timed_out_ = true;
      return false;
    }
    const ssize_t put = ::write(in_, data, size);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return false;
    data += put;
    size -= static_cast<size_t>(put);
  }
  return true;
}

SourceError SshProcess::Explain() const {
  std::string words(4096, '\0');
  const ssize_t size = ::pread(err_, words.data(), words.size(), 0);
  words.resize(size > 0 ? static_cast<size_t>(size) : 0);
  while (!words.empty() && (words.back() == '\n' || words.back() == '\r')) words.pop_back();
  const auto has = [&words](const char* part) { return words.find(part) != std::string::npos; };
  const std::string head = "fetching from " + url_.display + " by ssh: ";
  const std::string said = words.empty() ? "the connection closed" : words;
  const auto make = [](SourceReason reason, std::string message) {
    return SourceError{reason, {Reaction::kRetry, std::move(message)}};
  };
  if (timed_out_)
    return make(SourceReason::kTimedOut,
                head + "no answer within " + std::to_string(timeout_.count()) + " s");
  if (has("Host key verification failed") || has("host key is known") || has("IDENTIFICATION HAS CHANGED")) {
    return make(SourceReason::kHostKeyUnknown,
                head + said +
                    "; compare the host's key by another way, then put it into source.known_hosts "
                    "(ssh-keyscan " +
                    url_.host + " prints it)");
  }
  if (has("Permission denied") || has("Too many authentication failures")) {
    return make(
        SourceReason::kAuthenticationFailed,
        head + said +
            "; check source.ssh_key (readable by this user?) and that the server knows its public half");
  }
  if (has("does not appear to be a git repository") || has("not found")) {
    return make(SourceReason::kGitOperationFailed, head + said + "; check the path in source.url");
  }
  return make(SourceReason::kUnreachable, head + said + "; check the network, the host name and the port");
}

}  // namespace slipway
