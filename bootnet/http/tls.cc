#include "bootnet/http/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509err.h>
#include <sys/stat.h>

namespace slipway::http {
namespace {

constexpr int64_t kLookEveryMs = 1'000;

std::string Why() {
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_peek_last_error(), text.data(), text.size());
  ERR_clear_error();
  return text.data();
}

void Stat(const std::string& path, int64_t* into) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return;
  into[0] = static_cast<int64_t>(info.st_ino);
  into[1] = info.st_size;
  into[2] = info.st_mtim.tv_sec;
  into[3] = info.st_mtim.tv_nsec;
}

}  // namespace

void TlsContext::ContextDeleter::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }

Result<TlsContext::ContextPtr> TlsContext::Read(const TlsFiles& files) {
  ERR_clear_error();
  ContextPtr context(SSL_CTX_new(TLS_server_method()));
  if (!context) return Retry("preparing TLS: " + Why());
  SSL_CTX* raw = context.get();
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_ENABLE_KTLS | SSL_OP_CIPHER_SERVER_PREFERENCE |
                               SSL_OP_IGNORE_UNEXPECTED_EOF);
  // Idle connections give their buffers back; a repeated write may come from another place in memory.
  SSL_CTX_set_mode(
      raw, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  if (SSL_CTX_use_certificate_chain_file(raw, files.certificate.c_str()) != 1) {
    return FixInput("boot.tls_certificate: " + files.certificate + " cannot be used: " + Why());
  }
  if (SSL_CTX_use_PrivateKey_file(raw, files.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    if (ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH) {
      return FixInput("boot.tls_key: " + files.key + " is not the key of " + files.certificate);
    }
    return FixInput("boot.tls_key: " + files.key + " cannot be used: " + Why());
  }
  return context;
}

TlsContext::Stamp TlsContext::Look() const {
  Stamp stamp{};
  Stat(files_.certificate, stamp.data());
  Stat(files_.key, stamp.data() + 4);
  return stamp;
}

Result<std::shared_ptr<TlsContext>> TlsContext::Load(const TlsFiles& files) {
  const std::shared_ptr<TlsContext> made(new TlsContext(files));
  made->stamp_ = made->Look();
  auto context = Read(files);
  if (!context) return tl::make_unexpected(context.error());
  made->context_ = std::move(*context);
  return made;
}

Result<void> TlsContext::Refresh(int64_t now_ms) {
  if (now_ms - looked_ms_ < kLookEveryMs) return {};
  looked_ms_ = now_ms;
  const Stamp now = Look();
  if (now == stamp_) return {};
  stamp_ = now;
  auto context = Read(files_);
  if (!context) return tl::make_unexpected(context.error());
  context_ = std::move(*context);
  return {};
}

SslPtr TlsContext::NewConnection() const { return SslPtr(SSL_new(context_.get())); }

}  // namespace slipway::http
