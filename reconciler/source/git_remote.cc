#include "reconciler/source/git_remote.h"

#include <strings.h>

#include <fstream>
#include <string_view>

namespace slipway {
namespace {

/// The first line of a secrets file; read again for each attempt, so that a rotated token works at once.
SourceResult<std::string> ReadSecret(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  if (!file || !std::getline(file, line)) {
    return SourceFailure(SourceReason::kAuthenticationFailed, Reaction::kRetry,
                         "reading source.password_file " + path + ": it is missing, empty or not readable");
  }
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
  return line;
}

std::string Base64(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    for (size_t j = 0; j < 3; ++j) {
      group = group << 8U | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    }
    for (size_t j = 0; j < 4; ++j) text += i + j > bytes.size() ? '=' : kDigits[group >> (18 - 6 * j) & 63U];
  }
  return text;
}

std::string HexOf(const git_oid& oid) {
  std::string hex(GIT_OID_HEXSZ, '0');
  git_oid_fmt(hex.data(), &oid);
  return hex;
}

}  // namespace

RemoteConversation::~RemoteConversation() {
  if (remote_) git_remote_disconnect(remote_.get());
}

/// Asked only after the server refused what was sent, or because nothing was.
int RemoteConversation::OnCredentials(git_credential**, const char*, const char*, unsigned, void* payload) {
  static_cast<RemoteConversation*>(payload)->refused_credentials_ = true;
  git_error_set_str(GIT_ERROR_HTTP, "the server wants other credentials");
  return GIT_EAUTH;
}

/// Credentials go with the first request. Waiting for the server's 401 costs a round trip, and libgit2 1.5 on
/// Debian 12 takes the body of a 401 for the next answer when both come in one packet ("http parser error").
SourceResult<void> RemoteConversation::PrepareCredentials() {
  const RemoteUrl& url = access_.url;
  if (url.kind != RemoteKind::kHttp) return {};
  std::string user = !access_.username.empty() ? access_.username : url.user;
  std::string secret = url.password;
  if (!access_.password_file.empty()) {
    auto read = ReadSecret(access_.password_file);
    if (!read) return tl::make_unexpected(read.error());
    secret = std::move(*read);
    if (user.empty()) user = "git";
  }
  if (user.empty() && secret.empty()) return {};
  authorization_ = "Authorization: Basic " + Base64(user + ":" + secret);
  return {};
}

git_strarray RemoteConversation::Headers() {
  header_ = authorization_.data();
  return {&header_, authorization_.empty() ? size_t{0} : size_t{1}};
}

int RemoteConversation::OnProgress(const git_indexer_progress*, void* payload) {
  auto* self = static_cast<RemoteConversation*>(payload);
  if (std::chrono::steady_clock::now() < self->deadline_) return 0;
  self->timed_out_ = true;
  git_error_set_str(GIT_ERROR_NET, "the deadline passed");
  return GIT_EUSER;
}

int RemoteConversation::OnCertificate(git_cert*, int valid, const char* host, void* payload) {
  const auto* self = static_cast<const RemoteConversation*>(payload);
  // libgit2 1.5 follows redirects to other hosts whatever its options say, and our Authorization header goes
  // along. Before it is sent there is this question. Without TLS there is none, and nothing to protect
  // either.
  const bool elsewhere = host == nullptr || strcasecmp(host, self->access_.url.host.c_str()) != 0;
  if (elsewhere && !self->authorization_.empty() && self->access_.url.kind == RemoteKind::kHttp) {
    git_error_set_str(GIT_ERROR_HTTP,
                      "the server redirects to another host, which must not see the credentials");
    return GIT_EUSER;
  }
  return valid != 0 ? 0 : GIT_ECERTIFICATE;
}

void RemoteConversation::FillCallbacks(git_remote_callbacks& callbacks) {
  git_remote_init_callbacks(&callbacks, GIT_REMOTE_CALLBACKS_VERSION);
  callbacks.payload = this;
  callbacks.credentials = OnCredentials;
  callbacks.transfer_progress = OnProgress;
  callbacks.certificate_check = OnCertificate;
  if (access_.url.kind == RemoteKind::kSsh) {
    // libgit2 hands the callbacks' payload to the transport maker too, so this one finds its own context.
    callbacks.transport = [](git_transport** out, git_remote* owner, void* payload) {
      return MakeSshTransport(out, owner, &static_cast<RemoteConversation*>(payload)->ssh_);
    };
  }
}

SourceError RemoteConversation::Explain(int code, const std::string& doing) const {
  if (timed_out_ || std::chrono::steady_clock::now() >= deadline_) {
    return {SourceReason::kTimedOut,
            {Reaction::kRetry, doing + ": not done within " + std::to_string(access_.timeout.count()) +
                                   " s; raise source.timeout if the repository is large"}};
  }
  if (ssh_.failure) return *ssh_.failure;
  SourceError error = LastGitError(code, doing).value();
  if (refused_credentials_ && error.reason != SourceReason::kAuthenticationFailed) {
    error = LastGitError(GIT_EAUTH, doing).value();
  }
  // libgit2 may quote the URL as it was given.
  const std::string& secret = access_.url.full;
  for (size_t at = 0;
       secret != access_.url.display && (at = error.error.message.find(secret, at)) != std::string::npos;) {
    error.error.message.replace(at, secret.size(), access_.url.display);
  }
  return error;
}

/// A local repository that is not there is a wrong URL, not damage to our mirror.
SourceError RemoteConversation::ExplainConnect(int code, const std::string& doing) const {
  const git_error* last = git_error_last();
  const bool own_config = last != nullptr && last->klass == GIT_ERROR_CONFIG;
  SourceError error = Explain(code, doing);
  if (own_config) return error;
  if (access_.url.kind == RemoteKind::kLocal && error.reason != SourceReason::kTimedOut) {
    error.reason = SourceReason::kUnreachable;
    error.error.message =
        doing + ": there is no readable Git repository; check source.url and its permissions";
  }
  return error;
}

SourceResult<Advertisement> RemoteConversation::Connect(git_repository* mirror) {
  const std::string doing = "looking at " + access_.url.display;
  if (!access_.ca_file.empty()) {
    git_libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS, access_.ca_file.c_str(), nullptr);
  }
  ssh_.url = access_.url;
  ssh_.settings = access_.ssh;
  deadline_ = std::chrono::steady_clock::now() + access_.timeout;
  alarm_.emplace(deadline_);
  git_remote* made = nullptr;
  git_remote_create_options create = GIT_REMOTE_CREATE_OPTIONS_INIT;
  create.repository = mirror;
  // No configuration rewrites our URL; and libgit2 1.5, looking for one that does, leaks 20 kB for every
  // entry of the configuration that is none: 100 kB a poll.
  create.flags = GIT_REMOTE_CREATE_SKIP_INSTEADOF | GIT_REMOTE_CREATE_SKIP_DEFAULT_FETCHSPEC;
  if (const int code = git_remote_create_with_opts(&made, access_.url.full.c_str(), &create); code != 0) {
    return tl::make_unexpected(Explain(code, doing));
  }
  remote_.reset(made);
  if (auto prepared = PrepareCredentials(); !prepared) return tl::make_unexpected(prepared.error());
  git_remote_connect_options options = GIT_REMOTE_CONNECT_OPTIONS_INIT;
  FillCallbacks(options.callbacks);
  options.proxy_opts.type = GIT_PROXY_AUTO;
  options.custom_headers = Headers();
  int code = git_remote_connect_ext(remote_.get(), GIT_DIRECTION_FETCH, &options);
  if (code != 0) return tl::make_unexpected(ExplainConnect(code, doing));
  const git_remote_head** heads = nullptr;
  size_t count = 0;
  code = git_remote_ls(&heads, &count, remote_.get());
  if (code != 0) return tl::make_unexpected(ExplainConnect(code, doing));
  Advertisement refs;
  for (size_t i = 0; i < count; ++i) {
    std::string name = heads[i]->name;
    const bool peeled = name.ends_with("^{}");
    if (peeled) name.resize(name.size() - 3);
    AdvertisedRef& ref = refs[name];
    if (peeled) ref.tag = ref.commit;  // the tag itself stands before what it points at
    if (peeled || ref.commit.empty()) ref.commit = HexOf(heads[i]->oid);
    if (heads[i]->symref_target != nullptr) ref.symbolic_target = heads[i]->symref_target;
  }
  return refs;
}

SourceResult<void> RemoteConversation::Download(std::vector<std::string> refspecs) {
  const std::string doing = "fetching from " + access_.url.display;
  git_fetch_options options = GIT_FETCH_OPTIONS_INIT;
  FillCallbacks(options.callbacks);
  options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
  options.update_fetchhead = 0;
  options.proxy_opts.type = GIT_PROXY_AUTO;
  options.custom_headers = Headers();
  std::vector<char*> list;
  for (std::string& refspec : refspecs) list.push_back(refspec.data());
  const git_strarray specs{list.data(), list.size()};
  if (const int code = git_remote_download(remote_.get(), &specs, &options); code != 0) {
    return tl::make_unexpected(Explain(code, doing));
  }
  const int code =
      git_remote_update_tips(remote_.get(), &options.callbacks, 0, GIT_REMOTE_DOWNLOAD_TAGS_NONE, nullptr);
  if (code != 0) return tl::make_unexpected(Explain(code, doing));
  return {};
}

}  // namespace slipway
