#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "schema/fleet/diagnostic.h"
#include "schema/fleet/result.h"
#include "schema/fleet/schema_node.h"
#include "schema/fleet/yaml.h"

namespace slipway {

/// What a property of a definition is instead of what the schema says: `schema` is JSON. The property need
/// not be there yet.
struct SchemaAmendment {
  std::string_view definition;
  std::string_view property;
  std::string_view schema;
};

/// Why a text is no schema that can be used. `mark` is a place in it where that is known.
struct SchemaProblem {
  Mark mark;
  std::string message;
};

/// Somebody else's JSON Schema for documents of several kinds: its root is a `oneOf` of references into
/// `$defs`, and the `kind` property of each alternative names its documents. A document is checked against
/// the alternative of its kind alone, so that what is said is about one field. The keywords that SchemaNode
/// has no place for are left to valijson, whose verdict is about a whole document. Immutable; thread-safe.
class SchemaDocument {
 public:
  /// Chooses amendments by the schema's `$id`.
  using Amend = std::function<std::vector<SchemaAmendment>(std::string_view id)>;

  /// Problems: no JSON, nested deeper than 64, no `$id`, no such root, references that lead nowhere or round
  /// in a circle, keywords that SchemaNode has no place for, patterns that RE2 does not take. Any bytes may
  /// be given.
  static tl::expected<std::shared_ptr<const SchemaDocument>, SchemaProblem> Parse(
      std::string_view text, const Amend& amend = nullptr);

  const std::string& id() const { return id_; }
  /// The kinds that it knows, "" for documents without one.
  std::vector<std::string_view> Kinds() const;
  /// The definition that documents of a kind are checked against; nullptr: it knows none.
  const SchemaNode* ForKind(std::string_view kind) const;
  const SchemaNode* Definition(std::string_view name) const;

  /// Adds what does not fit to `diagnostics` (SW1111 to SW1118), at the document's own marks. Empty values
  /// count as absent. Nothing is said of documents whose kind the schema does not know.
  void Check(const yaml::Value& document, std::string_view kind, std::string_view file,
             Diagnostics& diagnostics) const;

 private:
  friend class SchemaDocumentParser;
  std::string id_;
  std::map<std::string, std::unique_ptr<SchemaNode>, std::less<>> definitions_;
  std::map<std::string, const SchemaNode*, std::less<>> branches_;  ///< by kind
};

}  // namespace slipway
