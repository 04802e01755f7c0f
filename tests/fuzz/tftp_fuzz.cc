// A list of datagrams, each behind its length (two bytes) and the time that passes before it (one byte, in 50
// ms): a request, then whatever a client may send into the transfer.
#include <span>

#include "bootnet/catalog/request_path.h"
#include "bootnet/tftp/negotiate.h"
#include "bootnet/tftp/netascii.h"
#include "bootnet/tftp/packet.h"
#include "bootnet/tftp/transfer.h"
#include "tests/fuzz/bootnet_site.h"

namespace slipway::tftp {
namespace {

using fuzz::Expect;

struct Datagram {
  std::span<const uint8_t> bytes;
  int64_t after_ms = 0;
};

/// Takes the next one off the front; the last may be shorter than its length says.
Datagram Take(std::span<const uint8_t>& rest) {
  if (rest.size() < 3) {
    rest = {};
    return {};
  }
  const size_t length = std::min<size_t>(rest[0] * 256U + rest[1], rest.size() - 3);
  const Datagram datagram{rest.subspan(3, length), rest[2] * 50};
  rest = rest.subspan(3 + length);
  return datagram;
}

void Check(const Step& step, const Transfer& transfer, const Terms& terms) {
  if (step.send != Step::Send::kData) return;
  Expect(step.first_block >= 1 && step.block_count >= 1 && step.block_count <= terms.window_size);
  Expect(step.first_block + step.block_count - 1 <= transfer.blocks_total());
  for (uint64_t block = step.first_block; block < step.first_block + step.block_count; ++block) {
    Expect(transfer.BlockLength(block) <= terms.block_size);
  }
}

void Run(std::span<const uint8_t> rest) {
  const Datagram first = Take(rest);
  const auto request = ParseReadRequest(first.bytes);
  if (!request) return;
  (void)NormalizeRequestPath(request->file, PathDialect::kTftp);
  const uint64_t size = uint64_t{first.bytes.size()} * 1000;
  const Terms terms = Negotiate(*request, size, Limits{});
  Expect(terms.block_size >= 8 && terms.block_size <= 1468 && terms.window_size >= 1 &&
         terms.window_size <= 64);
  Transfer transfer(terms, size);
  int64_t now = 0;
  Step step = transfer.Start(now);
  Check(step, transfer, terms);
  while (!rest.empty() && !transfer.IsOver()) {
    const Datagram datagram = Take(rest);
    now += datagram.after_ms;
    if (now >= step.deadline_ms) {
      step = transfer.OnTimer(now);
      Check(step, transfer, terms);
    }
    step = datagram.bytes.empty() ? transfer.OnDuplicateRequest(now)
                                  : transfer.OnPacket(ParseClientPacket(datagram.bytes), now);
    Check(step, transfer, terms);
    Expect(transfer.bytes_acknowledged() <= size);
  }
  // Left alone, every transfer ends.
  for (int i = 0; i < 200 && !transfer.IsOver(); ++i) {
    now = std::max(now, step.deadline_ms);
    step = transfer.OnTimer(now);
    Check(step, transfer, terms);
  }
  Expect(transfer.IsOver());
}

/// What every client does with netascii must give the bytes back.
void CheckNetascii(std::string_view bytes) {
  const std::string wire = ToNetascii(bytes);
  std::string back;
  for (size_t i = 0; i < wire.size(); ++i) {
    Expect(wire[i] != '\n');
    if (wire[i] != '\r') {
      back += wire[i];
      continue;
    }
    Expect(++i < wire.size() && (wire[i] == '\n' || wire[i] == '\0'));
    back += wire[i] == '\n' ? '\n' : '\r';
  }
  Expect(back == bytes);
}

}  // namespace
}  // namespace slipway::tftp

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  slipway::tftp::Run({data, size});
  slipway::tftp::CheckNetascii({reinterpret_cast<const char*>(data), size});
  return 0;
}
