#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reconciler/source/deadline_alarm.h"
#include "reconciler/source/git_error.h"
#include "reconciler/source/git_handle.h"
#include "reconciler/source/remote_url.h"
#include "reconciler/source/ssh_transport.h"

namespace slipway {

/// What it takes to get at a repository.
struct RemoteAccess {
  RemoteUrl url;
  SshSettings ssh;
  std::string username;
  std::string password_file;
  std::string ca_file;
  std::chrono::seconds timeout{60};
};

/// A reference as the remote advertises it. `commit` is peeled where the remote says so.
struct AdvertisedRef {
  std::string commit;  ///< 40 hex digits
  std::string tag;     ///< hash of the annotated tag that was peeled to `commit`; "" for any other reference
  std::string symbolic_target;
};
using Advertisement = std::map<std::string, AdvertisedRef>;  ///< by full name; HEAD included

/// One conversation with a remote: connect, look, perhaps download. Writes nothing before Download. All of it
/// ends within `access.timeout` of Connect.
class RemoteConversation {
 public:
  explicit RemoteConversation(const RemoteAccess& access) : access_(access) {}
  ~RemoteConversation();
  RemoteConversation(const RemoteConversation&) = delete;
  RemoteConversation& operator=(const RemoteConversation&) = delete;

  SourceResult<Advertisement> Connect(git_repository* mirror);

  /// Brings what `refspecs` name into the mirror and moves the mirror's references.
  SourceResult<void> Download(std::vector<std::string> refspecs);

 private:
  static int OnCredentials(git_credential** out, const char* url, const char* user, unsigned allowed,
                           void* payload);
  static int OnProgress(const git_indexer_progress* progress, void* payload);
  static int OnCertificate(git_cert* certificate, int valid, const char* host, void* payload);
  void FillCallbacks(git_remote_callbacks& callbacks);
  SourceResult<void> PrepareCredentials();
  git_strarray Headers();
  SourceError Explain(int code, const std::string& doing) const;
  SourceError ExplainConnect(int code, const std::string& doing) const;

  const RemoteAccess& access_;
  SshTransportContext ssh_;
  git::Remote remote_;
  std::chrono::steady_clock::time_point deadline_;
  std::optional<DeadlineAlarm> alarm_;
  std::string authorization_;  ///< a whole header line, "" without credentials
  char* header_ = nullptr;     ///< the list of one that libgit2 wants
  bool refused_credentials_ = false;
  bool timed_out_ = false;
};

}  // namespace slipway
