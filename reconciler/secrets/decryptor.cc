#include "reconciler/secrets/decryptor.h"

#include "reconciler/secrets/age.h"
#include "reconciler/secrets/sops.h"
#include "reconciler/secrets/sops_key.h"
#include "schema/fleet/encrypted_file.h"

namespace slipway::secrets {
namespace {

/// The YAML reader's messages may quote the text, which here is a secret: only what kind of problem it is may
/// be told.
void HideText(Diagnostics& problems) {
  for (Diagnostic& problem : problems) {
    problem.message = "in the decrypted text: " + std::string(CodeTitle(problem.code));
    problem.fix = "decrypt the file with `age -d`, correct this line of it, and encrypt it again";
  }
}

OpenedYaml ReadAge(std::string_view bytes, std::string_view path, const yaml::Limits& limits,
                   const Identities& identities) {
  OpenedYaml opened;
  opened.encryption = Encryption::kAge;
  const auto text = DecryptAge(bytes, identities);
  if (!text) {
    opened.stream.problems.push_back(DescribeAgeError(text.error(), "the file", path, {}, identities));
    return opened;
  }
  opened.stream = yaml::Read(AsText(*text), path, limits, yaml::Sources::kKeep);
  HideText(opened.stream.problems);
  for (yaml::Document& document : opened.stream.documents) {
    for (yaml::ScalarSource& source : document.sources) opened.secrets.push_back(std::move(source.text));
    document.sources = {};
  }
  return opened;
}

}  // namespace

Decryptor::Decryptor(Identities identities)
    : identities_(std::make_shared<const Identities>(std::move(identities))) {}

OpenedYaml Decryptor::Read(std::string_view bytes, std::string_view path, const yaml::Limits& limits) const {
  if (IsAgeFile(bytes)) return ReadAge(bytes, path, limits, *identities_);
  const bool may_be_sops = bytes.find("sops") != std::string_view::npos;
  OpenedYaml opened;
  opened.stream = yaml::Read(bytes, path, limits, may_be_sops ? yaml::Sources::kKeep : yaml::Sources::kDrop);
  if (!may_be_sops) return opened;
  if (!IsSops(opened.stream)) {
    for (yaml::Document& document : opened.stream.documents) document.sources = {};
    return opened;
  }
  opened.encryption = Encryption::kSops;
  if (opened.stream.problems.empty()) opened.secrets = DecryptSops(opened.stream, path, *identities_);
  return opened;
}

}  // namespace slipway::secrets
