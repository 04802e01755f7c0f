#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace slipway::testing {

/// A server on loopback that answers each request with exactly the bytes it is told to, and may cut, stall or
/// lie: what a well-behaved library would not let a test do. One connection after the other.
class RawHttpServer {
 public:
  struct Answer {
    std::string bytes;
    bool hang = false;  ///< keep the connection open and silent until the server ends
  };
  using Handler = std::function<Answer(const std::string& request)>;

  explicit RawHttpServer(Handler handler);
  ~RawHttpServer();
  RawHttpServer(const RawHttpServer&) = delete;
  RawHttpServer& operator=(const RawHttpServer&) = delete;

  std::string Url(std::string_view path) const;

  /// The requests so far, header and all.
  std::vector<std::string> requests() const;

 private:
  void Run();
  void Serve(int connection);

  Handler handler_;
  int listener_ = -1;
  uint16_t port_ = 0;
  std::atomic<bool> stop_{false};
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::thread thread_;
};

/// A whole response with Content-Length and the given extra header lines ("ETag: …\r\n").
std::string HttpResponse(std::string_view status, std::string_view headers, std::string_view body);

/// The bytes of a request's header, "" when it has none of that name.
std::string HeaderOf(const std::string& request, const std::string& name);

}  // namespace slipway::testing
