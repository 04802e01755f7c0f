#include "reconciler/publish/state_files.h"

#include <cerrno>
#include <nlohmann/json.hpp>

#include "reconciler/publish/file_util.h"
#include "reconciler/publish/layout.h"

namespace slipway {
namespace {

using Json = nlohmann::json;

constexpr int kFormat = 1;
constexpr uint64_t kMaxBytes = 16U << 20U;
constexpr size_t kMaxEntries = 100'000;

std::string Dump(const Json& json) { return json.dump(1, ' ', true, Json::error_handler_t::replace) + "\n"; }

/// An object of our format, or nothing.
std::optional<Json> Parse(std::string_view text) {
  Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  const auto format = json.find("format");
  if (format == json.end() || !format->is_number_integer() || *format != kFormat) return std::nullopt;
  return json;
}

std::optional<std::string> Text(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

std::optional<int64_t> Number(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_number_integer()) return std::nullopt;
  return found->get<int64_t>();
}

const Json* List(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_array() || found->size() > kMaxEntries) return nullptr;
  return &*found;
}

std::optional<DroppedAsset> DecodeDroppedAsset(const Json& row) {
  if (!row.is_object()) return std::nullopt;
  const auto path = Text(row, "path");
  const auto hex = Text(row, "sha256");
  const auto size = Number(row, "size");
  const auto dropped_at = Number(row, "droppedAt");
  if (!path || !hex || !size || *size < 0 || !dropped_at || !IsPublishablePath(*path)) return std::nullopt;
  const auto digest = Sha256::ParseHex(*hex);
  if (!digest) return std::nullopt;
  return DroppedAsset{{*path, *digest, static_cast<uint64_t>(*size), FileKind::kAsset}, *dropped_at};
}

/// Nothing when `json` has a suspension that cannot be understood; an empty one when it has none.
std::optional<std::optional<Suspension>> DecodeSuspension(const Json& json) {
  const auto found = json.find("suspended");
  if (found == json.end()) return std::optional<Suspension>();
  if (!found->is_object()) return std::nullopt;
  const auto reason = Text(*found, "reason");
  const auto by = Text(*found, "by");
  const auto until = Number(*found, "until");
  if (!reason || reason->empty() || !by || !until) return std::nullopt;
  return Suspension{*reason, *by, *until};
}

std::optional<std::vector<Mac>> DecodeMacs(const Json& json, const char* key) {
  std::vector<Mac> macs;
  if (!json.contains(key)) return macs;
  const Json* rows = List(json, key);
  if (rows == nullptr) return std::nullopt;
  for (const Json& row : *rows) {
    const auto mac = row.is_string() ? Mac::Parse(row.get<std::string>()) : std::nullopt;
    if (!mac) return std::nullopt;
    macs.push_back(*mac);
  }
  return macs;
}

std::string Shown(const StateDir& state, std::string_view name) {
  return state.path + "/" + std::string(name);
}

/// "" when the file is not there.
Result<std::string> ReadOptional(const StateDir& state, std::string_view name) {
  auto bytes = ReadWhole(*state.ops, state.root.get(), std::string(name), kMaxBytes);
  if (!bytes && bytes.error().code == ENOENT) return std::string();
  if (!bytes) return IoError("reading " + Shown(state, name), bytes.error());
  return std::move(*bytes);
}

Result<void> Replace(const StateDir& state, std::string_view name, const std::string& bytes) {
  const auto done = ReplaceFile(*state.ops, state.root.get(), std::string(name), bytes);
  if (!done) return IoError("writing " + Shown(state, name), done.error());
  return {};
}

}  // namespace

std::string EncodePin(const Pin& pin) {
  Json json = {{"format", kFormat},
               {"revision", pin.revision},
               {"generation", pin.generation},
               {"accepted", pin.accepted},
               {"at", pin.at},
               {"by", pin.by},
               {"includeWithdrawn", pin.include_withdrawn}};
  if (pin.suspended) {
    json["suspended"] = {
        {"reason", pin.suspended->reason}, {"by", pin.suspended->by}, {"until", pin.suspended->until}};
  }
  for (const Mac& mac : pin.withdrawn) json["withdrawn"].push_back(mac.ToColons());
  return Dump(json);
}

std::optional<Pin> DecodePin(std::string_view text) {
  const auto json = Parse(text);
  if (!json) return std::nullopt;
  const auto revision = Text(*json, "revision");
  const auto generation = Text(*json, "generation");
  const auto accepted = Text(*json, "accepted");
  const auto at = Number(*json, "at");
  const auto by = Text(*json, "by");
  const auto include = json->find("includeWithdrawn");
  if (!revision || !generation || !accepted || !at || !by) return std::nullopt;
  if (include == json->end() || !include->is_boolean()) return std::nullopt;
  if (!ParseGenerationName(*generation)) return std::nullopt;
  if (!accepted->empty() && !ParseGenerationName(*accepted)) return std::nullopt;
  auto suspended = DecodeSuspension(*json);
  auto withdrawn = DecodeMacs(*json, "withdrawn");
  if (!suspended || !withdrawn) return std::nullopt;
  return Pin{*revision,
             *generation,
             *accepted,
             *at,
             *by,
             include->get<bool>(),
             std::move(*suspended),
             std::move(*withdrawn)};
}

std::string EncodeAcceptance(const Acceptance& acceptance) {
  return Dump({{"format", kFormat},
               {"commit", acceptance.commit},
               {"after", acceptance.after},
               {"at", acceptance.at},
               {"by", acceptance.by}});
}

std::optional<Acceptance> DecodeAcceptance(std::string_view text) {
  const auto json = Parse(text);
  if (!json) return std::nullopt;
  const auto commit = Text(*json, "commit");
  const auto after = Text(*json, "after");
  const auto at = Number(*json, "at");
  const auto by = Text(*json, "by");
  if (!commit || commit->empty() || !after || !at || !by || by->empty()) return std::nullopt;
  return Acceptance{*commit, *after, *at, *by};
}

std::string EncodeDropped(const std::vector<DroppedAsset>& dropped) {
  Json rows = Json::array();
  for (const DroppedAsset& asset : dropped) {
    rows.push_back({{"path", asset.file.path},
                    {"sha256", asset.file.digest.ToHex()},
                    {"size", asset.file.size},
                    {"droppedAt", asset.dropped_at}});
  }
  return Dump({{"format", kFormat}, {"assets", rows}});
}

std::optional<std::vector<DroppedAsset>> DecodeDropped(std::string_view text) {
  const auto json = Parse(text);
  const Json* rows = json ? List(*json, "assets") : nullptr;
  if (rows == nullptr) return std::nullopt;
  std::vector<DroppedAsset> dropped;
  for (const Json& row : *rows) {
    auto asset = DecodeDroppedAsset(row);
    if (!asset) return std::nullopt;
    dropped.push_back(std::move(*asset));
  }
  return dropped;
}

Result<std::optional<Pin>> ReadPin(const StateDir& state) {
  const auto text = ReadOptional(state, kPinName);
  if (!text) return tl::make_unexpected(text.error());
  if (text->empty()) return std::optional<Pin>();
  auto pin = DecodePin(*text);
  if (pin) return pin;
  return FixInput(
      "reading " + Shown(state, kPinName) +
      ": it was changed or damaged; remove the file to unpin, then roll back again if that is wanted");
}

Result<void> WritePin(const StateDir& state, const Pin& pin) {
  return Replace(state, kPinName, EncodePin(pin));
}

Result<void> RemovePin(const StateDir& state) {
  const auto removed = state.ops->Unlink(state.root.get(), std::string(kPinName));
  if (!removed && removed.error().code == ENOENT) return {};
  if (!removed) return IoError("removing " + Shown(state, kPinName), removed.error());
  const auto synced = state.ops->Sync(state.root.get());
  if (!synced) return IoError("removing " + Shown(state, kPinName), synced.error());
  return {};
}

std::optional<Acceptance> ReadAcceptance(const StateDir& state) {
  const auto text = ReadOptional(state, kAcceptanceName);
  return text ? DecodeAcceptance(*text) : std::nullopt;
}

Result<void> WriteAcceptance(const StateDir& state, const Acceptance& acceptance) {
  return Replace(state, kAcceptanceName, EncodeAcceptance(acceptance));
}

std::vector<DroppedAsset> ReadDropped(const StateDir& state) {
  const auto text = ReadOptional(state, kDroppedName);
  if (!text) return {};
  return DecodeDropped(*text).value_or(std::vector<DroppedAsset>());
}

Result<void> WriteDropped(const StateDir& state, const std::vector<DroppedAsset>& dropped) {
  return Replace(state, kDroppedName, EncodeDropped(dropped));
}

}  // namespace slipway
