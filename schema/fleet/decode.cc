#include "schema/fleet/decode.h"

#include <algorithm>

#include "schema/fleet/codes.h"
#include "schema/fleet/forms.h"
#include "schema/fleet/utf8.h"

namespace slipway {

void Reporter::Error(Mark mark, int code, std::string message, std::string fix) {
  diagnostics_.push_back(
      {std::string(file_), mark, code, Severity::kError, std::move(message), std::move(fix)});
}

void Reporter::Warning(Mark mark, int code, std::string message, std::string fix) {
  diagnostics_.push_back(
      {std::string(file_), mark, code, Severity::kWarning, std::move(message), std::move(fix)});
}

std::string Tick(std::string_view text) { return '`' + ForDisplay(text, 80) + '`'; }

std::string TickUrl(std::string_view url) {
  const size_t at = url.rfind('@');
  if (at == std::string_view::npos) return Tick(url);
  const size_t scheme = url.find("://");
  const std::string_view kept = scheme < at ? url.substr(0, scheme + 3) : "";
  return Tick(std::string(kept) + "…@" + std::string(url.substr(at + 1)));
}

const yaml::Value* Dig(const yaml::Value& value, std::initializer_list<std::string_view> keys) {
  const yaml::Value* current = &value;
  for (const std::string_view key : keys) {
    current = current->Find(key);
    if (current == nullptr) return nullptr;
  }
  return current;
}

const yaml::Sequence& ItemsOf(const yaml::Value& value, std::string_view key) {
  static const yaml::Sequence kNone;
  const yaml::Value* found = value.Find(key);
  const yaml::Sequence* items = found == nullptr ? nullptr : found->AsSequence();
  return items == nullptr ? kNone : *items;
}

Located<std::string> TextOf(const yaml::Value& value, std::string_view key) {
  const yaml::Value* found = value.Find(key);
  const std::string* text = found == nullptr ? nullptr : found->AsString();
  if (text == nullptr) return {};
  return {*text, found->mark()};
}

std::optional<bool> FlagOf(const yaml::Value& value, std::string_view key) {
  const yaml::Value* found = value.Find(key);
  if (found == nullptr || found->AsBool() == nullptr) return std::nullopt;
  return *found->AsBool();
}

std::optional<int64_t> NumberOf(const yaml::Value& value, std::string_view key) {
  const yaml::Value* found = value.Find(key);
  if (found == nullptr || found->AsInteger() == nullptr) return std::nullopt;
  return found->AsInteger()->value;
}

uint32_t SecondsOf(const yaml::Value& value, std::string_view key, uint32_t otherwise) {
  return forms::ParseSeconds(TextOf(value, key).value).value_or(otherwise);
}

Located<std::string> DecodeFileRef(const yaml::Value& parent, std::string_view key, Reporter& reporter) {
  const yaml::Value* found = parent.Find(key);
  if (found == nullptr || found->AsString() == nullptr) return {};
  const std::string& path = *found->AsString();
  const std::string_view problem = forms::FilePathProblem(path);
  if (problem.empty()) return {path, found->mark()};
  reporter.Error(found->mark(), code::kBadFilePath,
                 Tick(path) + " cannot name a file of the repository: " + std::string(problem),
                 "write the path from the folder that Slipway reads, like patches/nvme.yaml");
  return {};
}

std::optional<Located<Ipv4>> DecodeHostAddress(const yaml::Value& value, std::string_view what,
                                               Reporter& reporter) {
  const std::string* text = value.AsString();
  if (text == nullptr) return std::nullopt;
  const auto address = Ipv4::Parse(*text);
  if (!address) {
    reporter.Error(value.mark(), code::kBadAddress,
                   "the " + std::string(what) + ' ' + Tick(*text) + " is no IPv4 address",
                   "write four numbers of at most 255, like 10.0.128.1");
    return std::nullopt;
  }
  if (address->IsUnspecified() || address->IsMulticast() || address->IsBroadcast()) {
    reporter.Error(value.mark(), code::kReservedAddress,
                   "the " + std::string(what) + ' ' + Tick(*text) + " is not the address of a single machine",
                   "name the address of a machine");
    return std::nullopt;
  }
  return Located<Ipv4>{*address, value.mark()};
}

std::vector<Located<Ipv4>> DecodeNameservers(const yaml::Value& parent, Reporter& reporter) {
  std::vector<Located<Ipv4>> servers;
  for (const yaml::Value& item : ItemsOf(parent, "nameservers")) {
    if (const auto address = DecodeHostAddress(item, "name server", reporter)) servers.push_back(*address);
  }
  return servers;
}

}  // namespace slipway
