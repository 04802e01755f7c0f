#include "bootnet/http/answer.h"

#include <fcntl.h>

#include <cerrno>
#include <cstring>

#include "bootnet/catalog/cross_check.h"
#include "bootnet/catalog/request_path.h"
#include "bootnet/http/identity.h"
#include "bootnet/http/waiting.h"

namespace slipway::http {
namespace {

constexpr size_t kShownTarget = 256;    ///< bytes of a target that go into an event
constexpr int64_t kIdentityMs = 1'000;  ///< so long a connection's neighbour is believed to be the same

void Refuse(const RequestHead& head, int status, std::string_view reason, std::string message,
            Exchange& exchange) {
  RequestHead last = head;
  if (status != 405) last.connection = Connection::kClose;
  exchange.plan = PlanError(last, status, reason, message);
  exchange.event.reason = reason;
  exchange.event.message = std::move(message);
}

void Show(const RequestHead& head, std::string& text) {
  const std::string_view target(head.target);
  text = head.method == Method::kOther ? "other " : head.method == Method::kHead ? "HEAD " : "GET ";
  text += target.substr(0, std::min(target.find('?'), kShownTarget));
}

}  // namespace

std::string BusyResponse() {
  RequestHead nobody;
  nobody.method = Method::kGet;
  const ResponsePlan plan = PlanError(nobody, 503, "Busy", "too many connections at a time");
  return plan.head + plan.text;
}

Answerer::Answerer(std::shared_ptr<Services> services, std::shared_ptr<SmallFiles> small, Ipv4 peer)
    : services_(std::move(services)), small_(std::move(small)), peer_(peer) {}

Client Answerer::Who() {
  const int64_t now = Services::CoarseMs();
  if (!identity_ || now - identity_ms_ > kIdentityMs) {
    identity_ = services_->LookUp(peer_);
    identity_ms_ = now;
  }
  return services_->Describe(Door::kHttp, peer_, *identity_);
}

void Answerer::Answer(HeadStatus status, Exchange& exchange) {
  static const BootEvent kNothing;
  exchange.event = kNothing;  // a copy: it leaves the texts their memory
  exchange.file = {};
  exchange.small.reset();
  const RequestHead& head = exchange.head;
  exchange.event.door = Door::kHttp;
  exchange.event.address = peer_;
  exchange.event.outcome = Outcome::kRefused;
  if (status == HeadStatus::kBad) {
    Refuse(head, 400, "BadRequest", "not an HTTP/1.1 request", exchange);
  } else if (status == HeadStatus::kTooLarge) {
    Refuse(head, 431, "HeadTooLarge", "more than 8 KiB of request head", exchange);
  } else {
    Show(head, exchange.event.request);
    if (head.body == RequestHead::Body::kPresent) {
      Refuse(head, 413, "BodyNotAccepted", "requests have no body here", exchange);
    } else if (head.method == Method::kOther) {
      Refuse(head, 405, "MethodNotAllowed", "only GET and HEAD", exchange);
    } else {
      AnswerPath(head, exchange);
    }
  }
  exchange.event.answer = std::to_string(exchange.plan.status);
}

void Answerer::AnswerPath(const RequestHead& head, Exchange& exchange) {
  BootEvent& event = exchange.event;
  const auto path = NormalizeRequestPath(head.target, PathDialect::kHttp);
  if (!path) {
    event.reason = "BadPath";
    event.message = "a path that nobody honest asks for";
    exchange.plan = PlanError(head, 400, event.reason, event.message);
    return;
  }
  const Client client = Who();
  const Snapshot snapshot = services_->live.Get();
  const Decision decision = Decide(client, std::string_view(*path), snapshot);
  event.outcome = decision.outcome;
  event.reason = ToString(decision.reason);
  event.message = decision.message;
  event.mac = client.mac;
  event.served = head.method == Method::kGet ? decision.served : Served::kOther;
  if (event.served != Served::kOther && snapshot.catalog)
    event.revision = snapshot.catalog->revision().revision;
  if (decision.machine != nullptr) {
    event.node = decision.machine->node;
    // Behind a router its MAC is not seen; that it may have this file says which machine it is.
    if (!event.mac && client.origin == ClientOrigin::kPeer && event.served != Served::kOther)
      event.mac = decision.machine->mac;
  }
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
  if (std::holds_alternative<WaitingScreen>(decision.what))
    return AnswerUnknown(head, decision, snapshot, exchange);
  AnswerFile(head, decision, client, snapshot, exchange);
}

void Answerer::AnswerUnknown(const RequestHead& head, const Decision& decision, const Snapshot& snapshot,
                             Exchange& exchange) {
  ReadIdentity(head.target, exchange.event);
  Waiting waiting;
  waiting.base_url = snapshot.catalog->manifest().boot_server.ToString();
  waiting.tries = ReadTries(head.target);
  auto facts = ReadFacts(head.target, exchange.event.mac);
  if (facts) waiting.facts = *facts;
  for (const Mac& mac : waiting.facts.macs) {
    if (const BootEntry* entry = snapshot.catalog->FindMac(mac)) waiting.node = entry->node;
    if (!snapshot.ledger) continue;
    const auto line = snapshot.ledger->pulls.find(mac);
    if (line != snapshot.ledger->pulls.end()) waiting.pull = line->second;
  }
  // Where the network says that the card is unknown, its script is not for it, whatever it says of its other
  // cards.
  const bool known = decision.machine != nullptr || decision.reason != Reason::kUnknownMachine;
  if (known && !waiting.node.empty()) {
    waiting.then = Waiting::Then::kGoOn;
  } else if (facts && waiting.node.empty()) {
    exchange.event.facts = std::make_shared<const MachineFacts>(std::move(*facts));
  }
  exchange.plan = PlanText(head, WaitingScript(waiting));
}

Result<void> Answerer::OpenItem(const Snapshot& snapshot, const Catalog::Item& item, Exchange& exchange) {
  const FileEntry& file = *item.file;
  const bool small = file.size <= SmallFiles::kLargest;
  if (small && (exchange.small = small_->Find(file.digest))) return {};
  auto opened = snapshot.catalog->Open(item);
  if (!opened) return tl::make_unexpected(opened.error());
  if (!small) {
    exchange.file = std::move(*opened);
    return {};
  }
  exchange.small = small_->Read(file.digest, file.size, opened->get());
  if (!exchange.small) return Retry(file.path + " does not hold the bytes of its digest");
  return {};
}

void Answerer::AnswerFile(const RequestHead& head, const Decision& decision, const Client& client,
                          const Snapshot& snapshot, Exchange& exchange) {
  Result<void> opened = Bug("nothing to open");
  Body body;
  if (const auto* program = std::get_if<const BootFile*>(&decision.what)) {
    const BootFile& file = **program;
    body = {file.digest.ToHex(), file.size, file.name};
    exchange.file = UniqueFd(::fcntl(file.fd.get(), F_DUPFD_CLOEXEC, 0));
    opened = Result<void>();
    if (!exchange.file.valid()) opened = Retry("opening " + file.name + " again: " + std::strerror(errno));
    if (head.method == Method::kGet && head.range.empty()) services_->NoteProgram(client, file.name);
  } else if (const auto* item = std::get_if<Catalog::Item>(&decision.what)) {
    body = {item->file->digest.ToHex(), item->file->size, item->file->path};
    opened = OpenItem(snapshot, *item, exchange);
    services_->NoteScript(client);
    if (decision.served == Served::kConfig) exchange.event.digest = body.digest;
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
  exchange.plan = PlanFile(head, body);
}

}  // namespace slipway::http
