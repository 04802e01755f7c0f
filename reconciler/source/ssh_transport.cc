#include "reconciler/source/ssh_transport.h"

#include <git2/sys/transport.h>

namespace slipway {
namespace {

/// libgit2 calls these through C structs whose first member is its own.
struct Stream {
  git_smart_subtransport_stream base;
  SshTransportContext* context;
  std::unique_ptr<SshProcess> process;
};

struct Subtransport {
  git_smart_subtransport base;
  SshTransportContext* context;
  Stream* stream;  ///< of the conversation under way; libgit2 frees it
};

int Fail(SshTransportContext* context, SourceError error) {
  git_error_set_str(GIT_ERROR_SSH, error.error.message.c_str());
  if (!context->failure) context->failure = std::move(error);
  return -1;
}

int StreamRead(git_smart_subtransport_stream* base, char* buffer, size_t size, size_t* read) {
  auto* stream = reinterpret_cast<Stream*>(base);
  const ssize_t got = stream->process->Read(buffer, size);
  if (got <= 0 && (got < 0 || size > 0)) {
    *read = 0;
    return Fail(stream->context, stream->process->Explain());
  }
  *read = static_cast<size_t>(got);
  return 0;
}

int StreamWrite(git_smart_subtransport_stream* base, const char* data, size_t size) {
  auto* stream = reinterpret_cast<Stream*>(base);
  return stream->process->Write(data, size) ? 0 : Fail(stream->context, stream->process->Explain());
}

void StreamFree(git_smart_subtransport_stream* base) {
  auto* stream = reinterpret_cast<Stream*>(base);
  auto* transport = reinterpret_cast<Subtransport*>(stream->base.subtransport);
  if (transport->stream == stream) transport->stream = nullptr;
  delete stream;
}

int Action(git_smart_subtransport_stream** out, git_smart_subtransport* base, const char*,
           git_smart_service_t service) {
  auto* transport = reinterpret_cast<Subtransport*>(base);
  if (service == GIT_SERVICE_UPLOADPACK && transport->stream != nullptr) {
    *out = &transport->stream->base;  // the same conversation goes on
    return 0;
  }
  if (service != GIT_SERVICE_UPLOADPACK_LS) {
    git_error_set_str(GIT_ERROR_SSH, "only fetching is supported");
    return -1;
  }
  auto process = SshProcess::Start(transport->context->url, transport->context->settings);
  if (!process) return Fail(transport->context, process.error());
  auto* stream =
      new Stream{{base, StreamRead, StreamWrite, StreamFree}, transport->context, std::move(*process)};
  transport->stream = stream;
  *out = &stream->base;
  return 0;
}

int Close(git_smart_subtransport*) { return 0; }

void Free(git_smart_subtransport* base) { delete reinterpret_cast<Subtransport*>(base); }

int MakeSubtransport(git_smart_subtransport** out, git_transport*, void* context) {
  auto* transport =
      new Subtransport{{Action, Close, Free}, static_cast<SshTransportContext*>(context), nullptr};
  *out = &transport->base;
  return 0;
}

}  // namespace

int MakeSshTransport(git_transport** out, git_remote* owner, void* context) {
  git_smart_subtransport_definition definition{MakeSubtransport, 0, context};
  return git_transport_smart(out, owner, &definition);
}

}  // namespace slipway
