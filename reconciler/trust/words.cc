#include "reconciler/trust/words.h"

#include <map>

#include "schema/fleet/utf8.h"

namespace slipway::trust {
namespace {

std::string_view TakeLine(std::string_view& text) {
  const size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

std::vector<std::string_view> Words(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    const size_t space = line.find(' ');
    if (space != 0) words.push_back(line.substr(0, space));
    line.remove_prefix(space == std::string_view::npos ? line.size() : space + 1);
  }
  return words;
}

bool Has(std::string_view text, std::string_view words) { return text.find(words) != std::string_view::npos; }

/// What gpgv said of the one signature it was given.
struct GpgvWords {
  std::map<std::string, int, std::less<>> count;
  std::string user;         ///< of GOODSIG
  std::string fingerprint;  ///< of the primary key
  std::string key_id;       ///< of whatever line names one
  std::string error;        ///< the reason in ERRSIG
  bool binary = false;      ///< the signature's class is 00

  void Read(std::string_view line) {
    constexpr std::string_view kPrefix = "[GNUPG:] ";
    if (!line.starts_with(kPrefix)) return;
    line.remove_prefix(kPrefix.size());
    const std::vector<std::string_view> words = Words(line);
    if (words.empty()) return;
    ++count[std::string(words[0])];
    const bool about = words[0].ends_with("SIG") && words[0] != "NEWSIG" && words[0] != "VALIDSIG";
    if ((about || words[0] == "NO_PUBKEY") && words.size() > 1) key_id = words[1];
    if (words[0] == "GOODSIG" && words.size() > 2) {
      user = line.substr(static_cast<size_t>(words[2].data() - line.data()));
    }
    if (words[0] == "VALIDSIG" && words.size() == 11) {
      binary = words[9] == "00";
      fingerprint = words[10];
    }
    if (words[0] == "ERRSIG" && words.size() > 6) error = words[6];
  }

  int Of(std::string_view word) const {
    const auto found = count.find(word);
    return found == count.end() ? 0 : found->second;
  }
};

}  // namespace

Verdict ReadSshGood(std::string_view out) {
  constexpr std::string_view kBegin = "Good \"git\" signature ";
  const std::string_view line = TakeLine(out);
  const size_t with = line.rfind(" with ");
  const size_t key = line.rfind(" key ");
  if (!line.starts_with(kBegin) || with == std::string_view::npos || key == std::string_view::npos ||
      key < with) {
    return {Finding::kDamaged, "", ""};
  }
  Verdict verdict{Finding::kGood, "", ForDisplay(line.substr(key + 5))};
  constexpr std::string_view kFor = "Good \"git\" signature for ";
  std::string who;
  if (line.starts_with(kFor) && with > kFor.size()) {
    who = ForDisplay(line.substr(kFor.size(), with - kFor.size()), 200) + ", ";
  }
  verdict.signer = who + ForDisplay(line.substr(with + 6, key - with - 6)) + " key " + verdict.key;
  return verdict;
}

Finding ReadSshRefusal(std::string_view err, Finding otherwise) {
  if (Has(err, "namespace does not match") || Has(err, "not permitted for use in signature namespace") ||
      Has(err, "namespace mismatch")) {
    return Finding::kNamespace;
  }
  if (Has(err, "has expired") || Has(err, "not yet valid") || Has(err, "Certificate invalid: expired")) {
    return Finding::kExpired;
  }
  if (Has(err, "revoked")) return Finding::kRevoked;
  if (Has(err, "incorrect signature") || Has(err, "invalid format")) return Finding::kDamaged;
  return otherwise;
}

std::vector<std::string> ReadPrincipals(std::string_view out) {
  std::vector<std::string> principals;
  while (!out.empty() && principals.size() < 16) {
    const std::string_view line = TakeLine(out);
    if (!line.empty()) principals.emplace_back(line);
  }
  return principals;
}

Verdict ReadGpgvStatus(std::string_view status) {
  GpgvWords said;
  while (!status.empty()) said.Read(TakeLine(status));
  Verdict verdict;
  verdict.key = ForDisplay(said.fingerprint.empty() ? said.key_id : said.fingerprint);
  const int bad =
      said.Of("BADSIG") + said.Of("ERRSIG") + said.Of("EXPSIG") + said.Of("EXPKEYSIG") + said.Of("REVKEYSIG");
  const bool one = said.Of("NEWSIG") == 1 && said.Of("GOODSIG") == 1 && said.Of("VALIDSIG") == 1;
  if (one && bad == 0 && said.binary && !said.fingerprint.empty()) {
    verdict.finding = Finding::kGood;
    verdict.signer = ForDisplay(said.user, 200) + ", OpenPGP key " + verdict.key;
  } else if (said.Of("REVKEYSIG") > 0) {
    verdict.finding = Finding::kRevoked;
  } else if (said.Of("EXPKEYSIG") + said.Of("EXPSIG") > 0) {
    verdict.finding = Finding::kExpired;
  } else if (said.Of("NO_PUBKEY") > 0) {
    verdict.finding = Finding::kUnknownKey;
  } else if (said.Of("ERRSIG") > 0 && said.error == "4") {
    verdict.finding = Finding::kUnsupported;
  } else {
    verdict.finding = Finding::kDamaged;
  }
  return verdict;
}

}  // namespace slipway::trust
