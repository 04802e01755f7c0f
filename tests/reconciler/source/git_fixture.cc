#include "tests/reconciler/source/git_fixture.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <thread>

/// libgit2 1.5 does not free its copy of a connection's extra headers: a few dozen bytes for each fetch over
/// HTTP.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:libgit2.so"; }

namespace slipway::testing {
namespace {

constexpr const char* kGitEnvironment =
    "export HOME=/nonexistent GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=Ada "
    "GIT_AUTHOR_EMAIL=ada@example.org GIT_COMMITTER_NAME=Ada GIT_COMMITTER_EMAIL=ada@example.org "
    "GIT_COMMITTER_DATE='1700000000 +0000' GIT_AUTHOR_DATE='1700000000 +0000'; ";

sockaddr_in Loopback(uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

int Listen(uint16_t* port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof(address);
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(fd, 16) != 0) std::abort();
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  *port = ntohs(address.sin_port);
  return fd;
}

}  // namespace

std::string Sh(const std::filesystem::path& dir, const std::string& command) {
  const std::string line =
      std::string(kGitEnvironment) + "cd '" + dir.string() + "' && { " + command + "; } 2>&1";
  FILE* pipe = popen(line.c_str(), "re");
  std::string output;
  std::array<char, 4096> buffer;
  size_t count = 0;
  while ((count = fread(buffer.data(), 1, buffer.size(), pipe)) > 0) output.append(buffer.data(), count);
  EXPECT_EQ(pclose(pipe), 0) << command << "\n" << output;
  if (output.ends_with('\n')) output.pop_back();
  return output;
}

Child::Child(const std::vector<std::string>& words, const std::filesystem::path& log) {
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  pid_ = fork();
  if (pid_ != 0) return;
  setpgid(0, 0);
  const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  dup2(out, 1);
  dup2(out, 2);
  execvp(argv[0], argv.data());
  _exit(127);
}

Child::~Child() {
  if (!running()) return;
  kill(-pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

bool Child::running() const { return pid_ > 0 && waitpid(pid_, nullptr, WNOHANG) == 0; }

uint16_t FreePort() {
  uint16_t port = 0;
  close(Listen(&port));
  return port;
}

bool WaitForPort(uint16_t port) {
  for (int i = 0; i < 6000; ++i) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = Loopback(port);
    bool connected = connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
    // Asking for a free port of the ephemeral range again and again, one meets oneself at last.
    sockaddr_in own{};
    socklen_t size = sizeof(own);
    getsockname(fd, reinterpret_cast<sockaddr*>(&own), &size);
    if (own.sin_port == address.sin_port) connected = false;
    close(fd);
    if (connected) return true;
    usleep(10'000);
  }
  return false;
}

struct DeafServer::State {
  uint16_t port = 0;
  int listener = -1;
  std::atomic<bool> stop{false};
  std::thread thread;

  void Run(int byte_every_ms) {
    std::vector<int> connections;
    while (!stop) {
      pollfd ready{listener, POLLIN, 0};
      if (poll(&ready, 1, byte_every_ms > 0 ? byte_every_ms : 20) == 1) {
        connections.push_back(accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
      }
      if (byte_every_ms == 0) continue;
      for (const int fd : connections) (void)!send(fd, "0", 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    }
    for (const int fd : connections) close(fd);
  }
};

DeafServer::DeafServer(int byte_every_ms) : state_(std::make_unique<State>()) {
  state_->listener = Listen(&state_->port);
  state_->thread = std::thread([this, byte_every_ms] { state_->Run(byte_every_ms); });
}

DeafServer::~DeafServer() {
  state_->stop = true;
  state_->thread.join();
  close(state_->listener);
}

uint16_t DeafServer::port() const { return state_->port; }

GitFixture::GitFixture() {
  Sh(dir_.path(), "git init -q --bare -b main remote.git && git clone -q remote.git work");
  Sh(work(), "git checkout -q -b main");
  first_ = Commit("mkdir nodes; echo site > site.yaml; echo a > nodes/a.yaml", "Begin the fleet");
}

std::string GitFixture::Commit(const std::string& shell_changes, const std::string& subject) {
  Sh(work(),
     shell_changes + "; git add -A && git commit -q -m '" + subject + "' && git push -q -f origin HEAD");
  return Sh(work(), "git rev-parse HEAD");
}

SourceConfig GitFixture::Config(const std::string& url) const {
  SourceConfig config;
  config.url = url.empty() ? remote().string() : url;
  config.timeout = std::chrono::seconds(60);
  return config;
}

std::vector<std::string> ReadAll(GitSource& source, const Revision& revision) {
  const auto tree = source.ReadTree(revision);
  EXPECT_TRUE(tree) << tree.error().error.message;
  std::vector<std::string> all;
  if (!tree) return all;
  for (const SourceTree::Entry& entry : (*tree)->entries()) {
    if (entry.kind != SourceTree::EntryKind::kFile) {
      all.push_back(entry.path +
                    (entry.kind == SourceTree::EntryKind::kSymlink ? "->symlink" : "->submodule"));
      continue;
    }
    const auto bytes = (*tree)->Read(entry, 1U << 20U);
    EXPECT_TRUE(bytes) << bytes.error().message;
    std::string text = bytes.value_or("?");
    if (text.ends_with('\n')) text.pop_back();
    all.push_back(entry.path + "=" + text);
  }
  return all;
}

SourceTree::Entry EntryOf(const SourceTree& tree, const std::string& path) {
  for (const SourceTree::Entry& entry : tree.entries()) {
    if (entry.path == path) return entry;
  }
  ADD_FAILURE() << "no " << path;
  return {};
}

}  // namespace slipway::testing
