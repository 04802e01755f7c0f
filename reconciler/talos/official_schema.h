#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "reconciler/talos/documents.h"
#include "reconciler/talos/validation.h"
#include "schema/fleet/schema_document.h"

namespace slipway::talos {

/// The JSON schema that Talos publishes for the machine configs of one minor release (config.schema.json),
/// with what is known to be wrong with it (schema_defects.h) put right. Immutable; thread-safe.
class OfficialSchema {
 public:
  /// Problems: those of SchemaDocument, and a `$id` that is not that of Talos' schemas.
  static tl::expected<std::shared_ptr<const OfficialSchema>, SchemaProblem> Parse(std::string_view text);

  int minor() const { return minor_; }
  const SchemaDocument& document() const { return *document_; }

  /// What does not fit, document by document, at the marks of the values; all errors. Documents of kinds that
  /// the schema does not have are passed over.
  std::vector<Finding> Check(const Documents& documents) const;

 private:
  OfficialSchema(int minor, std::shared_ptr<const SchemaDocument> document)
      : minor_(minor), document_(std::move(document)) {}

  int minor_;
  std::shared_ptr<const SchemaDocument> document_;
};

/// `findings` but for those at the very places that `said` points at.
std::vector<Finding> WithoutPlacesOf(const std::vector<Finding>& said, std::vector<Finding> findings);

}  // namespace slipway::talos
