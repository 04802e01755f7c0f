#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "bootnet/http/stream.h"
#include "schema/fleet/result.h"

namespace slipway::http {

/// PEM files.
struct TlsFiles {
  std::string certificate;  ///< with its chain
  std::string key;
  bool operator==(const TlsFiles&) const = default;
};

/// Certificate and key of the server, as the files have them now. TLS 1.2 at least; the kernel encrypts where
/// it can. One thread.
class TlsContext {
 public:
  /// kFixInput, naming the setting, when the files cannot be used.
  static Result<std::shared_ptr<TlsContext>> Load(const TlsFiles& files);

  /// Reads the files again when they changed, at most once a second. While they cannot be used (half
  /// replaced, for instance) the former ones stay in use: the error is given once for each state of the
  /// files.
  Result<void> Refresh(int64_t now_ms);

  SslPtr NewConnection() const;  ///< nullptr only when memory is out

 private:
  struct ContextDeleter {
    void operator()(ssl_ctx_st* context) const;
  };
  using ContextPtr = std::unique_ptr<ssl_ctx_st, ContextDeleter>;
  using Stamp = std::array<int64_t, 8>;  ///< what tells one state of the files from another

  explicit TlsContext(TlsFiles files) : files_(std::move(files)) {}
  static Result<ContextPtr> Read(const TlsFiles& files);
  Stamp Look() const;

  TlsFiles files_;
  ContextPtr context_;
  Stamp stamp_{};
  int64_t looked_ms_ = 0;
};

}  // namespace slipway::http
