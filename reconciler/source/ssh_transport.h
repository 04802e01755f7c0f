#pragma once

#include <memory>
#include <optional>

#include "reconciler/source/git_handle.h"
#include "reconciler/source/ssh_process.h"

namespace slipway {

/// What the transport needs, and what it leaves behind. Must outlive the remote that uses it.
struct SshTransportContext {
  RemoteUrl url;
  SshSettings settings;
  std::optional<SourceError> failure;  ///< set when ssh gave up; libgit2 only knows that reading failed
};

/// For git_remote_callbacks::transport, with a SshTransportContext as payload.
int MakeSshTransport(git_transport** out, git_remote* owner, void* context);

}  // namespace slipway
