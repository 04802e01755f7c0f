#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct ssl_st;
struct ssl_ctx_st;

namespace slipway::http {

struct SslDeleter {
  void operator()(ssl_st* ssl) const;
};
using SslPtr = std::unique_ptr<ssl_st, SslDeleter>;

/// The bytes of one connection, in clear or by TLS. Nothing here blocks: what cannot go on says what to wait
/// for. The descriptor belongs to the caller and must stay open as long as this lives.
class Stream {
 public:
  explicit Stream(int fd) : fd_(fd) {}
  Stream(int fd, SslPtr ssl);

  enum class Io : uint8_t { kDone, kWantRead, kWantWrite, kEnd };
  struct Moved {
    Io io = Io::kEnd;
    size_t bytes = 0;  ///< when kDone
  };

  /// TLS only; kDone at once in clear.
  Io Handshake();
  /// Appends what has arrived to `into`, at most one chunk.
  Moved Read(std::string& into);
  bool encrypted() const { return ssl_ != nullptr; }
  /// Whether Read has something without the socket becoming readable first.
  bool HasPending() const;

  enum class More : uint8_t { kNo, kSoon };  ///< kSoon: the last packet may wait for what follows
  /// Writes from `first`, then from `second`, as far as it goes.
  Moved Write(std::string_view first, std::string_view second, More more);
  /// Moves bytes of a file: by the kernel alone in clear and where it does TLS itself (RFC 8446 records made
  /// by kTLS), through a buffer otherwise. kEnd as well when the file became shorter.
  Moved SendFile(int file, uint64_t offset, size_t length);
  /// Says that nothing more will come.
  void Finish();

 private:
  Io Explain(int result) const;
  Moved WriteTls(std::string_view bytes);

  int fd_;
  SslPtr ssl_;
  enum class Kernel : uint8_t { kUnknown, kDoesTls, kDoesNot } kernel_ = Kernel::kUnknown;
};

}  // namespace slipway::http
