// The only file of the reconciler that speaks HTTP as a client to fetch assets; wraps cpp-httplib.
#include "reconciler/publish/http_download.h"

#include <httplib.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace slipway {
namespace {

constexpr int kMaxRedirects = 5;

using Clock = std::chrono::steady_clock;

std::optional<uint64_t> ParseNumber(std::string_view text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// "bytes 100-199/200" (RFC 9110 §14.4). Nothing when it does not begin at `start`.
std::optional<uint64_t> TotalOfRange(std::string_view text, uint64_t start) {
  constexpr std::string_view kUnit = "bytes ";
  if (!text.starts_with(kUnit)) return std::nullopt;
  text.remove_prefix(kUnit.size());
  const size_t dash = text.find('-');
  const size_t slash = text.find('/');
  if (dash == std::string_view::npos || slash == std::string_view::npos || dash > slash) return std::nullopt;
  if (ParseNumber(text.substr(0, dash)) != start) return std::nullopt;
  const std::string_view total = text.substr(slash + 1);
  if (total == "*") return 0;
  return ParseNumber(total);
}

/// RFC 9110 §13.1.5: If-Range takes strong validators only.
std::string ValidatorOf(const httplib::Response& response) {
  const std::string etag = response.get_header_value("ETag");
  if (etag.size() > 2 && etag.size() < 512 && etag.front() == '"') return etag;
  const std::string modified = response.get_header_value("Last-Modified");
  return modified.size() < 64 ? modified : "";
}

/// One request on the way, and what came of it.
struct Attempt {
  const DownloadRequest& request;
  const AssetUrl& url;
  const DownloadSink& sink;
  std::optional<Error> error;
  std::string redirect;
  bool begun = false;
  bool beyond_end = false;  ///< what is here is longer than the file: of another one

  std::string Doing() const { return "downloading " + url.Redacted(); }

  bool End(const Error& why) {
    error = why;
    return false;
  }
  bool OnResponse(const httplib::Response& response);
  bool OnBody(std::string_view bytes);
  Error StatusError(int status) const;
  Result<DownloadHead> HeadOf(const httplib::Response& response) const;
};

Error Attempt::StatusError(int status) const {
  const std::string said = Doing() + ": the server answered " + std::to_string(status);
  if (status == 401 || status == 403) {
    return {Reaction::kFixInput, said + "; the URL needs credentials, or may not be read from here"};
  }
  if (status == 404 || status == 410) return {Reaction::kFixInput, said + "; correct the URL of the Asset"};
  if (status >= 400 && status < 500 && status != 408 && status != 416 && status != 429) {
    return {Reaction::kFixInput, said};
  }
  return {Reaction::kRetry, said};
}

Result<DownloadHead> Attempt::HeadOf(const httplib::Response& response) const {
  DownloadHead head;
  head.validator = ValidatorOf(response);
  if (response.status == 206) {
    const auto total = TotalOfRange(response.get_header_value("Content-Range"), request.offset);
    if (!total) return Retry(Doing() + ": the server sent another part than the one asked for");
    head.start = request.offset;
    head.total = *total;
  } else {
    head.total = ParseNumber(response.get_header_value("Content-Length")).value_or(0);
  }
  return head;
}

bool Attempt::OnResponse(const httplib::Response& response) {
  const int status = response.status;
  if (status >= 301 && status <= 308 && response.has_header("Location")) {
    redirect = response.get_header_value("Location");
    return false;
  }
  if (status == 416 && request.offset > 0) {
    beyond_end = true;
    return false;
  }
  if (status != 200 && status != 206) return End(StatusError(status));
  if (status == 206 && request.offset == 0) return End({Reaction::kRetry, Doing() + ": an unasked-for part"});
  const auto head = HeadOf(response);
  if (!head) return End(head.error());
  const auto accepted = sink.head(*head);
  if (!accepted) return End(accepted.error());
  begun = true;
  return true;
}

bool Attempt::OnBody(std::string_view bytes) {
  if (!begun) return false;
  if (Clock::now() >= request.deadline) {
    return End({Reaction::kRetry, Doing() + ": not finished in time; what is here is kept and continued"});
  }
  const auto taken = sink.body(bytes);
  return taken ? true : End(taken.error());
}

Error TransportError(const Attempt& attempt, httplib::Error error) {
  std::string why = httplib::to_string(error);
  switch (error) {
    case httplib::Error::Connection:
    case httplib::Error::ConnectionTimeout:
      why = "cannot connect; is the server up, and reachable from here?";
      break;
    case httplib::Error::SSLServerVerification:
      why = "the server's certificate is not trusted; install its CA on this host, or correct the clock";
      break;
    case httplib::Error::SSLConnection:
    case httplib::Error::SSLLoadingCerts:
      why = "no TLS connection (" + why + ")";
      break;
    case httplib::Error::Read:
      why = attempt.begun ? "the connection broke or stalled; what is here is kept and continued"
                          : "the server does not answer";
      break;
    default:
      break;
  }
  return {Reaction::kRetry, attempt.Doing() + ": " + why};
}

void Configure(httplib::Client& client, const DownloadRequest& request, const AssetUrl& url) {
  const auto left = std::chrono::duration_cast<std::chrono::seconds>(request.deadline - Clock::now());
  const time_t timeout =
      std::clamp<time_t>(left.count(), 1, std::max<time_t>(1, static_cast<time_t>(request.stall.count())));
  client.set_connection_timeout(timeout);
  client.set_read_timeout(timeout);
  client.set_write_timeout(timeout);
  client.set_follow_location(false);
  client.set_decompress(false);
  client.enable_server_certificate_verification(true);
  if (!request.ca_file.empty()) client.set_ca_cert_path(request.ca_file);
  const size_t colon = url.credentials.find(':');
  if (!url.credentials.empty()) {
    client.set_basic_auth(url.credentials.substr(0, colon),
                          colon == std::string::npos ? "" : url.credentials.substr(colon + 1));
  }
}

Result<void> Send(Attempt& attempt) {
  const DownloadRequest& request = attempt.request;
  httplib::Client client(attempt.url.Origin());
  if (!client.is_valid()) {
    return Retry(attempt.Doing() + ": cannot set up the connection" +
                 (request.ca_file.empty() ? "" : "; is the CA file readable?"));
  }
  Configure(client, request, attempt.url);
  httplib::Headers headers{{"User-Agent", "slipway/" SLIPWAY_VERSION}, {"Accept-Encoding", "identity"}};
  if (request.offset > 0) {
    headers.emplace("Range", "bytes=" + std::to_string(request.offset) + "-");
    if (!request.validator.empty()) headers.emplace("If-Range", request.validator);
  }
  const auto result = client.Get(
      attempt.url.target, headers,
      [&attempt](const httplib::Response& response) { return attempt.OnResponse(response); },
      [&attempt](const char* data, size_t size) {
        return attempt.OnBody({data, size});
      });
  if (attempt.error) return tl::make_unexpected(*attempt.error);
  if (!attempt.redirect.empty() || attempt.beyond_end) return {};
  if (!result) return tl::make_unexpected(TransportError(attempt, result.error()));
  if (!attempt.begun) return tl::make_unexpected(attempt.StatusError(result->status));
  return {};
}

}  // namespace

Result<void> Download(const DownloadRequest& original, const DownloadSink& sink) {
  DownloadRequest request = original;
  AssetUrl url = request.url;
  for (int hop = 0; hop <= kMaxRedirects; ++hop) {
    if (Clock::now() >= request.deadline) return Retry("downloading " + url.Redacted() + ": out of time");
    Attempt attempt{request, url, sink, std::nullopt, "", false, false};
    try {
      const auto sent = Send(attempt);
      if (!sent) return sent;
    } catch (const std::exception& error) {
      return Retry(attempt.Doing() + ": " + error.what());
    }
    if (attempt.beyond_end) {
      request.offset = 0;
      continue;
    }
    if (attempt.redirect.empty()) return {};
    auto next = FollowRedirect(url, attempt.redirect);
    if (!next) return tl::make_unexpected(next.error());
    url = std::move(*next);
  }
  return FixInput("downloading " + request.url.Redacted() + ": more than 5 redirects");
}

}  // namespace slipway
