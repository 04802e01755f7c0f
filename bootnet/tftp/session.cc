#include "bootnet/tftp/session.h"

namespace slipway::tftp {

Session::Session(std::shared_ptr<Services> services, std::shared_ptr<Socket> socket,
                 std::shared_ptr<ContentCache> contents, SessionParts parts)
    : services_(std::move(services)),
      socket_(std::move(socket)),
      contents_(std::move(contents)),
      parts_(std::move(parts)),
      transfer_(parts_.terms, parts_.size) {
  content_ = parts_.content;
  if (parts_.terms.oack) oack_ = *parts_.terms.oack;
}

void Session::Start() {
  services_->tftp_transfers.fetch_add(1, std::memory_order_relaxed);
  started_ms_ = Services::NowMs();
  Do(transfer_.Start(started_ms_));
}

void Session::Stop() { End(Outcome::kFailed, "Stopped", "the server stopped"); }

void Session::OnDuplicateRequest() { Do(transfer_.OnDuplicateRequest(Services::NowMs())); }

void Session::OnTimer() { Do(transfer_.OnTimer(Services::NowMs())); }

void Session::OnPacket(std::span<const uint8_t> bytes) {
  if (HasEnded()) return;
  const ClientPacket packet = ParseClientPacket(bytes);
  const Step step = transfer_.OnPacket(packet, Services::NowMs());
  if (transfer_.state() == Transfer::State::kAborted) {
    // Firmware ends its probe for the size this way; it comes back for the file.
    End(Outcome::kAnswered, "ClientAborted", "the client ended it: " + std::string(packet.message));
    return;
  }
  Do(step);
}

void Session::Do(const Step& step) {
  if (HasEnded()) return;
  switch (step.send) {
    case Step::Send::kNothing:
      break;
    case Step::Send::kOack:
      socket_->Send(oack_, parts_.peer);
      break;
    case Step::Send::kData:
      if (SendBlocks(step.first_block, step.block_count) == Sending::kBroken) return;
      break;
    case Step::Send::kGiveUp:
      socket_->Send(EncodeError(ErrorCode::kUndefined, "timed out"), parts_.peer);
      End(Outcome::kFailed, "TimedOut",
          HasProgress() ? "the client stopped answering" : "nothing came back from the client");
      return;
  }
  if (transfer_.state() == Transfer::State::kDone) {
    if (!parts_.program.empty()) services_->NoteProgram(parts_.client, parts_.program);
    End(parts_.event.outcome, parts_.event.reason, parts_.event.message);
    return;
  }
  deadline_ms_ = step.deadline_ms;
}

Session::Sending Session::SendBlocks(uint64_t first, uint32_t count) {
  if (!content_) {
    auto content = contents_->Get(parts_.digest, parts_.size, parts_.encoding, parts_.opener);
    if (!content) {
      Break(content.error().message);
      return Sending::kBroken;
    }
    content_ = std::move(*content);
  }
  const uint32_t block_size = parts_.terms.block_size;
  const std::span<const uint8_t> all = content_->bytes();
  const uint64_t from = std::min<uint64_t>((first - 1) * block_size, all.size());
  const uint64_t length = std::min<uint64_t>(uint64_t{count} * block_size, all.size() - from);
  const Burst burst{all.subspan(from, length), block_size, count, first};
  if (socket_->SendBurst(burst, parts_.peer) == Socket::Sent::kGood) return Sending::kGood;
  Break("the file became shorter");
  return Sending::kBroken;
}

void Session::Break(std::string message) {
  socket_->Send(EncodeError(ErrorCode::kUndefined, "the file cannot be read"), parts_.peer);
  End(Outcome::kFailed, "FileUnreadable", std::move(message));
}

void Session::End(Outcome outcome, std::string reason, std::string message) {
  if (HasEnded()) return;
  life_ = Life::kEnded;
  content_.reset();
  services_->tftp_transfers.fetch_sub(1, std::memory_order_relaxed);
  BootEvent event = std::move(parts_.event);
  event.outcome = outcome;
  event.reason = std::move(reason);
  event.message = std::move(message);
  event.bytes = transfer_.bytes_acknowledged();
  services_->Report(std::move(event));
}

}  // namespace slipway::tftp
