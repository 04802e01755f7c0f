#include "reconciler/daemon/identities.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>

namespace slipway {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMostBytes = 1U << 20U;
constexpr const char* kCredentialPrefix = "slipway-age";
constexpr const char* kTextVariables[] = {"SLIPWAY_AGE_KEY", "SOPS_AGE_KEY"};

/// Who looks after a file's mode.
enum class Guarded { kByMode, kBySystemd };

class Loader {
 public:
  explicit Loader(const IdentitySources& sources) : sources_(sources) {}

  Result<LoadedIdentities> Load() {
    for (const std::string& file : sources_.files) {
      if (auto added = AddFile(file, Guarded::kByMode); !added) return tl::make_unexpected(added.error());
    }
    if (auto added = AddCredentials(); !added) return tl::make_unexpected(added.error());
    for (const char* variable : kTextVariables) {
      const char* text = Variable(variable);
      if (text == nullptr) continue;
      if (auto added = Add(text, std::string("the variable ") + variable); !added)
        return tl::make_unexpected(added.error());
    }
    if (const char* file = Variable("SOPS_AGE_KEY_FILE")) {
      if (auto added = AddFile(file, Guarded::kByMode); !added) return tl::make_unexpected(added.error());
    }
    return std::move(loaded_);
  }

 private:
  /// nullptr also when it is empty.
  const char* Variable(const char* name) const {
    const char* text = sources_.environment ? sources_.environment(name) : nullptr;
    return text == nullptr || *text == '\0' ? nullptr : text;
  }

  Result<void> Add(std::string_view text, const std::string& place) {
    auto identities = secrets::ParseIdentities(text);
    if (!identities) {
      const secrets::IdentityProblem& problem = identities.error();
      return FixInput("reading age identities from " + place +
                      (problem.line > 0 ? ", line " + std::to_string(problem.line) : "") + ": " +
                      problem.message + "; " + problem.fix);
    }
    for (secrets::Identity& identity : *identities) {
      const bool known =
          std::any_of(loaded_.identities.begin(), loaded_.identities.end(),
                      [&](const secrets::Identity& other) { return other.recipient == identity.recipient; });
      if (known) continue;
      loaded_.notes.push_back("the identity of " + identity.Recipient() + " is from " + place);
      loaded_.identities.push_back(std::move(identity));
    }
    return {};
  }

  Result<void> CheckMode(int fd, const std::string& path) {
    struct stat info {};
    if (::fstat(fd, &info) != 0) return FixInput("reading " + path + ": " + std::strerror(errno));
    if (!S_ISREG(info.st_mode) && !S_ISFIFO(info.st_mode))
      return FixInput("reading age identities: " + path + " is no file");
    if ((info.st_mode & (S_IROTH | S_IWOTH)) == 0) return {};
    const std::string problem = "the identity file " + path +
                                " can be read or changed by every user of this host; run: chmod o= " + path;
    if (sources_.exposed == ExposedFiles::kRefuse) return FixInput(problem);
    loaded_.notes.push_back("warning: " + problem);
    return {};
  }

  Result<void> AddFile(const std::string& path, Guarded guarded) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return FixInput("reading age identities from " + path + ": " + std::strerror(errno));
    Result<void> done = guarded == Guarded::kByMode ? CheckMode(fd, path) : Result<void>();
    secrets::SecretBytes bytes;
    if (done) done = ReadAll(fd, path, bytes);
    ::close(fd);
    if (!done) return done;
    return Add(secrets::AsText(bytes), path);
  }

  static Result<void> ReadAll(int fd, const std::string& path, secrets::SecretBytes& bytes) {
    while (true) {
      const size_t have = bytes.size();
      bytes.resize(have + 4096);
      const ssize_t size = ::read(fd, bytes.data() + have, 4096);
      bytes.resize(have + static_cast<size_t>(std::max<ssize_t>(size, 0)));
      if (size == 0) return {};
      if (size < 0 && errno != EINTR)
        return FixInput("reading age identities from " + path + ": " + std::strerror(errno));
      if (bytes.size() > kMostBytes) return FixInput("the identity file " + path + " is larger than 1 MiB");
    }
  }

  Result<void> AddCredentials() {
    const char* folder = Variable("CREDENTIALS_DIRECTORY");
    if (folder == nullptr) return {};
    std::error_code error;
    std::vector<std::string> paths;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
      if (at->path().filename().string().starts_with(kCredentialPrefix)) paths.push_back(at->path().string());
    }
    if (error)
      return FixInput("reading systemd credentials from " + std::string(folder) + ": " + error.message());
    std::sort(paths.begin(), paths.end());
    for (const std::string& path : paths) {
      if (auto added = AddFile(path, Guarded::kBySystemd); !added) return added;
    }
    return {};
  }

  const IdentitySources& sources_;
  LoadedIdentities loaded_;
};

}  // namespace

Result<LoadedIdentities> LoadIdentities(const IdentitySources& sources) { return Loader(sources).Load(); }

void ForgetIdentityVariables() {
  for (const char* variable : kTextVariables) {
    if (char* text = std::getenv(variable)) secrets::Wipe(text, std::strlen(text));
    ::unsetenv(variable);
  }
}

}  // namespace slipway
