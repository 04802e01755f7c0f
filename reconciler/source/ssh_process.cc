#include "reconciler/source/ssh_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <vector>

#include "schema/fleet/utf8.h"

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

constexpr size_t kMostWords = 4096;

/// Starts ssh on these descriptors; the error number, or 0.
int Spawn(std::vector<std::string> words, int channel, int err, pid_t* pid) {
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, channel, 0);
  posix_spawn_file_actions_adddup2(&actions, channel, 1);
  posix_spawn_file_actions_adddup2(&actions, err, 2);
  posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  const int error = ::posix_spawnp(pid, "ssh", &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

}  // namespace

SourceResult<std::unique_ptr<SshProcess>> SshProcess::Start(const RemoteUrl& url,
                                                            const SshSettings& settings) {
  int channel[2];
  int err[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel) != 0) {
    return SourceFailure(SourceReason::kGitOperationFailed, Reaction::kRetry,
                         "making a socket for ssh failed");
  }
  if (::pipe2(err, O_CLOEXEC | O_NONBLOCK) != 0) {
    ::close(channel[0]);
    ::close(channel[1]);
    return SourceFailure(SourceReason::kGitOperationFailed, Reaction::kRetry, "making a pipe for ssh failed");
  }
  pid_t pid = 0;
  const int error = Spawn(Command(url, settings), channel[1], err[1], &pid);
  ::close(channel[1]);
  ::close(err[1]);
  if (error != 0) {
    ::close(channel[0]);
    ::close(err[0]);
    return SourceFailure(SourceReason::kGitOperationFailed, Reaction::kRetry,
                         std::string("starting ssh: ") + std::strerror(error) + "; install openssh-client");
  }
  return std::unique_ptr<SshProcess>(new SshProcess(pid, channel[0], err[0], url, settings.timeout));
}

SshProcess::~SshProcess() {
  ::close(channel_);
  ::close(err_);
  ::kill(pid_, SIGTERM);
  for (int i = 0; i < 50; ++i) {
    if (::waitpid(pid_, nullptr, WNOHANG) != 0) return;
    ::usleep(10'000);
  }
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

/// Reads standard error as far as there is something: a full pipe would stop ssh.
void SshProcess::TakeWords() {
  char buffer[1024];
  for (int i = 0; i < 64 && err_ >= 0; ++i) {
    const ssize_t got = ::read(err_, buffer, sizeof(buffer));
    if (got < 0) return;
    if (got == 0) {
      ::close(err_);
      err_ = -1;
      return;
    }
    words_.append(buffer, std::min(static_cast<size_t>(got), kMostWords - words_.size()));
  }
}

/// Waits until the channel is ready; false when the time is up.
bool SshProcess::WaitFor(short events) {
  while (true) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - std::chrono::steady_clock::now());
    if (left.count() <= 0) {
      timed_out_ = true;
      return false;
    }
    pollfd waiting[2] = {{channel_, events, 0}, {err_, POLLIN, 0}};
    const int ready = ::poll(waiting, 2, static_cast<int>(std::min<int64_t>(left.count(), 60'000)));
    if (ready < 0 && errno != EINTR) return false;
    if (ready <= 0) continue;
    if (waiting[1].revents != 0) TakeWords();
    if (waiting[0].revents != 0) return true;
  }
}

ssize_t SshProcess::Read(char* buffer, size_t size) {
  while (WaitFor(POLLIN)) {
    const ssize_t got = ::recv(channel_, buffer, size, MSG_DONTWAIT);
    if (got >= 0) return got;
    if (errno == ECONNRESET) return 0;
    if (errno != EINTR && errno != EAGAIN) return -1;
  }
  return -1;
}

bool SshProcess::Write(const char* data, size_t size) {
  while (size > 0) {
    if (!WaitFor(POLLOUT)) return false;
    const ssize_t put = ::send(channel_, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (put < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (put < 0) return false;
    data += put;
    size -= static_cast<size_t>(put);
  }
  return true;
}

SourceError SshProcess::Explain() {
  // Its last words may still be on their way when the channel closes.
  for (int i = 0; i < 50 && err_ >= 0 && !timed_out_; ++i) {
    pollfd waiting{err_, POLLIN, 0};
    (void)::poll(&waiting, 1, 10);
    TakeWords();
  }
  std::string words = words_;
  while (!words.empty() && (words.back() == '\n' || words.back() == '\r')) words.pop_back();
  const auto has = [&words](const char* part) { return words.find(part) != std::string::npos; };
  const std::string head = "fetching from " + url_.display + " by ssh: ";
  const std::string said = words.empty() ? "the connection closed" : ForDisplay(words, 600);
  const auto make = [](SourceReason reason, std::string message) {
    return SourceError{reason, {Reaction::kRetry, std::move(message)}};
  };
  if (timed_out_)
    return make(SourceReason::kTimedOut,
                head + "no answer within " + std::to_string(timeout_.count()) + " s");
  if (has("IDENTIFICATION HAS CHANGED")) {
    return make(
        SourceReason::kHostKeyChanged,
        head +
            "the host's key is not the one in source.known_hosts; if its owner says that it was replaced, "
            "put the new one there, otherwise somebody is in between. ssh says: " +
            said);
  }
  if (has("Host key verification failed") || has("host key is known")) {
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
