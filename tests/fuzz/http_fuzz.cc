// The bytes of one connection: heads are parsed, paths looked up for a stranger, and answers planned.
#include <string_view>

#include "bootnet/catalog/request_path.h"
#include "bootnet/http/identity.h"
#include "bootnet/http/plan.h"
#include "bootnet/http/request_head.h"
#include "bootnet/http/waiting.h"
#include "tests/fuzz/bootnet_site.h"

namespace slipway::http {
namespace {

using fuzz::Expect;

void CheckPlan(const ResponsePlan& plan, uint64_t size) {
  Expect(plan.head.starts_with("HTTP/1.1 ") && plan.head.ends_with("\r\n\r\n"));
  Expect(plan.head.find("\r\n\r\n") == plan.head.size() - 4);
  Expect(plan.head.find("\r\nContent-Length: ") != std::string::npos);
  Expect(plan.file_offset <= size && plan.file_length <= size - plan.file_offset);
}

void Answer(const RequestHead& head, const Snapshot& snapshot) {
  BootEvent event;
  ReadIdentity(head.target, event);
  Expect(event.serial.size() <= kMaxFact && event.uuid.size() <= kMaxFact &&
         event.product.size() <= 2 * kMaxFact + 1);
  if (const auto facts = ReadFacts(head.target, fuzz::kStranger)) {
    Expect(!facts->macs.empty() && facts->macs.size() <= kMostMacs && facts->asset.size() <= kMaxFact);
    const std::string script =
        WaitingScript({"http://a", *facts, facts->product, "", ReadTries(head.target)});
    Expect(script.find("${") == std::string::npos && script.find("&&") == std::string::npos);
    Expect(script.find("\nchain") == script.rfind("\nchain"));
  }
  CheckPlan(PlanFile(head, {Sha256{}.ToHex(), 12'345, "vmlinuz"}), 12'345);
  CheckPlan(PlanFile(head, {Sha256{}.ToHex(), 0, "empty"}), 0);
  const auto path = NormalizeRequestPath(head.target, PathDialect::kHttp);
  if (!path) return;
  Expect(!path->empty() && path->size() <= kMaxRequestPath && path->front() != '/');
  Expect(("/" + *path + "/").find("/../") == std::string::npos);
  const Client stranger{Door::kHttp, ClientOrigin::kPeer, fuzz::kStranger, Ipv4{0xc0000232}};
  const Decision decision = Decide(stranger, std::string_view(*path), snapshot);
  CheckPlan(PlanError(head, decision.outcome == Outcome::kAnswered ? 500 : StatusOf(decision),
                      ToString(decision.reason), decision.message),
            0);
  if (const auto* item = std::get_if<Catalog::Item>(&decision.what)) {
    Expect(item->file->kind == FileKind::kEntryScript);
  }
}

}  // namespace
}  // namespace slipway::http

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace slipway;
  static const Snapshot kSite = fuzz::MakeSite(UnknownAction::kReport);
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  for (int i = 0; i < 16; ++i) {
    http::RequestHead head;
    const http::HeadResult result = http::ParseRequestHead(rest, head);
    if (result.status != http::HeadStatus::kDone) break;
    fuzz::Expect(result.consumed > 0 && result.consumed <= rest.size());
    rest.remove_prefix(result.consumed);
    http::Answer(head, kSite);
  }
  return 0;
}
