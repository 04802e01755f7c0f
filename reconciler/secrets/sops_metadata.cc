#include "reconciler/secrets/sops_metadata.h"

#include <array>
#include <utility>

#include "reconciler/secrets/go_scalar.h"
#include "schema/fleet/codes.h"

namespace slipway::secrets {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kServices = {{
    {"pgp", "PGP"},
    {"kms", "AWS KMS"},
    {"gcp_kms", "Google Cloud KMS"},
    {"azure_kv", "Azure Key Vault"},
    {"hc_vault", "HashiCorp Vault"},
    {"hckms", "Huawei Cloud KMS"},
}};

class Reader {
 public:
  Reader(const yaml::Value& sops, std::string_view file, Diagnostics& problems)
      : sops_(sops), file_(file), problems_(problems) {
    metadata_.mark = sops.mark();
  }

  std::optional<SopsMetadata> Read() {
    if (!ReadKeys() || !ReadRule() || !ReadMac()) return std::nullopt;
    return std::move(metadata_);
  }

 private:
  bool Refuse(Mark mark, int code, std::string message, std::string fix) {
    problems_.push_back(
        {std::string(file_), mark, code, Severity::kError, std::move(message), std::move(fix)});
    return false;
  }
  bool Malformed(Mark mark, std::string message) {
    return Refuse(mark, code::kSopsMetadata, std::move(message),
                  "restore the file from Git and edit it with `sops` only");
  }

  /// A number counts as its digits: SOPS is as lenient.
  static std::string TextOf(const yaml::Value* value) {
    const yaml::Integer* number = value == nullptr ? nullptr : value->AsInteger();
    if (number != nullptr) return std::to_string(number->value);
    const std::string* text = value == nullptr ? nullptr : value->AsString();
    return text == nullptr ? "" : *text;
  }

  static bool IsSet(const yaml::Value* list) {
    return list != nullptr && list->AsSequence() != nullptr && !list->AsSequence()->empty();
  }

  bool ReadKeys() {
    const yaml::Value* group = &sops_;
    const yaml::Value* groups = sops_.Find("key_groups");
    if (IsSet(groups)) {
      if (groups->AsSequence()->size() > 1) {
        return Refuse(groups->mark(), code::kSecretsUnsupported,
                      "the data key is split over several key groups (Shamir), which Slipway cannot join",
                      "encrypt the file with one key group: `sops updatekeys` after changing .sops.yaml");
      }
      group = &groups->AsSequence()->front();
    }
    for (const auto& [key, name] : kServices) {
      if (IsSet(group->Find(key))) metadata_.other_services.push_back(name);
    }
    const yaml::Value* age = group->Find("age");
    if (!IsSet(age)) return true;
    for (const yaml::Value& entry : *age->AsSequence()) {
      SopsAgeKey key{TextOf(entry.Find("recipient")), TextOf(entry.Find("enc")), entry.mark()};
      if (key.enc.empty())
        return Malformed(entry.mark(), "an entry of `sops.age` holds no encrypted data key");
      metadata_.age.push_back(std::move(key));
    }
    return true;
  }

  bool ReadRule() {
    for (const char* key : {"unencrypted_comment_regex", "encrypted_comment_regex"}) {
      const yaml::Value* rule = sops_.Find(key);
      if (TextOf(rule).empty()) continue;
      return Refuse(rule->mark(), code::kSecretsUnsupported,
                    std::string("`sops.") + key +
                        "` chooses values by the comments before them, which Slipway does not read",
                    "use encrypted_regex or encrypted_suffix in .sops.yaml and encrypt the file again");
    }
    using Kind = SopsRule::Kind;
    constexpr std::array<std::pair<const char*, Kind>, 4> kRules = {{
        {"unencrypted_suffix", Kind::kUnencryptedSuffix},
        {"encrypted_suffix", Kind::kEncryptedSuffix},
        {"unencrypted_regex", Kind::kUnencryptedRegex},
        {"encrypted_regex", Kind::kEncryptedRegex},
    }};
    bool found = false;
    for (const auto& [key, kind] : kRules) {
      const yaml::Value* rule = sops_.Find(key);
      std::string text = TextOf(rule);
      if (text.empty()) continue;
      if (std::exchange(found, true))
        return Malformed(rule->mark(),
                         "several rules say which values are encrypted; SOPS writes at most one");
      metadata_.rule = {kind, std::move(text), rule->mark()};
    }
    return true;
  }

  bool ReadMac() {
    const yaml::Value* only = sops_.Find("mac_only_encrypted");
    if (only != nullptr) {
      const bool* flag = only->AsBool();
      const std::string word = TextOf(only);
      if ((flag != nullptr && *flag) || word == "true" || word == "True" || word == "TRUE" || word == "1")
        metadata_.mac_over = SopsMetadata::MacOver::kEncrypted;
    }
    const yaml::Value* modified = sops_.Find("lastmodified");
    const auto time = NormaliseTime(TextOf(modified), TimeForm::kRfc3339, Fraction::kDrop);
    if (!time) {
      return Malformed(modified == nullptr ? sops_.mark() : modified->mark(),
                       "`sops.lastmodified` is missing or no time, so the MAC cannot be checked");
    }
    metadata_.last_modified = *time;
    const yaml::Value* mac = sops_.Find("mac");
    metadata_.mac = TextOf(mac);
    metadata_.mac_mark = mac == nullptr ? sops_.mark() : mac->mark();
    if (metadata_.mac.empty()) {
      return Refuse(metadata_.mac_mark, code::kSopsMac,
                    "`sops.mac` is missing or empty: nothing says that the file is what its author wrote",
                    "restore the file from Git and edit it with `sops` only");
    }
    return true;
  }

  const yaml::Value& sops_;
  std::string_view file_;
  Diagnostics& problems_;
  SopsMetadata metadata_;
};

}  // namespace

std::optional<SopsMetadata> ReadSopsMetadata(const yaml::Value& sops, std::string_view file,
                                             Diagnostics& problems) {
  return Reader(sops, file, problems).Read();
}

}  // namespace slipway::secrets
