#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// The names inside a state directory that only the reconciler knows (schema/contract/manifest.h has those
/// that both halves share), made and read in one place. Pure.
namespace slipway {

inline constexpr std::string_view kStagingName = "staging";   ///< everything below it may go at start-up
inline constexpr std::string_view kPartialName = ".partial";  ///< below the asset store: downloads underway
inline constexpr std::string_view kPinName = "pin.json";
inline constexpr std::string_view kAcceptanceName = "accepted.json";
inline constexpr std::string_view kDroppedName = "dropped-assets.json";
inline constexpr std::string_view kTemporaryLinkPrefix = ".current-";  ///< of `current`'s successor

struct GenerationId {
  uint64_t number = 0;
  std::string commit12;  ///< first 12 hex digits of the commit
  bool operator==(const GenerationId&) const = default;
};

/// "000042-3f2c9d1e0ab4". A commit shorter than 12 hex digits is padded with zeros, other characters become
/// zeros.
std::string GenerationName(uint64_t number, std::string_view commit);
std::optional<GenerationId> ParseGenerationName(std::string_view name);

/// "generations/000042-3f2c9d1e0ab4": what `current` says. Relative, so that the state directory can be
/// moved.
std::string CurrentTarget(std::string_view generation_name);

/// The generation's name in such a target; nothing for any other text.
std::optional<std::string> ParseCurrentTarget(std::string_view target);

/// True for a path that may be published: relative, no empty, "." or ".." component, no control character or
/// backslash, at most 8 components of 255 bytes, and neither manifest.json nor revision.json.
bool IsPublishablePath(std::string_view path);

/// "talos/configs" and "6c-….yaml" of "talos/configs/6c-….yaml". The folder is "" at the top.
std::string_view FolderOf(std::string_view path);
std::string_view BaseNameOf(std::string_view path);

}  // namespace slipway
