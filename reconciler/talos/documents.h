#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "schema/fleet/diagnostic.h"
#include "schema/fleet/result.h"
#include "schema/fleet/yaml.h"

namespace slipway::talos {

/// A machine config: a list of documents. The main one has no kind; it need not be first, nor be there.
using Documents = std::vector<yaml::Value>;

/// Why a config could not be made, at the place in the user's file that caused it.
struct ConfigError {
  Mark mark;
  std::string message;
  std::string fix;
  std::string file{};  ///< "" is the file whose documents are being worked on
};

template <class T>
using ConfigResult = tl::expected<T, ConfigError>;

/// apiVersion, kind and name: what Talos matches documents by. The main document's are empty.
struct DocumentId {
  std::string api_version;
  std::string kind;
  std::string name;
  bool operator==(const DocumentId&) const = default;
};

DocumentId IdOf(const yaml::Value& document);
bool IsMain(const yaml::Value& document);

/// The document, or nullptr. `name` is compared only when it is not empty.
yaml::Value* FindDocument(Documents& documents, std::string_view kind, std::string_view name = {});
yaml::Value* FindMain(Documents& documents);

/// The document of that kind (and name), appended in the given shape when it is not there yet.
yaml::Value& EnsureDocument(Documents& documents, std::string_view kind, std::string_view name = {});

}  // namespace slipway::talos
