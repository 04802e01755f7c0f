// Answers of a forge, and the files that what was made of them is kept in: what is accepted survives a round
// trip.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "reconciler/forge/api.h"
#include "reconciler/forge/verdict.h"
#include "schema/contract/forge_status.h"
#include "schema/contract/new_node.h"

namespace {

using namespace slipway;

void Expect(bool holds) {
  if (!holds) std::abort();
}

void Answers(std::string_view text) {
  for (const forge::Kind kind : {forge::Kind::kGitHub, forge::Kind::kGitLab, forge::Kind::kGitea}) {
    const auto api = forge::MakeApi(kind, "o/r");
    if (const auto pulls = api->ReadPulls(text)) {
      for (const forge::Pull& pull : *pulls) Expect(pull.number > 0);
    }
    if (const auto pull = api->ReadPull(text)) Expect(pull->number > 0);
    if (const auto comment = api->ReadComment(text)) Expect(comment->id > 0);
    (void)api->ReadComments(text);
  }
  for (const int status : {200, 301, 400, 403, 409, 422, 429, 503}) {
    const std::string field(text.substr(0, 64));
    const forge::Verdict verdict =
        forge::Judge({forge::Method::kPost, "/", "{}", "asking"},
                     {status, "", std::string(text), field, "0", field, field, field}, 1'000);
    Expect(verdict.not_before <= 4'600);
    Expect(verdict.message.find('\n') == std::string::npos);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Answers(text);
  if (const auto status = DecodeForgeStatus(text))
    Expect(DecodeForgeStatus(EncodeForgeStatus(*status)).has_value());
  Sightings sightings(8);
  if (sightings.Decode(text)) {
    Sightings again(8);
    Expect(again.Decode(sightings.Encode()).has_value() && again.list().size() == sightings.list().size());
  }
  if (const auto pattern = DecodePattern(text)) {
    MachineFacts facts;
    facts.macs = {Mac{{2, 0, 0, 0, 0, 1}}};
    facts.serial = std::string(text);
    (void)MakeNewNode(*pattern, facts, {}, {});
  }
  return 0;
}
