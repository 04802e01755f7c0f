#include "bootnet/http/request_head.h"

#include <boost/beast/http/basic_parser.hpp>
#include <exception>

namespace slipway::http {
namespace {

namespace beast = boost::beast::http;

/// Writes what is told of a request into a RequestHead: Beast's own parser would keep every field first.
class HeadParser final : public beast::basic_parser<true> {
 public:
  explicit HeadParser(RequestHead& head) : head_(head) {
    header_limit(kMaxHead);
    eager(false);
  }

 private:
  using Text = boost::core::string_view;
  using Failure = boost::system::error_code;

  void on_request_impl(beast::verb method, Text, Text target, int, Failure&) override {
    head_.method = method == beast::verb::get    ? Method::kGet
                   : method == beast::verb::head ? Method::kHead
                                                 : Method::kOther;
    head_.target.assign(target.data(), target.size());
  }
  void on_field_impl(beast::field name, Text, Text value, Failure&) override {
    switch (name) {
      case beast::field::if_match:
        return Keep(head_.if_match, value);
      case beast::field::if_none_match:
        return Keep(head_.if_none_match, value);
      case beast::field::if_range:
        return Keep(head_.if_range, value);
      case beast::field::range:
        return Keep(head_.range, value);
      case beast::field::content_length:
        if (value != "0") head_.body = RequestHead::Body::kPresent;
        return;
      case beast::field::transfer_encoding:
        head_.body = RequestHead::Body::kPresent;
        return;
      default:
        return;
    }
  }
  /// The first of several counts.
  static void Keep(std::string& field, Text value) {
    if (field.empty()) field.assign(value.data(), value.size());
  }
  void on_response_impl(int, Text, int, Failure&) override {}
  void on_header_impl(Failure&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, Failure&) override {}
  std::size_t on_body_impl(Text, Failure&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, Text, Failure&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, Text, Failure&) override { return 0; }
  void on_finish_impl(Failure&) override {}

  RequestHead& head_;
};

/// Nothing of the request before, but its memory.
void Clear(RequestHead& head) {
  static const RequestHead kNothing;
  head = kNothing;
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
  Clear(head);
  try {
    HeadParser parser(head);
    boost::system::error_code error;
    const size_t parsed = parser.put(boost::asio::buffer(text.data(), end), error);
    if (error || !parser.is_header_done()) return {HeadStatus::kBad, 0};
    head.connection = parser.keep_alive() ? Connection::kKeepAlive : Connection::kClose;
    return {HeadStatus::kDone, skipped + parsed};
  } catch (const std::exception&) {
    return {HeadStatus::kBad, 0};
  }
}

}  // namespace slipway::http
