#include "reconciler/trust/program.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace slipway::trust {
namespace {

constexpr int kFirstFile = 3;
constexpr int kAbove = 100;  ///< descriptors of ours are moved here, out of the way of the program's numbers
constexpr size_t kMostOutput = 64 * 1024;
constexpr rlim_t kMostWritten = 1U << 20U;
constexpr rlim_t kMostMemory = rlim_t{512} << 20U;

/// A file without a name. -1 where there is none to be had.
class MemoryFile {
 public:
  explicit MemoryFile(const std::string& content) {
    const int made = ::memfd_create("slipway", MFD_CLOEXEC);
    if (made < 0) return;
    fd_ = ::fcntl(made, F_DUPFD_CLOEXEC, kAbove);
    ::close(made);
    for (size_t done = 0; fd_ >= 0 && done < content.size();) {
      const ssize_t wrote = ::write(fd_, content.data() + done, content.size() - done);
      if (wrote <= 0) {
        Close();
        return;
      }
      done += static_cast<size_t>(wrote);
    }
    if (fd_ >= 0) ::lseek(fd_, 0, SEEK_SET);
  }
  ~MemoryFile() { Close(); }
  MemoryFile(MemoryFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  MemoryFile& operator=(MemoryFile&&) = delete;
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  int fd() const { return fd_; }

  std::string Content() const {
    std::string text(kMostOutput, '\0');
    const ssize_t size = ::pread(fd_, text.data(), text.size(), 0);
    text.resize(static_cast<size_t>(std::max<ssize_t>(size, 0)));
    return text;
  }

 private:
  void Close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  int fd_ = -1;
};

std::vector<std::string> Environment() {
  std::vector<std::string> environment = {"LC_ALL=C", "HOME=/nonexistent", "GNUPGHOME=/nonexistent"};
  for (const char* name : {"PATH", "TZ"}) {
    if (const char* value = std::getenv(name)) environment.push_back(std::string(name) + "=" + value);
  }
  return environment;
}

std::vector<char*> Pointers(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// Starts it on these descriptors, the first three its standard ones; the error number, or 0.
int Spawn(std::vector<std::string> words, const std::vector<MemoryFile>& files, pid_t* pid) {
  std::vector<std::string> environment = Environment();
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  int next = 0;
  for (const MemoryFile& file : files) posix_spawn_file_actions_adddup2(&actions, file.fd(), next++);
  posix_spawn_file_actions_addclosefrom_np(&actions, next);
  const int error = ::posix_spawnp(pid, words.front().c_str(), &actions, nullptr, Pointers(words).data(),
                                   Pointers(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

/// What a signature made to do harm could make it write or take.
void Limit(pid_t pid) {
  for (const auto& [what, most] :
       {std::pair(RLIMIT_FSIZE, kMostWritten), std::pair(RLIMIT_AS, kMostMemory)}) {
    const rlimit limit{most, most};
    ::prlimit(pid, what, &limit, nullptr);
  }
}

/// Waits until the process has ended; false when it had to be killed. `status` is waitpid's.
bool Await(pid_t pid, std::chrono::milliseconds timeout, int* status) {
  const auto end = std::chrono::steady_clock::now() + timeout;
  const int watched = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  bool in_time = false;
  while (watched >= 0 && !in_time) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    if (left.count() <= 0) break;
    pollfd waiting{watched, POLLIN, 0};
    in_time = ::poll(&waiting, 1, static_cast<int>(left.count())) == 1;  // a signal to us only wakes us
  }
  if (watched >= 0) ::close(watched);
  if (!in_time) ::kill(pid, SIGKILL);
  while (::waitpid(pid, status, 0) < 0 && errno == EINTR) continue;
  return in_time;
}

}  // namespace

std::string PathOf(size_t index) { return "/dev/fd/" + std::to_string(kFirstFile + index); }

Result<Ended> RunProgram(const Program& program) {
  const std::string& name = program.words.front();
  std::vector<MemoryFile> files;
  files.emplace_back(program.input);
  files.emplace_back("");
  files.emplace_back("");
  for (const std::string& content : program.files) files.emplace_back(content);
  for (const MemoryFile& file : files) {
    if (file.fd() < 0) return Retry("running " + name + ": no memory for its files: " + std::strerror(errno));
  }
  pid_t pid = 0;
  if (const int error = Spawn(program.words, files, &pid); error != 0) {
    return Retry("running " + name + ": " + std::strerror(error) + "; install its package");
  }
  Limit(pid);
  int status = 0;
  if (!Await(pid, program.timeout, &status)) {
    return Retry("running " + name + ": not done within " + std::to_string(program.timeout.count()) + " ms");
  }
  if (!WIFEXITED(status)) {
    return Retry("running " + name + ": it was ended by signal " + std::to_string(WTERMSIG(status)));
  }
  return Ended{WEXITSTATUS(status), files[1].Content(), files[2].Content()};
}

}  // namespace slipway::trust
