#include "reconciler/daemon/operators.h"

#include <spdlog/spdlog.h>

#include <boost/asio/post.hpp>

#include "reconciler/daemon/forge_worker.h"

namespace slipway {
namespace {

namespace asio = boost::asio;

constexpr char kForgeToken = 'f';  ///< begins the tokens of what the forge's process answers

}  // namespace

void Operators::Handle(OperatorRequest request, OperatorSocket::Answer answer) {
  spdlog::info("operator.request verb={} argument={} by={}", request.verb, request.argument, request.by);
  if (request.verb == "status") {
    asio::post(loader_, [this, answer = std::move(answer)] {
      std::string json = StatusJson(serving_.View());
      asio::post(io_, [answer, json = std::move(json)]() mutable { answer({true, std::move(json)}); });
    });
  } else if (request.verb == "block" || request.verb == "unblock") {
    AnswerBlock(request, answer);
  } else if (request.verb == "sync" || request.verb == "rollback" || request.verb == "suspend" ||
             request.verb == "resume" || request.verb == "accept") {
    if (request.verb == "sync") forge_.Look(request.by);
    Forward(request, std::move(answer));
  } else if (request.verb == "propose") {
    AnswerPropose(request, std::move(answer));
  } else {
    answer({false, "unknown request '" + request.verb + "'"});
  }
}

void Operators::AnswerBlock(const OperatorRequest& request, const OperatorSocket::Answer& answer) {
  const auto mac = Mac::Parse(request.argument);
  if (!mac)
    return answer(
        {false, "'" + request.argument + "' is not a MAC address; write it like 6c:4b:90:8b:a1:6d"});
  const bool block = request.verb == "block";
  const auto done = block ? serving_.Block(*mac) : serving_.Unblock(*mac);
  if (!done) return answer({false, done.error().message});
  answer({true, block ? mac->ToColons() + " gets nothing from now on; `slipway block --remove " +
                            mac->ToColons() +
                            "` undoes it. To withdraw its approval for good, remove its Node in Git."
                      : mac->ToColons() + " is no longer blocked: Git decides again"});
}

/// Without a forge the Node itself is the answer: it can be committed by hand.
void Operators::AnswerPropose(const OperatorRequest& request, OperatorSocket::Answer answer) {
  auto asked = DecodeProposeRequest(request.argument);
  if (!asked) return answer({false, asked.error().message});
  const Mac mac = asked->facts.macs.front();
  const auto catalog = serving_.catalog();
  if (catalog && catalog->FindMac(mac) != nullptr)
    return answer({false, mac.ToColons() + " is approved already: node " + catalog->FindMac(mac)->node});
  if (const auto facts = forge_.FactsOf(mac)) asked->facts = *facts;
  const std::string token = kForgeToken + std::to_string(next_token_++);
  if (forge_.Propose(token, EncodeProposeRequest(*asked))) {
    waiting_[token] = std::move(answer);
    return;
  }
  StatusView view;
  forge_.Fill(view);
  const auto node = MakeNewNode(view.pattern, asked->facts, asked->wishes, {});
  if (!node) return answer({false, node.error().message});
  answer({false, "no forge is configured (forge.kind); commit this as " + node->path + ":\n" + node->text});
}

void Operators::Forward(const OperatorRequest& request, OperatorSocket::Answer answer) {
  Message message;
  message.verb = request.verb;
  message.token = std::to_string(next_token_++);
  message.argument = request.argument;
  message.include_withdrawn = request.include_withdrawn;
  message.for_seconds = request.for_seconds;
  message.by = request.by;
  waiting_[message.token] = std::move(answer);
  supervisor_.Send(message);
}

void Operators::OnDone(const Message& done) {
  const auto found = waiting_.find(done.token);
  if (found == waiting_.end()) return;
  OperatorSocket::Answer answer = std::move(found->second);
  waiting_.erase(found);
  asio::post(loader_, [this, answer = std::move(answer), done] {
    const auto reloaded = serving_.Reload();
    OperatorReply reply{done.ok, done.argument};
    if (!reloaded) reply = {false, "published, but not live yet: " + reloaded.error().message};
    asio::post(io_, [answer, reply = std::move(reply)] { answer(reply); });
  });
}

void Operators::OnGone(Child child, const std::string& trouble) {
  std::erase_if(waiting_, [&](auto& waiting) {
    if (waiting.first.starts_with(kForgeToken) != (child == Child::kForge)) return false;
    waiting.second({false, trouble});
    return true;
  });
}

}  // namespace slipway
