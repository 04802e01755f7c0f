#include "reconciler/plan/flatten.h"

#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <set>
#include <unordered_map>

#include "schema/fleet/forms.h"
#include "schema/fleet/yaml.h"

namespace slipway::plan {
namespace {

constexpr size_t kShownValue = 200;  ///< bytes

/// Whether the last key of a path names what must not be seen, wherever it stands.
bool IsSecretKey(std::string_view key) {
  const std::string lower = forms::ToLower(key);
  constexpr std::array<std::string_view, 5> kWhole = {"key", "auth", "psk", "crt-key", "identity"};
  if (std::find(kWhole.begin(), kWhole.end(), lower) != kWhole.end()) return true;
  constexpr std::array<std::string_view, 6> kParts = {"secret",     "token",      "password",
                                                      "passphrase", "privatekey", "presharedkey"};
  return std::any_of(kParts.begin(), kParts.end(),
                     [&lower](std::string_view part) { return lower.find(part) != lower.npos; });
}

std::string Digest(const std::string& key, const std::string& value) {
  std::array<unsigned char, 32> out{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(value.data()), value.size(), out.data(), &size);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (size_t i = 0; i < 4; ++i) {
    text += kDigits[out[i] >> 4U];
    text += kDigits[out[i] & 15U];
  }
  return "(secret " + text + ")";
}

class Flattener {
 public:
  Flattener(const SourceTable& sources, const Masking& masking, std::vector<Field>& fields)
      : sources_(sources), masking_(masking), fields_(fields) {}

  void Document(const yaml::Value& document) {
    const talos::DocumentId id = talos::IdOf(document);
    prefix_ = id.kind.empty() ? "" : id.kind + (id.name.empty() ? "" : "/" + id.name) + ':';
    Visit(document, "", "");
  }

 private:
  void Visit(const yaml::Value& value, const std::string& path, const std::string& key) {
    const yaml::Mapping* mapping = value.AsMapping();
    const yaml::Sequence* sequence = value.AsSequence();
    if (mapping != nullptr && !mapping->empty()) {
      for (const yaml::Entry& entry : *mapping) {
        const bool plain = entry.key.find_first_of(".[]\"") == std::string::npos && !entry.key.empty();
        const std::string name = plain ? entry.key : '"' + entry.key + '"';
        Visit(entry.value, path + (path.empty() ? "" : ".") + name, entry.key);
      }
    } else if (sequence != nullptr && !sequence->empty()) {
      std::set<std::string> used;
      for (size_t i = 0; i < sequence->size(); ++i) {
        std::string name = EntryName((*sequence)[i], i);
        if (!used.insert(name).second) name += '#' + std::to_string(i);
        Visit((*sequence)[i], path + '[' + name + ']', key);
      }
    } else {
      Leaf(value, path, key);
    }
  }

  static std::string EntryName(const yaml::Value& entry, size_t index) {
    for (const char* key : {"interface", "name", "vlanId", "network", "mountpoint", "device"}) {
      const yaml::Value* found = entry.AsMapping() == nullptr ? nullptr : entry.Find(key);
      if (found != nullptr && found->AsString() != nullptr) return *found->AsString();
    }
    return std::to_string(index);
  }

  void Leaf(const yaml::Value& value, const std::string& path, const std::string& key) {
    std::string text = value.AsString() != nullptr ? *value.AsString() : yaml::Write(value);
    while (text.ends_with('\n')) text.pop_back();
    const std::string redacted = masking_.redact(text);
    std::string shown = redacted;
    if ((IsSecretKey(key) && !text.empty()) || redacted != text) shown = Digest(masking_.digest_key, text);
    // Long texts are cut; a digest of the whole keeps different ones apart.
    if (shown.size() > kShownValue)
      shown = shown.substr(0, kShownValue) + "… " + Digest(masking_.digest_key, text).substr(8, 8);
    const Mark mark = value.mark();
    fields_.push_back(
        {prefix_ + path, std::move(shown), std::string(sources_.PathOf(mark.source)), mark.line});
  }

  const SourceTable& sources_;
  const Masking& masking_;
  std::vector<Field>& fields_;
  std::string prefix_;
};

}  // namespace

std::vector<Field> Flatten(const talos::Documents& documents, const SourceTable& sources,
                           const Masking& masking) {
  std::vector<Field> fields;
  Flattener flattener(sources, masking, fields);
  for (const yaml::Value& document : documents) flattener.Document(document);
  return fields;
}

std::vector<FieldChange> Compare(const std::vector<Field>& before, const std::vector<Field>& after) {
  std::unordered_map<std::string_view, const Field*> old;
  std::unordered_map<std::string_view, const Field*> now;
  for (const Field& field : before) old.emplace(field.path, &field);
  for (const Field& field : after) now.emplace(field.path, &field);
  std::vector<FieldChange> changes;
  for (const Field& field : after) {
    const auto was = old.find(field.path);
    if (was != old.end() && was->second->value == field.value) continue;
    changes.push_back(
        {field.path, was == old.end() ? "" : was->second->value, field.value, field.file, field.line});
  }
  for (const Field& field : before) {
    if (!now.contains(field.path)) changes.push_back({field.path, field.value, "", field.file, field.line});
  }
  return changes;
}

}  // namespace slipway::plan
