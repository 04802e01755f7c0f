// Any bytes as a commit, a tag, a file of keys, or the words of ssh-keygen and gpgv: reading ends, loses no
// byte of what was signed, and finds good only what says so.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "reconciler/trust/accept_tag.h"
#include "reconciler/trust/keys.h"
#include "reconciler/trust/signed_object.h"
#include "reconciler/trust/words.h"
#include "schema/fleet/key_file.h"
#include "schema/fleet/krl.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace slipway;
  using namespace slipway::trust;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const SignedObject commit = SplitCommit(bytes);
  if (commit.kind == SignatureKind::kNone && commit.payload != bytes) std::abort();
  if (commit.payload.size() + commit.signature.size() > bytes.size()) std::abort();
  const SignedObject tag = SplitTag(bytes);
  if (tag.payload + tag.signature != bytes) std::abort();
  const TagHead head = ReadTagHead(bytes);
  if (Accepts(head, head.object, head.object) && !head.name.starts_with("slipway/accept-")) std::abort();
  for (const KeyFile kind : {KeyFile::kAllowedSigners, KeyFile::kRevokedKeys, KeyFile::kPgpKeys}) {
    (void)FindKeyFileProblem(kind, bytes);
  }
  const auto keys = DearmorKeys(bytes);
  if (keys && !keys->empty() && bytes.find("BEGIN PGP PUBLIC KEY BLOCK") == std::string_view::npos)
    std::abort();
  const auto revoked = RevocationFiles(AsText(std::string(bytes)));
  if (IsKrl(bytes) && (!revoked || revoked->size() != 1 || revoked->front() != bytes)) std::abort();
  if (!KrlProblem(bytes).empty() && FindKeyFileProblem(KeyFile::kRevokedKeys, bytes) == std::nullopt &&
      IsKrl(bytes))
    std::abort();
  if (ReadSshGood(bytes).good() && !bytes.starts_with("Good \"git\" signature ")) std::abort();
  if (ReadGpgvStatus(bytes).good() && bytes.find("[GNUPG:] GOODSIG ") == std::string_view::npos) std::abort();
  (void)ReadSshRefusal(bytes, Finding::kDamaged);
  return ReadPrincipals(bytes).size() > 16 ? -1 : 0;
}
