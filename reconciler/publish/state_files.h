#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reconciler/publish/retention.h"
#include "reconciler/publish/state_dir.h"
#include "schema/fleet/mac.h"
#include "schema/fleet/result.h"

/// The small JSON files in the state directory: each replaced atomically, each with one writer (whoever holds
/// the state directory).
namespace slipway {

/// Publication stands still because somebody said so.
struct Suspension {
  std::string reason;  ///< shown to everybody; never ""
  std::string by;      ///< who asked
  int64_t until = 0;   ///< Unix seconds: then it ends by itself; 0: only `slipway resume` ends it
  bool operator==(const Suspension&) const = default;
};

/// pin.json: a rollback, a suspension or both hold a kept generation.
struct Pin {
  std::string revision;    ///< Flux's form, of the generation that was gone back to
  std::string generation;  ///< its name; never removed while pinned
  std::string
      accepted;  ///< the newest accepted generation when it was pinned: what "withdrawn since" is measured by
  int64_t at = 0;  ///< Unix seconds
  std::string by;  ///< who rolled back; "" where nobody did: it is a suspension alone
  bool include_withdrawn = false;
  std::optional<Suspension> suspended;
  /// Machines of `accepted` that a newer revision withdrew while this was in force. They stay withdrawn when
  /// it ends and the newest revision cannot be served. Sorted.
  std::vector<Mac> withdrawn;
  bool operator==(const Pin&) const = default;
};

/// Nothing when nothing is pinned. kFixInput when pin.json cannot be understood: going on as if nothing were
/// pinned would undo somebody's rollback.
Result<std::optional<Pin>> ReadPin(const StateDir& state);
Result<void> WritePin(const StateDir& state, const Pin& pin);
Result<void> RemovePin(const StateDir& state);  ///< fine when there is none

/// accepted.json: somebody on this host lets one commit pass that would be refused.
struct Acceptance {
  std::string commit;  ///< 40 hex digits
  std::string
      after;  ///< the newest commit that was served then; "" where none was. It counts for this step alone
  int64_t at = 0;  ///< Unix seconds
  std::string by;  ///< who asked
  bool operator==(const Acceptance&) const = default;
};

/// Nothing when the file is missing or damaged: then nothing is accepted.
std::optional<Acceptance> ReadAcceptance(const StateDir& state);
Result<void> WriteAcceptance(const StateDir& state, const Acceptance& acceptance);

/// Empty when the file is missing or damaged: then assets are kept by their age in the store alone.
std::vector<DroppedAsset> ReadDropped(const StateDir& state);
Result<void> WriteDropped(const StateDir& state, const std::vector<DroppedAsset>& dropped);

// Their texts, without a disk.
std::string EncodePin(const Pin& pin);
std::optional<Pin> DecodePin(std::string_view json);
std::string EncodeAcceptance(const Acceptance& acceptance);
std::optional<Acceptance> DecodeAcceptance(std::string_view json);
std::string EncodeDropped(const std::vector<DroppedAsset>& dropped);
std::optional<std::vector<DroppedAsset>> DecodeDropped(std::string_view json);

}  // namespace slipway
