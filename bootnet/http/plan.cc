#include "bootnet/http/plan.h"

#include <array>
#include <charconv>
#include <utility>

#include "bootnet/http/range.h"

namespace slipway::http {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kTypes{{
    {".efi", "application/efi"},
    {".ipxe", "text/plain; charset=utf-8"},
    {".txt", "text/plain; charset=utf-8"},
    {".yaml", "application/yaml"},
    {".yml", "application/yaml"},
    {".json", "application/json"},
    {".iso", "application/vnd.efi-iso"},
}};

/// RFC 9110 wants a phrase; iPXE refuses a status line without even the space.
std::string_view Phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 206:
      return "Partial Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 416:
      return "Range Not Satisfiable";
    case 431:
      return "Request Header Fields Too Large";
    case 503:
      return "Service Unavailable";
    default:
      return "Internal Server Error";
  }
}

/// Writes fields in canonical case: GRUB and U-Boot look for exactly "Content-Length: ".
class HeadWriter {
 public:
  HeadWriter(const RequestHead& request, int status) {
    Add("HTTP/1.1 ");
    Number(static_cast<uint64_t>(status));
    Add(" ");
    Add(Phrase(status));
    Add("\r\nServer: Slipway\r\nConnection: ");
    Add(request.connection == Connection::kKeepAlive ? "keep-alive\r\n" : "close\r\n");
  }
  void Field(std::string_view name, std::string_view value) {
    Add(name);
    Add(": ");
    Add(value);
    Add("\r\n");
  }
  void Field(std::string_view name, uint64_t value) {
    Add(name);
    Add(": ");
    Number(value);
    Add("\r\n");
  }
  std::string Finish() {
    Add("\r\n");
    return {text_.data(), size_};
  }

 private:
  void Add(std::string_view part) { size_ += part.copy(text_.data() + size_, text_.size() - size_); }
  void Number(uint64_t value) {
    const auto [end, error] = std::to_chars(text_.data() + size_, text_.data() + text_.size(), value);
    if (error == std::errc{}) size_ = static_cast<size_t>(end - text_.data());
  }

  std::array<char, 512> text_;  ///< all that is written here together is shorter
  size_t size_ = 0;
};

ResponsePlan Plan(const RequestHead& request, int status) {
  ResponsePlan plan;
  plan.status = status;
  plan.connection = request.connection;
  return plan;
}

}  // namespace

std::string_view ContentType(std::string_view name) {
  for (const auto& [suffix, type] : kTypes) {
    if (name.ends_with(suffix)) return type;
  }
  return "application/octet-stream";
}

int StatusOf(const Decision& decision) {
  if (decision.outcome == Outcome::kAnswered) return 200;
  if (decision.reason == Reason::kNotFound) return 404;
  return decision.reason == Reason::kNothingServed ? 503 : 403;
}

ResponsePlan PlanError(const RequestHead& request, int status, std::string_view reason,
                       std::string_view message, std::string_view console) {
  ResponsePlan plan = Plan(request, status);
  std::string text = std::string(console) + '\n' + std::string(reason) + ": " + std::string(message) + "\n";
  HeadWriter head(request, status);
  if (status == 405) head.Field("Allow", "GET, HEAD");
  // iPXE waits and asks again by itself, but only where this field is there.
  if (status == 503) head.Field("Retry-After", "5");
  head.Field("Content-Type", "text/plain; charset=utf-8");
  head.Field("Content-Length", text.size());
  plan.head = head.Finish();
  if (request.method != Method::kHead) plan.text = std::move(text);
  return plan;
}

ResponsePlan PlanText(const RequestHead& request, std::string text) {
  ResponsePlan plan = Plan(request, 200);
  HeadWriter head(request, 200);
  head.Field("Content-Type", "text/plain; charset=utf-8");
  head.Field("Content-Length", text.size());
  plan.head = head.Finish();
  if (request.method != Method::kHead) plan.text = std::move(text);
  return plan;
}

ResponsePlan PlanFile(const RequestHead& request, const Body& body) {
  std::string etag;
  etag.reserve(body.digest.size() + 2);
  etag += '"';
  etag += body.digest;
  etag += '"';
  if (!request.if_match.empty() && !NamesTag(request.if_match, etag, TagComparison::kStrong)) {
    return PlanError(request, 412, "PreconditionFailed", "the file has changed since");
  }
  if (!request.if_none_match.empty() && NamesTag(request.if_none_match, etag, TagComparison::kWeak)) {
    ResponsePlan plan = Plan(request, 304);
    HeadWriter head(request, 304);
    // RFC 9110 §8.6: the length a 200 would have had; a 304 never has a body.
    head.Field("Content-Length", body.size);
    head.Field("ETag", etag);
    plan.head = head.Finish();
    return plan;
  }
  RangeAnswer range{RangeAnswer::Kind::kWhole, 0, body.size};
  const bool may_resume =
      request.if_range.empty() || NamesTag(request.if_range, etag, TagComparison::kStrong);
  if (!request.range.empty() && request.method == Method::kGet && may_resume) {
    range = ResolveRange(request.range, body.size);
  }
  if (range.kind == RangeAnswer::Kind::kUnsatisfiable) {
    ResponsePlan plan = Plan(request, 416);
    HeadWriter head(request, 416);
    head.Field("Content-Range", "bytes */" + std::to_string(body.size));
    head.Field("Content-Length", "0");
    plan.head = head.Finish();
    return plan;
  }
  const bool part = range.kind == RangeAnswer::Kind::kPart;
  ResponsePlan plan = Plan(request, part ? 206 : 200);
  HeadWriter head(request, plan.status);
  head.Field("Content-Type", ContentType(body.name));
  head.Field("Content-Length", range.length);
  if (part) {
    head.Field("Content-Range", "bytes " + std::to_string(range.first) + "-" +
                                    std::to_string(range.first + range.length - 1) + "/" +
                                    std::to_string(body.size));
  }
  head.Field("Accept-Ranges", "bytes");
  head.Field("ETag", etag);
  plan.head = head.Finish();
  if (request.method == Method::kGet) {
    plan.file_offset = range.first;
    plan.file_length = range.length;
  }
  return plan;
}

}  // namespace slipway::http
