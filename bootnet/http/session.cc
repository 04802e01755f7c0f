#include "bootnet/http/session.h"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstring>

#include "bootnet/catalog/cross_check.h"
#include "bootnet/catalog/request_path.h"
#include "bootnet/http/identity.h"

// g++ 12 believes that Asio's coroutine frames are freed by another allocator than made them.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

namespace slipway::http {
namespace {

namespace asio = boost::asio;
using Socket = asio::ip::tcp::socket;

constexpr int64_t kLingerMs = 2'000;
constexpr uint64_t kSlowestRate =
    2048;  // bytes per second over a whole response, after the first stall limit
constexpr size_t kReadChunk = 4096;
constexpr size_t kFileChunk = 512 * 1024;  // then others have their turn
constexpr size_t kMaxLinger = 256 * 1024;
constexpr size_t kShownTarget = 256;  // bytes of a target that go into an event

bool WouldBlock() { return errno == EAGAIN || errno == EWOULDBLOCK; }

enum class Receipt : uint8_t { kBytes, kNothingYet, kEnd };

/// Appends what has arrived. Not a coroutine, so that no connection's frame holds the chunk while it waits.
Receipt Receive(int fd, std::string& into) {
  char chunk[kReadChunk];
  const ssize_t n = ::recv(fd, chunk, sizeof(chunk), MSG_DONTWAIT);
  if (n < 0 && (WouldBlock() || errno == EINTR)) return Receipt::kNothingYet;
  if (n <= 0) return Receipt::kEnd;
  into.append(chunk, static_cast<size_t>(n));
  return Receipt::kBytes;
}

}  // namespace

/// One request, its response, and what is said of it.
struct Session::Exchange {
  ResponsePlan plan;
  UniqueFd file;
  BootEvent event;
  int64_t give_up_ms = 0;  ///< when the whole response must be out
};

std::string BusyResponse() {
  RequestHead nobody;
  nobody.method = Method::kGet;
  const ResponsePlan plan = PlanError(nobody, 503, "Busy", "too many connections at a time");
  return plan.head + plan.text;
}

Session::Session(Socket socket, Ipv4 peer, std::shared_ptr<Services> services)
    : socket_(std::move(socket)),
      deadline_(socket_.get_executor()),
      peer_(peer),
      services_(std::move(services)) {}

void Session::Start(std::function<void()> on_end) {
  on_end_ = std::move(on_end);
  asio::co_spawn(socket_.get_executor(), Run(shared_from_this()), asio::detached);
}

void Session::Close() {
  boost::system::error_code ignored;
  deadline_.cancel();
  socket_.close(ignored);
}

void Session::Arm(int64_t milliseconds) {
  deadline_.expires_after(std::chrono::milliseconds(milliseconds));
  deadline_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (error || !self) return;
    self->life_ = Life::kTimedOut;
    self->Close();
  });
}

asio::awaitable<Session::Io> Session::Wait(Socket::wait_type what) {
  boost::system::error_code error;
  co_await socket_.async_wait(what, asio::redirect_error(asio::use_awaitable, error));
  if (life_ == Life::kTimedOut) co_return Io::kTimedOut;
  co_return error || !socket_.is_open() ? Io::kClosed : Io::kGood;
}

asio::awaitable<void> Session::Run(std::shared_ptr<Session> /*keeps this alive*/) {
  for (;;) {
    RequestHead head;
    const HeadStatus status = co_await ReadHead(head);
    if (status == HeadStatus::kNeedMore) break;  // closed, or nothing came
    Exchange exchange = Answer(status, head);
    const Io result = co_await Respond(exchange);
    ReportEnd(exchange, result);
    if (result != Io::kGood) break;
    if (exchange.plan.connection == Connection::kClose) {
      co_await Linger();
      break;
    }
  }
  Close();
  if (on_end_) std::exchange(on_end_, nullptr)();
}

asio::awaitable<HeadStatus> Session::ReadHead(RequestHead& head) {
  if (buffer_.empty()) buffer_ = std::string();  // an idle connection holds no buffer
  Arm(buffer_.empty() ? services_->limits.http_idle_ms : services_->limits.http_head_ms);
  for (;;) {
    const HeadResult result = ParseRequestHead(buffer_, head);
    if (result.status == HeadStatus::kDone) buffer_.erase(0, result.consumed);
    if (result.status != HeadStatus::kNeedMore) co_return result.status;
    const Io io = co_await Wait(Socket::wait_read);
    if (io != Io::kGood) co_return HeadStatus::kNeedMore;
    const bool first = buffer_.empty();
    if (Receive(socket_.native_handle(), buffer_) == Receipt::kEnd) co_return HeadStatus::kNeedMore;
    if (first) Arm(services_->limits.http_head_ms);
  }
}

Session::Exchange Session::Answer(HeadStatus status, const RequestHead& head) {
  Exchange exchange;
  exchange.event.door = Door::kHttp;
  exchange.event.address = peer_;
  exchange.event.outcome = Outcome::kRefused;
  const auto refuse = [&](int code, std::string_view reason, std::string message) {
    RequestHead last = head;
    if (code != 405 && code != 404) last.connection = Connection::kClose;
    exchange.plan = PlanError(last, code, reason, message);
    exchange.event.reason = reason;
    exchange.event.message = std::move(message);
  };
  if (status == HeadStatus::kBad) {
    refuse(400, "BadRequest", "not an HTTP/1.1 request");
  } else if (status == HeadStatus::kTooLarge) {
    refuse(431, "HeadTooLarge", "more than 8 KiB of request head");
  } else {
    const std::string_view method = head.method == Method::kHead ? "HEAD " : "GET ";
    exchange.event.request = std::string(head.method == Method::kOther ? "other " : method) +
                             head.target.substr(0, std::min(head.target.find('?'), kShownTarget));
    if (head.body == RequestHead::Body::kPresent) {
      refuse(413, "BodyNotAccepted", "requests have no body here");
    } else if (head.method == Method::kOther) {
      refuse(405, "MethodNotAllowed", "only GET and HEAD");
    } else {
      AnswerPath(head, exchange);
    }
  }
  if (exchange.event.answer.empty()) exchange.event.answer = std::to_string(exchange.plan.status);
  return exchange;
}

void Session::AnswerPath(const RequestHead& head, Exchange& exchange) {
  BootEvent& event = exchange.event;
  const auto path = NormalizeRequestPath(head.target, PathDialect::kHttp);
  if (!path) {
    event.reason = "BadPath";
    event.message = "a path that nobody honest asks for";
    exchange.plan = PlanError(head, 400, event.reason, event.message);
    return;
  }
  const Client client = services_->Identify(Door::kHttp, peer_);
  const Snapshot snapshot = services_->live.Get();
  const Decision decision = Decide(client, std::string_view(*path), snapshot);
  event.outcome = decision.outcome;
  event.reason = ToString(decision.reason);
  event.message = decision.message;
  event.mac = client.mac;
  event.served = head.method == Method::kGet ? decision.served : Served::kOther;
  if (decision.machine != nullptr) event.node = decision.machine->node;
  if (decision.outcome != Outcome::kAnswered) {
    exchange.plan =
        PlanError(head, StatusOf(decision), event.reason, event.message, ConsoleText(decision.reason));
    if (decision.reason == Reason::kUnknownMachine) ReadIdentity(head.target, event);
    return;
  }
  if (std::holds_alternative<Acknowledgement>(decision.what)) {
    exchange.plan = PlanText(head, "Slipway: noted\n");
    return;
  }
  AnswerFile(head, decision, client, snapshot, exchange);
}

void Session::AnswerFile(const RequestHead& head, const Decision& decision, const Client& client,
                         const Snapshot& snapshot, Exchange& exchange) {
  Result<UniqueFd> opened = Bug("nothing to open");
  Body body;
  if (const auto* program = std::get_if<const BootFile*>(&decision.what)) {
    const BootFile& file = **program;
    body = {file.digest, file.size, file.name};
    opened = UniqueFd(::fcntl(file.fd.get(), F_DUPFD_CLOEXEC, 0));
    if (!opened->valid()) opened = Retry("opening " + file.name + " again: " + std::strerror(errno));
    if (head.method == Method::kGet && head.range.empty()) services_->NoteProgram(client, file.name);
  } else if (const auto* item = std::get_if<Catalog::Item>(&decision.what)) {
    body = {item->file->digest, item->file->size, item->file->path};
    opened = snapshot.catalog->Open(*item);
    services_->NoteScript(client);
    if (decision.served == Served::kScript || item->file->kind == FileKind::kEntryScript) {
      ReadIdentity(head.target, exchange.event);
      if (decision.machine != nullptr) CrossCheck(*decision.machine, Platform::kUnsupported, exchange.event);
    }
  }
  if (!opened) {
    exchange.event.outcome = Outcome::kFailed;
    exchange.event.reason = "FileUnreadable";
    exchange.event.message = opened.error().message;
    // 503 and not 500: the publisher repairs a damaged file, and iPXE asks again by itself.
    exchange.plan = PlanError(head, 503, "FileUnreadable", "this file cannot be read now");
    return;
  }
  exchange.event.size = body.size;
  exchange.file = std::move(*opened);
  exchange.plan = PlanFile(head, body);
}

asio::awaitable<Session::Io> Session::Respond(Exchange& exchange) {
  const ResponsePlan& plan = exchange.plan;
  sent_ = 0;
  exchange.give_up_ms = Services::NowMs() + 2 * services_->limits.http_stall_ms +
                        static_cast<int64_t>((plan.file_length / kSlowestRate) * 1000);
  Arm(services_->limits.http_stall_ms);
  const bool more = plan.file_length > 0;
  const Io result = co_await Send(plan.head + plan.text, more ? MSG_MORE : 0);
  if (result != Io::kGood || !more) {
    if (result == Io::kGood) sent_ = plan.text.size();
    co_return result;
  }
  co_return co_await SendFile(exchange);
}

asio::awaitable<Session::Io> Session::Send(std::string bytes, int flags) {
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n = ::send(socket_.native_handle(), bytes.data() + done, bytes.size() - done,
                             flags | MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n > 0) {
      done += static_cast<size_t>(n);
    } else if (n < 0 && WouldBlock()) {
      const Io io = co_await Wait(Socket::wait_write);
      if (io != Io::kGood) co_return io;
    } else if (errno != EINTR) {
      co_return Io::kClosed;
    }
  }
  co_return Io::kGood;
}

asio::awaitable<Session::Io> Session::SendFile(const Exchange& exchange) {
  auto offset = static_cast<off_t>(exchange.plan.file_offset);
  uint64_t left = exchange.plan.file_length;
  while (left > 0) {
    const ssize_t n = ::sendfile(socket_.native_handle(), exchange.file.get(), &offset,
                                 static_cast<size_t>(std::min<uint64_t>(left, kFileChunk)));
    if (n > 0) {
      left -= static_cast<uint64_t>(n);
      sent_ += static_cast<uint64_t>(n);
      const int64_t remaining = exchange.give_up_ms - Services::NowMs();
      Arm(std::max<int64_t>(std::min(services_->limits.http_stall_ms, remaining), 0));
      if (static_cast<size_t>(n) == kFileChunk)
        co_await asio::post(socket_.get_executor(), asio::use_awaitable);
      if (!socket_.is_open()) co_return life_ == Life::kTimedOut ? Io::kTimedOut : Io::kClosed;
    } else if (n < 0 && WouldBlock()) {
      const Io io = co_await Wait(Socket::wait_write);
      if (io != Io::kGood) co_return io;
    } else if (n == 0 || errno != EINTR) {
      co_return Io::kClosed;  // the file became shorter than its length promised, or the client is gone
    }
  }
  co_return Io::kGood;
}

/// Closing at once with bytes unread makes the kernel send a reset, which can overtake our answer.
asio::awaitable<void> Session::Linger() {
  boost::system::error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
  Arm(kLingerMs);
  size_t drained = 0;
  while (drained < kMaxLinger) {
    buffer_.clear();
    const Receipt receipt = Receive(socket_.native_handle(), buffer_);
    drained += buffer_.size();
    if (receipt == Receipt::kEnd) co_return;
    if (receipt == Receipt::kBytes) continue;
    const Io io = co_await Wait(Socket::wait_read);
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
