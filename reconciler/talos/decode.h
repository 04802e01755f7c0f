#pragma once

#include <vector>

#include "reconciler/talos/documents.h"
#include "reconciler/talos/types/type_model.h"

namespace slipway::talos {

using Problems = std::vector<ConfigError>;

/// What the documents are, which decides what may be missing or said twice.
enum class Purpose {
  kConfig,  ///< a whole config
  kPatch,   ///< parts of one; from 1.14 a document may come several times
};

/// Decodes documents as Talos of the model's release does: every key, kind and shape is checked, and values
/// are brought into the form that Go would hold (a number where a text is wanted becomes that text, `0644`
/// where a number is wanted becomes 420, the words of an enumeration get their own spelling). All problems,
/// in the order of the text; with any, do not use the documents. Source: Talos'
/// configloader/internal/decoder, yaml.v3's decode.
Problems Decode(Documents& documents, const TypeModel& model, Purpose purpose);

/// Whether a key of the document makes it the main one, where it has no kind.
bool LooksMain(const yaml::Value& document);

/// The kind of a document as the loader sees it, "" for the main one; nullptr when it has none that the model
/// knows.
const KindType* KindOf(const yaml::Value& document, const TypeModel& model);

/// Documents are the same one when these are equal: kind, and name where the kind has names.
DocumentId TypedId(const yaml::Value& document, const TypeModel& model);

}  // namespace slipway::talos
