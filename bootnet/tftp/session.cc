#include "bootnet/tftp/session.h"

#include <array>
#include <cerrno>
#include <cstring>

namespace slipway::tftp {

Session::Session(boost::asio::io_context& io, std::shared_ptr<Services> services, SessionParts parts)
    : services_(std::move(services)),
      parts_(std::move(parts)),
      io_(io),
      timer_(io),
      transfer_(parts_.terms, parts_.size) {
  if (parts_.terms.oack) oack_ = *parts_.terms.oack;
}

Result<void> Session::Start(std::function<void()> on_end) {
  DatagramPlace place;
  place.address = parts_.local;
  place.setting = "the range of local ports";
  auto socket = DatagramSocket::Open(io_, place);
  if (!socket) return tl::make_unexpected(socket.error());
  socket_ = std::move(*socket);
  on_end_ = std::move(on_end);
  socket_->Receive([weak = weak_from_this()](const Datagram& datagram) {
    if (const auto self = weak.lock()) self->OnDatagram(datagram);
  });
  services_->tftp_transfers.fetch_add(1, std::memory_order_relaxed);
  Do(transfer_.Start(Services::NowMs()));
  return {};
}

void Session::Stop() { End(Outcome::kFailed, "Stopped", "the server stopped"); }

void Session::OnDuplicateRequest() { Do(transfer_.OnDuplicateRequest(Services::NowMs())); }

void Session::OnDatagram(const Datagram& datagram) {
  if (life_ == Life::kEnded) return;
  if (datagram.source != parts_.client.address || datagram.source_port != parts_.peer_port) {
    socket_->Send(EncodeError(ErrorCode::kUnknownTransfer, "unknown transfer"), datagram.source,
                  datagram.source_port, parts_.local);
    return;
  }
  const ClientPacket packet = ParseClientPacket(datagram.bytes);
  const Step step = transfer_.OnPacket(packet, Services::NowMs());
  if (transfer_.state() == Transfer::State::kAborted) {
    // Firmware ends its probe for the size this way; it comes back for the file.
    End(Outcome::kAnswered, "ClientAborted", "the client ended it: " + std::string(packet.message));
    return;
  }
  Do(step);
}

void Session::Do(const Step& step) {
  if (life_ == Life::kEnded) return;
  switch (step.send) {
    case Step::Send::kNothing:
      break;
    case Step::Send::kOack:
      Send(oack_);
      break;
    case Step::Send::kData:
      if (SendBlocks(step.first_block, step.block_count) == Sending::kBroken) return;
      break;
    case Step::Send::kGiveUp:
      Send(EncodeError(ErrorCode::kUndefined, "timed out"));
      End(Outcome::kFailed, "TimedOut",
          HasProgress() ? "the client stopped answering" : "nothing came back from the client");
      return;
  }
  if (transfer_.state() == Transfer::State::kDone) {
    if (!parts_.program.empty()) services_->NoteProgram(parts_.client, parts_.program);
    End(parts_.event.outcome, parts_.event.reason, parts_.event.message);
    return;
  }
  ArmTimer(step.deadline_ms);
}

Session::Sending Session::SendBlocks(uint64_t first, uint32_t count) {
  if (!file_.valid()) {
    Result<UniqueFd> opened = parts_.opener();
    if (!opened) {
      Send(EncodeError(ErrorCode::kUndefined, "the file cannot be read"));
      End(Outcome::kFailed, "FileUnreadable", opened.error().message);
      return Sending::kBroken;
    }
    file_ = std::move(*opened);
  }
  std::array<uint8_t, 65536> packet;
  for (uint64_t block = first; block < first + count; ++block) {
    const uint32_t length = transfer_.BlockLength(block);
    const auto offset = static_cast<off_t>((block - 1) * parts_.terms.block_size);
    size_t have = 0;
    while (have < length) {
      const ssize_t n = ::pread(file_.get(), packet.data() + kHeaderSize + have, length - have,
                                offset + static_cast<off_t>(have));
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) {
        Send(EncodeError(ErrorCode::kUndefined, "the file cannot be read"));
        End(Outcome::kFailed, "FileUnreadable", n < 0 ? std::strerror(errno) : "the file became shorter");
        return Sending::kBroken;
      }
      have += static_cast<size_t>(n);
    }
    PutHeader(packet, Opcode::kData, static_cast<uint16_t>(block));
    Send(std::span<const uint8_t>(packet).first(kHeaderSize + length));
  }
  return Sending::kGood;
}

void Session::Send(std::span<const uint8_t> bytes) {
  // What the kernel drops is lost like any packet: the timer repeats it.
  socket_->Send(bytes, parts_.client.address, parts_.peer_port, parts_.local);
}

void Session::ArmTimer(int64_t deadline_ms) {
  const auto wait = std::chrono::milliseconds(std::max<int64_t>(deadline_ms - Services::NowMs(), 0));
  timer_.expires_after(wait);
  timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (!error && self) self->Do(self->transfer_.OnTimer(Services::NowMs()));
  });
}

void Session::End(Outcome outcome, std::string reason, std::string message) {
  if (life_ == Life::kEnded) return;
  life_ = Life::kEnded;
  timer_.cancel();
  if (socket_) socket_->Close();
  file_ = UniqueFd();
  services_->tftp_transfers.fetch_sub(1, std::memory_order_relaxed);
  BootEvent event = std::move(parts_.event);
  event.outcome = outcome;
  event.reason = std::move(reason);
  event.message = std::move(message);
  event.bytes = transfer_.bytes_acknowledged();
  services_->Report(std::move(event));
  if (on_end_) boost::asio::post(io_, std::exchange(on_end_, nullptr));
}

}  // namespace slipway::tftp
