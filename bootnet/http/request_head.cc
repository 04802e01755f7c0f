#include "bootnet/http/request_head.h"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/parser.hpp>
#include <exception>

namespace slipway::http {
namespace {

namespace beast = boost::beast::http;

std::string FieldOf(const beast::request<beast::empty_body>& request, beast::field name) {
  const auto it = request.find(name);
  return it == request.end() ? std::string() : std::string(it->value());
}

RequestHead HeadOf(const beast::request<beast::empty_body>& request) {
  RequestHead head;
  head.method = request.method() == beast::verb::get    ? Method::kGet
                : request.method() == beast::verb::head ? Method::kHead
                                                        : Method::kOther;
  head.target = std::string(request.target());
  head.connection = request.keep_alive() ? Connection::kKeepAlive : Connection::kClose;
  head.if_match = FieldOf(request, beast::field::if_match);
  head.if_none_match = FieldOf(request, beast::field::if_none_match);
  head.if_range = FieldOf(request, beast::field::if_range);
  head.range = FieldOf(request, beast::field::range);
  const std::string length = FieldOf(request, beast::field::content_length);
  if (request.find(beast::field::transfer_encoding) != request.end() || (!length.empty() && length != "0")) {
    head.body = RequestHead::Body::kPresent;
  }
  return head;
}

}  // namespace

HeadResult ParseRequestHead(std::string_view bytes, RequestHead& head) {
  // RFC 9112 §2.2: empty lines before a request are passed over.
  size_t skipped = 0;
  while (bytes.substr(skipped, 2) == "\r\n" && skipped < 8) skipped += 2;
  const std::string_view text = bytes.substr(skipped);
  const size_t end = text.find("\r\n\r\n");
  if (end == std::string_view::npos || end + 4 > kMaxHead) {
    return {text.size() >= kMaxHead ? HeadStatus::kTooLarge : HeadStatus::kNeedMore, 0};
  }
  try {
    beast::request_parser<beast::empty_body> parser;
    parser.header_limit(kMaxHead);
    parser.eager(false);
    boost::system::error_code error;
    parser.put(boost::asio::buffer(text.data(), end + 4), error);
    // A body is no error of the syntax: it is seen below and refused with words.
    if (error && error != beast::error::unexpected_body) return {HeadStatus::kBad, 0};
    if (!parser.is_header_done() && error != beast::error::unexpected_body) return {HeadStatus::kBad, 0};
    head = HeadOf(parser.get());
  } catch (const std::exception&) {
    return {HeadStatus::kBad, 0};
  }
  return {HeadStatus::kDone, skipped + end + 4};
}

}  // namespace slipway::http
