#include "bootnet/http/request_head.h"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/parser.hpp>
#include <exception>

namespace slipway::http {
namespace {

namespace beast = boost::beast::http;

/// The first of several counts.
void Keep(std::string& field, boost::beast::string_view value) {
  if (field.empty()) field = std::string(value);
}

RequestHead HeadOf(const beast::request<beast::empty_body>& request) {
  RequestHead head;
  head.method = request.method() == beast::verb::get    ? Method::kGet
                : request.method() == beast::verb::head ? Method::kHead
                                                        : Method::kOther;
  head.target = std::string(request.target());
  head.connection = request.keep_alive() ? Connection::kKeepAlive : Connection::kClose;
  for (const auto& field : request) {
    switch (field.name()) {
      case beast::field::if_match:
        Keep(head.if_match, field.value());
        break;
      case beast::field::if_none_match:
        Keep(head.if_none_match, field.value());
        break;
      case beast::field::if_range:
        Keep(head.if_range, field.value());
        break;
      case beast::field::range:
        Keep(head.range, field.value());
        break;
      case beast::field::content_length:
        if (field.value() != "0") head.body = RequestHead::Body::kPresent;
        break;
      case beast::field::transfer_encoding:
        head.body = RequestHead::Body::kPresent;
        break;
      default:
        break;
    }
  }
  return head;
}

constexpr std::string_view kEndOfHead = "\r\n\r\n";

/// How much of `text` to parse: it has a whole head at its front, and perhaps more. 0: none has ended yet.
size_t EndOfHeads(std::string_view text) {
  // As a rule one request has arrived and nothing else: the parser sees by itself where it ends.
  if (text.size() <= kMaxHead && text.ends_with(kEndOfHead)) return text.size();
  const size_t end = text.find(kEndOfHead);
  return end == std::string_view::npos ? 0 : end + kEndOfHead.size();
}

}  // namespace

HeadResult ParseRequestHead(std::string_view bytes, RequestHead& head) {
  // RFC 9112 §2.2: empty lines before a request are passed over.
  size_t skipped = 0;
  while (bytes.substr(skipped, 2) == "\r\n" && skipped < 8) skipped += 2;
  const std::string_view text = bytes.substr(skipped);
  const size_t end = EndOfHeads(text);
  if (end == 0 || end > kMaxHead)
    return {text.size() >= kMaxHead ? HeadStatus::kTooLarge : HeadStatus::kNeedMore, 0};
  try {
    beast::request_parser<beast::empty_body> parser;
    parser.header_limit(kMaxHead);
    parser.eager(false);
    boost::system::error_code error;
    const size_t parsed = parser.put(boost::asio::buffer(text.data(), end), error);
    // A body is no error of the syntax: it is seen below and refused with words.
    if (error && error != beast::error::unexpected_body) return {HeadStatus::kBad, 0};
    if (!parser.is_header_done() && error != beast::error::unexpected_body) return {HeadStatus::kBad, 0};
    head = HeadOf(parser.get());
    return {HeadStatus::kDone, skipped + (error ? end : parsed)};
  } catch (const std::exception&) {
    return {HeadStatus::kBad, 0};
  }
}

}  // namespace slipway::http
