#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "reconciler/talos/decode.h"

namespace slipway::talos {

/// One `$patch: delete`, taken out of its document.
struct Deletion {
  std::vector<std::string> path;  ///< keys from the document's root; empty deletes the document
  bool item = false;              ///< of the list at `path`, the first item whose `key` is `value`
  std::string key;
  std::string value;
  Mark mark;
};

/// One document of a strategic merge patch: what it deletes, then what it merges.
struct PatchPart {
  DocumentId id;
  Mark mark;
  std::vector<Deletion> deletions;
  std::optional<yaml::Value> document;  ///< decoded; absent when there was nothing but deletions
};

struct StrategicPatch {
  std::vector<PatchPart> parts;
};

/// One operation of RFC 6902.
struct JsonOperation {
  enum class Kind { kAdd, kRemove, kReplace, kMove, kCopy, kTest };
  Kind kind = Kind::kTest;
  std::string path;   ///< a JSON pointer, escapes as written
  std::string from;   ///< of kMove and kCopy
  yaml::Value value;  ///< of kAdd, kReplace and kTest
  Mark mark;
};

/// What a text is read as: Talos' tools read a JSON patch as JSON where it is JSON, and then compare numbers
/// as they are written.
enum class Notation { kYaml, kJson };

struct JsonPatch {
  std::vector<JsonOperation> operations;
};

/// A patch in the form its release of Talos would hold it. Immutable once loaded; good for one minor release.
using ConfigPatch = std::variant<StrategicPatch, JsonPatch>;

/// Reads the documents of a patch: a list of operations is an RFC 6902 patch, documents are a strategic merge
/// patch. All problems at once: whatever Decode finds, and deletions that can be nowhere. A stream without
/// documents is a patch of no operations, as it is upstream. Source: configpatcher/load.go,
/// configloader/internal/decoder/delete.go.
tl::expected<ConfigPatch, Problems> LoadPatch(Documents documents, const TypeModel& model,
                                              Notation notation = Notation::kYaml);

}  // namespace slipway::talos
