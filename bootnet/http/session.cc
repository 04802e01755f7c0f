#include "bootnet/http/session.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

// g++ 12 believes that Asio's coroutine frames are freed by another allocator than made them.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

namespace slipway::http {
namespace {

namespace asio = boost::asio;
constexpr asio::use_awaitable_t<Executor> kAwait;

constexpr int64_t kLingerMs = 2'000;
/// Bytes per second over a whole response, after the first stall limit.
constexpr uint64_t kSlowestRate = 2048;
constexpr size_t kFileChunk = 512 * 1024;  ///< then others have their turn
constexpr size_t kReceiveChunk = 1024;     ///< an idle connection holds so much; few heads are longer
constexpr size_t kMaxLinger = 256 * 1024;

}  // namespace

Session::Session(Socket socket, Ipv4 peer, std::shared_ptr<Services> services,
                 std::shared_ptr<SmallFiles> small, SslPtr ssl)
    : socket_(std::move(socket)),
      stream_(ssl ? Stream(socket_.native_handle(), std::move(ssl)) : Stream(socket_.native_handle())),
      services_(std::move(services)),
      answerer_(services_, std::move(small), peer) {}

void Session::Start(std::function<void()> on_end) {
  on_end_ = std::move(on_end);
  Arm(services_->limits.http_head_ms);
  asio::co_spawn(socket_.get_executor(), Run(shared_from_this()), asio::detached);
}

void Session::Close() {
  if (life_ == Life::kOpen) life_ = Life::kClosed;
  boost::system::error_code ignored;
  socket_.close(ignored);
}

void Session::Arm(int64_t milliseconds) { deadline_ms_ = Services::CoarseMs() + milliseconds; }

void Session::OnTime(int64_t now_ms) {
  if (life_ != Life::kOpen || now_ms < deadline_ms_) return;
  life_ = Life::kTimedOut;
  Close();
}

std::optional<int64_t> Session::idle_since_ms() const {
  return idle_since_ms_ == 0 ? std::nullopt : std::optional(idle_since_ms_);
}

Session::Task<Session::Io> Session::Wait(Stream::Io what) {
  if (what == Stream::Io::kEnd) co_return Io::kClosed;
  if (life_ == Life::kOpen) {
    boost::system::error_code error;
    co_await socket_.async_wait(what == Stream::Io::kWantWrite ? Socket::wait_write : Socket::wait_read,
                                asio::redirect_error(kAwait, error));
    if (life_ == Life::kOpen && !error) co_return Io::kGood;
  }
  co_return life_ == Life::kTimedOut ? Io::kTimedOut : Io::kClosed;
}

Session::Task<void> Session::Run(std::shared_ptr<Session> /*keeps this alive*/) {
  bool open = co_await Handshake() == Io::kGood;
  while (open) {
    RequestHead head;
    const HeadStatus status = co_await ReadHead(head);
    if (status == HeadStatus::kNeedMore) break;  // closed, or nothing came
    Exchange exchange = answerer_.Answer(status, head);
    const Io result = co_await Respond(exchange);
    ReportEnd(exchange, result);
    ++requests_;
    open = result == Io::kGood && exchange.plan.connection == Connection::kKeepAlive;
    if (result == Io::kGood && !open) co_await Linger();
  }
  Close();
  if (on_end_) std::exchange(on_end_, nullptr)();
}

Session::Task<Session::Io> Session::Handshake() {
  for (;;) {
    const Stream::Io io = stream_.Handshake();
    if (io == Stream::Io::kDone) co_return Io::kGood;
    const Io waited = co_await Wait(io);
    if (waited != Io::kGood) co_return waited;
  }
}

/// Appends what arrives to the buffer. In clear one system call a request: Asio tries to read only where it
/// was told that there is something, while waiting for that alone would arm the descriptor each time.
Session::Task<Session::Io> Session::Receive() {
  if (stream_.encrypted()) {
    Stream::Moved moved{Stream::Io::kWantRead, 0};
    if (stream_.HasPending()) moved = stream_.Read(buffer_);
    while (moved.io != Stream::Io::kDone) {
      const Io io = co_await Wait(moved.io);
      if (io != Io::kGood) co_return io;
      moved = stream_.Read(buffer_);
    }
    co_return Io::kGood;
  }
  const size_t before = buffer_.size();
  buffer_.resize(before + kReceiveChunk);
  boost::system::error_code error;
  size_t received = 0;
  if (life_ == Life::kOpen) {
    received = co_await socket_.async_receive(asio::buffer(buffer_.data() + before, kReceiveChunk),
                                              asio::redirect_error(kAwait, error));
  }
  buffer_.resize(before + received);
  if (life_ == Life::kOpen && !error) co_return Io::kGood;
  co_return life_ == Life::kTimedOut ? Io::kTimedOut : Io::kClosed;
}

Session::Task<HeadStatus> Session::ReadHead(RequestHead& head) {
  if (buffer_.empty() && buffer_.capacity() > 2 * kReceiveChunk) buffer_ = std::string();
  idle_since_ms_ = buffer_.empty() ? Services::CoarseMs() : 0;
  const BootLimits& limits = services_->limits;
  // A connection that has asked before may think a while; a new one is here to ask.
  Arm(buffer_.empty() && requests_ > 0 ? limits.http_idle_ms : limits.http_head_ms);
  for (;;) {
    const HeadResult result = ParseRequestHead(buffer_, head);
    if (result.status != HeadStatus::kNeedMore) {
      if (result.status == HeadStatus::kDone) buffer_.erase(0, result.consumed);
      co_return result.status;
    }
    if (co_await Receive() != Io::kGood) {
      idle_since_ms_ = 0;
      co_return HeadStatus::kNeedMore;
    }
    if (idle_since_ms_ != 0) Arm(limits.http_head_ms);
    idle_since_ms_ = 0;
  }
}

Session::Task<Session::Io> Session::Respond(Exchange& exchange) {
  const ResponsePlan& plan = exchange.plan;
  sent_ = 0;
  exchange.give_up_ms = Services::CoarseMs() + 2 * services_->limits.http_stall_ms +
                        static_cast<int64_t>((plan.file_length / kSlowestRate) * 1000);
  Arm(services_->limits.http_stall_ms);
  std::string_view body = plan.text;
  if (exchange.small) body = std::string_view(*exchange.small).substr(plan.file_offset, plan.file_length);
  const bool more = plan.file_length > 0 && !exchange.small;
  const Io result = co_await Send(plan.head, body, more ? Stream::More::kSoon : Stream::More::kNo);
  if (result != Io::kGood || !more) co_return result;
  co_return co_await SendFile(exchange);
}

Session::Task<Session::Io> Session::Send(std::string_view head, std::string_view body, Stream::More more) {
  while (!head.empty() || !body.empty()) {
    const Stream::Moved moved = stream_.Write(head, body, more);
    if (moved.io == Stream::Io::kDone) {
      const size_t of_head = std::min(moved.bytes, head.size());
      head.remove_prefix(of_head);
      body.remove_prefix(moved.bytes - of_head);
      sent_ += moved.bytes - of_head;
      continue;
    }
    const Io io = co_await Wait(moved.io);
    if (io != Io::kGood) co_return io;
  }
  co_return Io::kGood;
}

Session::Task<Session::Io> Session::SendFile(const Exchange& exchange) {
  const uint64_t length = exchange.plan.file_length;
  while (sent_ < length) {
    const size_t chunk = std::min<uint64_t>(length - sent_, kFileChunk);
    const Stream::Moved moved =
        stream_.SendFile(exchange.file.get(), exchange.plan.file_offset + sent_, chunk);
    if (moved.io == Stream::Io::kDone) {
      sent_ += moved.bytes;
      const int64_t remaining = exchange.give_up_ms - Services::CoarseMs();
      Arm(std::max<int64_t>(std::min(services_->limits.http_stall_ms, remaining), 0));
      if (moved.bytes == kFileChunk) co_await asio::post(socket_.get_executor(), kAwait);
      if (life_ != Life::kOpen) co_return life_ == Life::kTimedOut ? Io::kTimedOut : Io::kClosed;
      continue;
    }
    const Io io = co_await Wait(moved.io);
    if (io != Io::kGood) co_return io;
  }
  co_return Io::kGood;
}

/// Closing at once with bytes unread makes the kernel send a reset, which can overtake our answer.
Session::Task<void> Session::Linger() {
  stream_.Finish();
  Arm(kLingerMs);
  for (size_t drained = 0; drained < kMaxLinger;) {
    buffer_.clear();
    const Stream::Moved moved = stream_.Read(buffer_);
    drained += moved.bytes;
    if (moved.io == Stream::Io::kDone) continue;
    const Io io = co_await Wait(moved.io);
    if (io != Io::kGood) co_return;
  }
}

void Session::ReportEnd(Exchange& exchange, Io result) {
  BootEvent& event = exchange.event;
  event.bytes = sent_;
  if (result != Io::kGood) {
    event.outcome = Outcome::kFailed;
    event.reason = result == Io::kTimedOut ? "TimedOut" : "ClientGone";
    event.message = "the connection ended after " + std::to_string(sent_) + " bytes of the body";
  }
  services_->Report(std::move(event));
}

}  // namespace slipway::http
