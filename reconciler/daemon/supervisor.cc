#include "reconciler/daemon/supervisor.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <deque>
#include <fstream>
#include <string_view>

#include "reconciler/publish/crash_switch.h"

extern char** environ;

namespace slipway {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kFirstBackOff{200};
constexpr milliseconds kLongestBackOff{30'000};
constexpr milliseconds kGoodLife{60'000};
constexpr milliseconds kWatchEvery{500};
constexpr milliseconds kListenWithin{30'000};  ///< an idle worker takes up what it is asked

/// A line such as "VmRSS:  123 kB" of /proc/<pid>/status, in bytes; 0 when it cannot be read.
uint64_t ProcessMemory(pid_t pid, const std::string& field) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  std::string word;
  while (status >> word) {
    uint64_t kilobytes = 0;
    if (word == field && status >> kilobytes) return kilobytes * 1024;
  }
  return 0;
}

/// Ours. The crash switch is for the first worker alone: the ones after it are there to heal.
std::vector<char*> EnvironmentOf(int restarts) {
  const std::string crash = std::string(kCrashVariable) + "=";
  std::vector<char*> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (restarts == 0 || !std::string_view(*variable).starts_with(crash)) variables.push_back(*variable);
  }
  variables.push_back(nullptr);
  return variables;
}

std::string DescribeExit(int status) {
  if (WIFSIGNALED(status)) return std::string("ended by signal ") + strsignal(WTERMSIG(status));
  return "exited with code " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

struct Supervisor::Impl : std::enable_shared_from_this<Impl> {
  Impl(asio::io_context& a_io, SupervisorSettings a_settings, Callbacks a_callbacks)
      : io(a_io),
        settings(std::move(a_settings)),
        callbacks(std::move(a_callbacks)),
        channel(a_io),
        exit_watch(a_io),
        restart_timer(a_io),
        watch_timer(a_io) {}

  void Spawn();
  bool SpawnChild(int child_end);
  void Read();
  void OnPacket(const Message& message);
  void WaitForExit();
  void Reaped(int status);
  void Watch();
  void Kill(const std::string& why);
  void Flush();

  asio::io_context& io;
  SupervisorSettings settings;
  Callbacks callbacks;
  asio::posix::stream_descriptor channel;
  asio::posix::stream_descriptor exit_watch;  ///< a pidfd: readable when the worker has ended
  asio::steady_timer restart_timer;
  asio::steady_timer watch_timer;
  std::deque<Message> pending;
  std::string kill_reason;
  std::string step = "start";
  Clock::time_point started;
  Clock::time_point deadline = Clock::time_point::max();
  milliseconds back_off = kFirstBackOff;
  pid_t pid = 0;
  int restarts = 0;
  uint64_t peak_rss = 0;
  bool idle = false;
  bool stopping = false;
};

bool Supervisor::Impl::SpawnChild(int child_end) {
  std::vector<std::string> words = settings.command;
  words.emplace_back("--channel-fd");
  words.emplace_back("3");
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, child_end, 3);
  // Asio's sockets are not close-on-exec: a worker that inherited the ports would keep them after us.
  posix_spawn_file_actions_addclosefrom_np(&actions, 4);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  std::vector<char*> variables = EnvironmentOf(restarts);
  const int error =
      posix_spawn(&pid, settings.program.c_str(), &actions, &attributes, argv.data(), variables.data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    pid = 0;
    callbacks.on_trouble("the " + settings.name + " could not be started: " + strerror(error));
  }
  return error == 0;
}

void Supervisor::Impl::Spawn() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    callbacks.on_trouble("the " + settings.name + " could not be started: " + strerror(errno));
    return Reaped(0);
  }
  started = Clock::now();
  deadline = started + std::chrono::seconds(30);
  step = "start";
  idle = false;
  kill_reason.clear();
  const bool spawned = SpawnChild(ends[1]);
  ::close(ends[1]);
  if (!spawned) {
    ::close(ends[0]);
    return Reaped(0);
  }
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  channel.assign(ends[0]);
  const int pidfd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  if (pidfd >= 0) exit_watch.assign(pidfd);
  Read();
  WaitForExit();
  Flush();
}

void Supervisor::Impl::Flush() {
  while (pid != 0 && !pending.empty()) {
    const std::string packet = EncodeMessage(pending.front());
    if (::send(channel.native_handle(), packet.data(), packet.size(), MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
      return;
    pending.pop_front();
  }
}

void Supervisor::Impl::Read() {
  channel.async_wait(asio::posix::stream_descriptor::wait_read, [self = shared_from_this()](auto error) {
    if (error || !self->channel.is_open()) return;
    std::string packet(kMaxMessage, '\0');
    const ssize_t size = ::recv(self->channel.native_handle(), packet.data(), packet.size(), MSG_DONTWAIT);
    if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR)) return;  // the exit watch does the rest
    if (size > 0) {
      if (const auto message = DecodeMessage(std::string_view(packet).substr(0, static_cast<size_t>(size)))) {
        self->OnPacket(*message);
      }
    }
    self->Flush();
    self->Read();
  });
}

void Supervisor::Impl::OnPacket(const Message& message) {
  if (message.verb == "step") {
    step = message.argument;
    idle = false;
    deadline = Clock::now() + milliseconds(message.deadline_ms);
  } else if (message.verb == "idle") {
    step = "wait for the next look";
    idle = true;
    deadline = Clock::now() + milliseconds(message.deadline_ms);
    callbacks.on_message(message);
  } else {
    callbacks.on_message(message);
  }
}

void Supervisor::Impl::WaitForExit() {
  exit_watch.async_wait(asio::posix::stream_descriptor::wait_read, [self = shared_from_this()](auto error) {
    if (error) return;
    int status = 0;
    if (::waitpid(self->pid, &status, WNOHANG) == self->pid)
      self->Reaped(status);
    else
      self->WaitForExit();
  });
}

void Supervisor::Impl::Reaped(int status) {
  const bool existed = pid != 0;
  pid = 0;
  boost::system::error_code ignored;
  channel.close(ignored);
  exit_watch.close(ignored);
  deadline = Clock::time_point::max();
  if (stopping) return;
  if (existed) {
    callbacks.on_trouble("the " + settings.name + " " +
                         (kill_reason.empty() ? DescribeExit(status) : "was killed: " + kill_reason) +
                         "; machines go on booting, it starts again in " + std::to_string(back_off.count()) +
                         " ms");
  }
  ++restarts;
  if (Clock::now() - started > kGoodLife) back_off = kFirstBackOff;
  restart_timer.expires_after(back_off);
  back_off = std::min(back_off * 2, kLongestBackOff);
  restart_timer.async_wait([self = shared_from_this()](auto error) {
    if (!error && !self->stopping) self->Spawn();
  });
}

void Supervisor::Impl::Kill(const std::string& why) {
  if (pid == 0 || !kill_reason.empty()) return;
  kill_reason = why;
  ::kill(pid, SIGKILL);
}

void Supervisor::Impl::Watch() {
  watch_timer.expires_after(kWatchEvery);
  watch_timer.async_wait([self = shared_from_this()](auto error) {
    if (error) return;
    if (self->pid != 0) {
      const uint64_t resident = ProcessMemory(self->pid, "VmRSS:");
      self->peak_rss = std::max(self->peak_rss, ProcessMemory(self->pid, "VmHWM:"));
      if (Clock::now() > self->deadline) {
        self->Kill("step '" + self->step + "' took longer than its deadline");
      } else if (resident > self->settings.memory_limit) {
        self->Kill("step '" + self->step + "' took " + std::to_string(resident >> 20U) +
                   " MiB, the limit is " + std::to_string(self->settings.memory_limit >> 20U) +
                   "; is there a very large file in the repository, or in its history?");
      }
    }
    self->Watch();
  });
}

Supervisor::Supervisor(asio::io_context& io, SupervisorSettings settings, Callbacks callbacks)
    : impl_(std::make_shared<Impl>(io, std::move(settings), std::move(callbacks))) {}

Supervisor::~Supervisor() { Stop(); }

void Supervisor::Start() {
  impl_->Spawn();
  impl_->Watch();
}

void Supervisor::Send(const Message& message) {
  constexpr size_t kMostPending = 64;
  if (impl_->pending.size() >= kMostPending) impl_->pending.pop_front();
  impl_->pending.push_back(message);
  if (impl_->idle) impl_->deadline = std::min(impl_->deadline, Clock::now() + kListenWithin);
  impl_->Flush();
}

void Supervisor::Stop() {
  if (impl_->stopping) return;
  impl_->stopping = true;
  impl_->restart_timer.cancel();
  impl_->watch_timer.cancel();
  if (impl_->pid == 0) return;
  ::kill(impl_->pid, SIGTERM);
  pollfd ended{impl_->exit_watch.is_open() ? impl_->exit_watch.native_handle() : -1, POLLIN, 0};
  if (::poll(&ended, 1, static_cast<int>(impl_->settings.grace.count())) <= 0) ::kill(impl_->pid, SIGKILL);
  int status = 0;
  ::waitpid(impl_->pid, &status, 0);
  impl_->Reaped(status);
}

int Supervisor::restarts() const { return impl_->restarts; }
int Supervisor::worker_pid() const { return impl_->pid; }
uint64_t Supervisor::worker_peak_rss() const { return impl_->peak_rss; }

}  // namespace slipway
