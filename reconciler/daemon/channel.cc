#include "reconciler/daemon/channel.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>

namespace slipway {

std::string EncodeMessage(const Message& m) {
  const nlohmann::json j = {{"verb", m.verb},
                            {"token", m.token},
                            {"argument", m.argument.substr(0, kMaxMessage / 2)},
                            {"includeWithdrawn", m.include_withdrawn},
                            {"forSeconds", m.for_seconds},
                            {"ok", m.ok},
                            {"deadlineMs", m.deadline_ms},
                            {"by", m.by},
                            {"lastFetchAt", m.last_fetch_at},
                            {"nextFetchAt", m.next_fetch_at}};
  return j.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<Message> DecodeMessage(std::string_view packet) {
  try {
    const nlohmann::json j = nlohmann::json::parse(packet);
    Message m;
    m.verb = j.value("verb", "");
    m.token = j.value("token", "");
    m.argument = j.value("argument", "");
    m.include_withdrawn = j.value("includeWithdrawn", false);
    m.for_seconds = j.value("forSeconds", int64_t{0});
    m.ok = j.value("ok", false);
    m.deadline_ms = j.value("deadlineMs", int64_t{0});
    m.by = j.value("by", "");
    m.last_fetch_at = j.value("lastFetchAt", int64_t{0});
    m.next_fetch_at = j.value("nextFetchAt", int64_t{0});
    return m;
  } catch (const std::exception& error) {
    return FixInput(std::string("reading a message: ") + error.what());
  }
}

WorkerChannel::~WorkerChannel() {
  if (fd_ >= 0) ::close(fd_);
}

void WorkerChannel::Send(const Message& message) {
  if (fd_ < 0 || closed_) return;
  const std::string packet = EncodeMessage(message);
  if (::send(fd_, packet.data(), packet.size(), MSG_NOSIGNAL) < 0 &&
      (errno == EPIPE || errno == ECONNRESET)) {
    closed_ = true;
  }
}

std::optional<Message> WorkerChannel::Receive(std::chrono::milliseconds wait) {
  pollfd waiting{fd_, POLLIN, 0};
  const auto timeout = static_cast<int>(std::clamp<int64_t>(wait.count(), 0, 3'600'000));
  if (::poll(&waiting, fd_ < 0 || closed_ ? 0 : 1, timeout) <= 0) return std::nullopt;
  std::string packet(kMaxMessage, '\0');
  const ssize_t size = ::recv(fd_, packet.data(), packet.size(), 0);
  if (size <= 0) {
    closed_ = size == 0 || (errno != EINTR && errno != EAGAIN);
    return std::nullopt;
  }
  packet.resize(static_cast<size_t>(size));
  auto message = DecodeMessage(packet);
  if (!message) return std::nullopt;
  return std::move(*message);
}

}  // namespace slipway
