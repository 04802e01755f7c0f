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
    const HeadStatus status = co_await ReadHead();
    if (status == HeadStatus::kNeedMore) break;  // closed, or nothing came
    answerer_.Answer(status, exchange_);
    BeginResponse();
    const Stream::Moved first = SendNext();
    const Io result = IsSent() ? Io::kGood : co_await Respond(first);
    ReportEnd(result);
    ++requests_;
    open = result == Io::kGood && exchange_.plan.connection == Connection::kKeepAlive;
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

/// Appends what arrives to the buffer.
Session::Task<Session::Io> Session::ReceiveTls() {
  Stream::Moved moved{Stream::Io::kWantRead, 0};
  if (stream_.HasPending()) moved = stream_.Read(buffer_);
  while (moved.io != Stream::Io::kDone) {
    const Io io = co_await Wait(moved.io);
    if (io != Io::kGood) co_return io;
    moved = stream_.Read(buffer_);
  }
  co_return Io::kGood;
}

/// In clear one system call a request: Asio tries to read only where it was told that there is something,
/// while waiting for that alone would arm the descriptor each time.
Session::Task<HeadStatus> Session::ReadHead() {
  if (buffer_.empty() && buffer_.capacity() > 2 * kReceiveChunk) buffer_ = std::string();
  idle_since_ms_ = buffer_.empty() ? Services::CoarseMs() : 0;
  const BootLimits& limits = services_->limits;
  // A connection that has asked before may think a while; a new one is here to ask.
  Arm(buffer_.empty() && requests_ > 0 ? limits.http_idle_ms : limits.http_head_ms);
  for (;;) {
    const HeadResult result = ParseRequestHead(buffer_, exchange_.head);
    if (result.status != HeadStatus::kNeedMore) {
      if (result.status == HeadStatus::kDone) buffer_.erase(0, result.consumed);
      co_return result.status;
    }
    boost::system::error_code error;
    if (stream_.encrypted()) {
      if (co_await ReceiveTls() != Io::kGood) error = asio::error::eof;
    } else if (life_ == Life::kOpen) {
      const size_t before = buffer_.size();
      buffer_.resize(before + kReceiveChunk);
      buffer_.resize(before +
                     co_await socket_.async_receive(asio::buffer(buffer_.data() + before, kReceiveChunk),
                                                    asio::redirect_error(kAwait, error)));
    }
    const bool fresh = std::exchange(idle_since_ms_, 0) != 0;
    if (error || life_ != Life::kOpen) co_return HeadStatus::kNeedMore;
    if (fresh) Arm(limits.http_head_ms);
  }
}

void Session::BeginResponse() {
  sent_of_head_ = 0;
  sent_ = 0;
  exchange_.give_up_ms = Services::CoarseMs() + 2 * services_->limits.http_stall_ms +
                         static_cast<int64_t>((exchange_.plan.file_length / kSlowestRate) * 1000);
  Arm(services_->limits.http_stall_ms);
}

bool Session::IsSent() const {
  const ResponsePlan& plan = exchange_.plan;
  return sent_of_head_ == plan.head.size() &&
         sent_ == (plan.file_length > 0 ? plan.file_length : plan.text.size());
}

/// One system call's worth of the response.
Stream::Moved Session::SendNext() {
  const ResponsePlan& plan = exchange_.plan;
  const std::string_view head = std::string_view(plan.head).substr(sent_of_head_);
  const bool of_file = plan.file_length > 0;
  const bool by_file = of_file && !exchange_.small;
  if (by_file && head.empty()) {
    const size_t chunk = std::min<uint64_t>(plan.file_length - sent_, kFileChunk);
    const Stream::Moved moved = stream_.SendFile(exchange_.file.get(), plan.file_offset + sent_, chunk);
    sent_ += moved.bytes;
    return moved;
  }
  std::string_view body = plan.text;
  if (of_file)
    body = by_file ? "" : std::string_view(*exchange_.small).substr(plan.file_offset, plan.file_length);
  const Stream::Moved moved =
      stream_.Write(head, body.substr(sent_), by_file ? Stream::More::kSoon : Stream::More::kNo);
  const size_t of_head = std::min(moved.bytes, head.size());
  sent_of_head_ += of_head;
  sent_ += moved.bytes - of_head;
  return moved;
}

/// The rest of a response after `moved` of it.
Session::Task<Session::Io> Session::Respond(Stream::Moved moved) {
  for (;;) {
    if (moved.io == Stream::Io::kDone) {
      if (IsSent()) co_return Io::kGood;
      const int64_t remaining = exchange_.give_up_ms - Services::CoarseMs();
      Arm(std::max<int64_t>(std::min(services_->limits.http_stall_ms, remaining), 0));
      if (moved.bytes == kFileChunk) co_await asio::post(socket_.get_executor(), kAwait);
      if (life_ != Life::kOpen) co_return life_ == Life::kTimedOut ? Io::kTimedOut : Io::kClosed;
    } else {
      const Io io = co_await Wait(moved.io);
      if (io != Io::kGood) co_return io;
    }
    moved = SendNext();
  }
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

void Session::ReportEnd(Io result) {
  BootEvent& event = exchange_.event;
  event.bytes = sent_;
  if (result != Io::kGood) {
    event.outcome = Outcome::kFailed;
    event.reason = result == Io::kTimedOut ? "TimedOut" : "ClientGone";
    event.message = "the connection ended after " + std::to_string(sent_) + " bytes of the body";
  }
  services_->Report(std::move(event));
  exchange_.file = {};
  exchange_.small.reset();
}

}  // namespace slipway::http
