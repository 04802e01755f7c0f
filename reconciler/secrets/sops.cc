#include "reconciler/secrets/sops.h"

#include <re2/re2.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include "reconciler/secrets/crypto.h"
#include "reconciler/secrets/go_scalar.h"
#include "reconciler/secrets/sops_key.h"
#include "reconciler/secrets/sops_metadata.h"
#include "reconciler/secrets/sops_value.h"
#include "schema/fleet/codes.h"
#include "schema/fleet/utf8.h"

namespace slipway::secrets {
namespace {

constexpr std::string_view kMetadataKey = "sops";
constexpr size_t kMostProblems = 10;

/// SHA-256 of "sops": keeps MACs over encrypted values alone apart from those over everything.
constexpr std::string_view kEncryptedOnlyStart =
    "\x8a\x3f\xd2\xad\x54\xce\x66\x52\x7b\x10\x34\xf3\xd1\x47\xbe\x0b"
    "\x0b\x97\x5b\x3b\xf4\x4f\x72\xc6\xfd\xad\xec\x81\x76\xf2\x7d\x69";

/// Says of a name on the way to a value whether the file's rule is about it.
class NameRule {
 public:
  explicit NameRule(const SopsRule& rule) : rule_(rule) {
    if (rule.kind != SopsRule::Kind::kEncryptedRegex && rule.kind != SopsRule::Kind::kUnencryptedRegex)
      return;
    re2::RE2::Options options;
    options.set_log_errors(false);
    regex_ = std::make_unique<re2::RE2>(rule.text, options);
  }
  bool IsSound() const { return regex_ == nullptr || regex_->ok(); }
  bool Hits(std::string_view name) const {
    if (regex_ != nullptr) return re2::RE2::PartialMatch({name.data(), name.size()}, *regex_);
    return name.ends_with(rule_.text);
  }
  /// Whether a value is encrypted, given that a name on the way to it was hit or that none was.
  bool Encrypts(bool hit) const {
    const bool names_the_encrypted =
        rule_.kind == SopsRule::Kind::kEncryptedRegex || rule_.kind == SopsRule::Kind::kEncryptedSuffix;
    return hit == names_the_encrypted;
  }

 private:
  const SopsRule& rule_;
  std::unique_ptr<re2::RE2> regex_;
};

/// How many scalars, nulls included, are in here.
size_t CountScalars(const yaml::Value& value) {
  size_t count = 0;
  if (const yaml::Mapping* mapping = value.AsMapping()) {
    for (const yaml::Entry& entry : *mapping) count += CountScalars(entry.value);
  } else if (const yaml::Sequence* sequence = value.AsSequence()) {
    for (const yaml::Value& item : *sequence) count += CountScalars(item);
  } else {
    count = 1;
  }
  return count;
}

/// Decrypts documents in order and feeds the MAC.
class Walk {
 public:
  Walk(const SopsMetadata& metadata, const NameRule& rule, ByteView key, std::string_view file,
       Diagnostics& problems)
      : metadata_(metadata), rule_(rule), key_(key), file_(file), problems_(problems) {
    if (metadata.mac_over == SopsMetadata::MacOver::kEncrypted) hash_.Add(kEncryptedOnlyStart);
  }

  void Document(yaml::Document& document) {
    sources_ = &document.sources;
    next_ = 0;
    for (yaml::Entry& entry : *document.root.AsMapping()) {
      if (entry.key == kMetadataKey) {
        next_ += CountScalars(entry.value);
      } else {
        Named(entry, false);
      }
    }
  }

  std::string Finish() { return hash_.FinishUpperHex(); }
  std::vector<std::string> TakeSecrets() { return std::move(secrets_); }

 private:
  void Named(yaml::Entry& entry, bool hit) {
    const size_t before = path_.size();
    path_ += entry.key;
    path_ += ':';
    Visit(entry.value, hit || rule_.Hits(entry.key));
    path_.resize(before);
  }

  void Visit(yaml::Value& value, bool hit) {
    if (yaml::Mapping* mapping = value.AsMapping()) {
      for (yaml::Entry& entry : *mapping) Named(entry, hit);
    } else if (yaml::Sequence* sequence = value.AsSequence()) {
      Items(*sequence, hit);
    } else if (Scalar(value, (*sources_)[next_++], rule_.Encrypts(hit)) == SopsValue::Kind::kComment) {
      Refuse(value.mark(), SopsValueError::kUnknownType);
    }
  }

  void Items(yaml::Sequence& sequence, bool hit) {
    size_t kept = 0;
    for (size_t i = 0; i < sequence.size(); ++i) {
      yaml::Value& item = sequence[i];
      const bool open = item.AsMapping() == nullptr && item.AsSequence() == nullptr;
      if (!open) {
        Visit(item, hit);
      } else if (Scalar(item, (*sources_)[next_++], rule_.Encrypts(hit)) == SopsValue::Kind::kComment) {
        continue;
      }
      if (kept != i) sequence[kept] = std::move(item);
      ++kept;
    }
    sequence.resize(kept);
  }

  SopsValue::Kind Scalar(yaml::Value& value, const yaml::ScalarSource& source, bool encrypted) {
    constexpr auto kValue = SopsValue::Kind::kValue;
    const GoScalar typed = TypeAsGo(source);
    if (typed.kind == GoScalar::Kind::kNull) return kValue;
    if (!encrypted) {
      if (metadata_.mac_over == SopsMetadata::MacOver::kAll) hash_.Add(typed.text);
      return kValue;
    }
    if (typed.kind != GoScalar::Kind::kString) return Refuse(value.mark(), SopsValueError::kNotEncrypted);
    if (typed.text.empty()) return kValue;
    auto decrypted = DecryptSopsValue(typed.text, key_, path_);
    if (!decrypted) return Refuse(value.mark(), decrypted.error());
    if (decrypted->kind == SopsValue::Kind::kComment) return decrypted->kind;
    hash_.Add(decrypted->hashed);
    secrets_.push_back(std::move(decrypted->hashed));
    const Mark mark = value.mark();
    value = std::move(decrypted->value);
    value.set_mark(mark);
    return kValue;
  }

  SopsValue::Kind Refuse(Mark mark, SopsValueError error) {
    if (problems_.size() < kMostProblems) problems_.push_back(Describe(mark, error));
    return SopsValue::Kind::kValue;
  }

  Diagnostic Describe(Mark mark, SopsValueError error) const {
    std::string_view path = path_;
    path.remove_suffix(1);
    std::string message = "the value at `" + ForDisplay(path, 100) + "` ";
    std::string fix = "restore the file from Git and edit it with `sops` only";
    switch (error) {
      case SopsValueError::kNotEncrypted:
        message += "is not encrypted, although the file's rule says so, or is damaged";
        break;
      case SopsValueError::kNotAuthentic:
        message += "was changed, or moved here from another place, after it was encrypted";
        break;
      case SopsValueError::kUnknownType:
        message += "is encrypted as a type that no SOPS file has as a value, or is damaged";
        break;
      case SopsValueError::kNotOfItsType:
        message += "does not fit the type it is marked with";
        break;
    }
    return {std::string(file_), mark,          code::kSecretsDamaged, Severity::kError,
            std::move(message), std::move(fix)};
  }

  const SopsMetadata& metadata_;
  const NameRule& rule_;
  ByteView key_;
  std::string_view file_;
  Diagnostics& problems_;
  Sha512Hasher hash_;
  std::string path_;
  std::vector<std::string> secrets_;  ///< of values that were encrypted
  const std::vector<yaml::ScalarSource>* sources_ = nullptr;
  size_t next_ = 0;
};

class File {
 public:
  File(yaml::Stream& stream, std::string_view file, const Identities& identities)
      : stream_(stream), file_(file), identities_(identities) {}

  std::vector<std::string> Decrypt() {
    if (!Open()) {
      stream_.documents.clear();
      return {};
    }
    for (yaml::Document& document : stream_.documents) {
      document.root.Erase(kMetadataKey);
      document.sources = {};
    }
    return std::move(secrets_);
  }

 private:
  bool Refuse(Mark mark, int code, std::string message, std::string fix) {
    stream_.problems.push_back(
        {std::string(file_), mark, code, Severity::kError, std::move(message), std::move(fix)});
    return false;
  }

  bool Open() {
    for (const yaml::Document& document : stream_.documents) {
      if (document.root.AsMapping() != nullptr) continue;
      return Refuse(
          document.mark, code::kSopsMetadata,
          "a file of SOPS holds mappings only, this document is a " + std::string(document.root.KindName()),
          "restore the file from Git and edit it with `sops` only");
    }
    const yaml::Value* sops = stream_.documents.front().root.Find(kMetadataKey);
    if (sops == nullptr || sops->AsMapping() == nullptr) {
      return Refuse(stream_.documents.front().mark, code::kSopsMetadata,
                    "the first document lacks the `sops` mapping that a later one has",
                    "restore the file from Git and edit it with `sops` only");
    }
    const auto metadata = ReadSopsMetadata(*sops, file_, stream_.problems);
    if (!metadata) return false;
    const NameRule rule(metadata->rule);
    if (!rule.IsSound()) {
      return Refuse(metadata->rule.mark, code::kSopsMetadata,
                    "the rule is no regular expression that RE2 and Go know", "correct it in .sops.yaml");
    }
    const auto key = FindDataKey(*metadata, file_, identities_, stream_.problems);
    return key && DecryptAll(*metadata, rule, *key);
  }

  bool DecryptAll(const SopsMetadata& metadata, const NameRule& rule, const SecretBytes& key) {
    Walk walk(metadata, rule, key, file_, stream_.problems);
    for (yaml::Document& document : stream_.documents) walk.Document(document);
    if (!stream_.problems.empty()) return false;
    const auto mac = DecryptSopsValue(metadata.mac, key, metadata.last_modified);
    if (!mac) {
      return Refuse(metadata.mac_mark, code::kSopsMac,
                    "`sops.mac` or `sops.lastmodified` was changed after the file was encrypted",
                    "restore the file from Git and edit it with `sops` only");
    }
    const std::string* wanted = mac->value.AsString();
    if (wanted == nullptr || !EqualInConstantTime(AsBytes(*wanted), AsBytes(walk.Finish()))) {
      return Refuse(
          metadata.mac_mark, code::kSopsMac,
          "the MAC does not fit the file: a value was changed, added, removed or moved without `sops`",
          "restore the file from Git and edit it with `sops` only; after a merge, take one side and "
          "make the other's change with `sops` again");
    }
    secrets_ = walk.TakeSecrets();
    return true;
  }

  yaml::Stream& stream_;
  std::string_view file_;
  const Identities& identities_;
  std::vector<std::string> secrets_;
};

}  // namespace

bool IsSops(const yaml::Stream& stream) {
  return std::any_of(stream.documents.begin(), stream.documents.end(), [](const yaml::Document& document) {
    const yaml::Value* sops = document.root.Find(kMetadataKey);
    return sops != nullptr && sops->AsMapping() != nullptr;
  });
}

std::vector<std::string> DecryptSops(yaml::Stream& stream, std::string_view file,
                                     const Identities& identities) {
  return File(stream, file, identities).Decrypt();
}

}  // namespace slipway::secrets
