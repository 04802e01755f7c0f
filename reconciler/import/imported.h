#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/fleet/diagnostic.h"
#include "schema/fleet/result.h"

/// Other tools' files → Slipway resources. Pure: texts in, texts and remarks out.
namespace slipway::imports {

enum class RemarkKind {
  kLost,  ///< something that the other tool does and the written resources do not
  kToDo,  ///< the other tool's files do not say it; the user must before machines boot
  kNote,  ///< carried over, but worth knowing
};

/// Something about a place in the other tool's files. Holds no secret.
struct Remark {
  RemarkKind kind = RemarkKind::kNote;
  std::string file;    ///< as the user named it; "" is about the whole import
  Mark mark;           ///< 0:0 is the file as a whole
  std::string what;    ///< one line
  std::string advice;  ///< what to do about it, one line
};

/// `talconfig.yaml:12:5: not carried over: …; do: …`
std::string FormatRemark(const Remark& remark);

/// What an import made. Everything that follows is a function of its inputs.
struct Imported {
  std::map<std::string, std::string> files;  ///< relative path → bytes; some hold secrets
  std::vector<Remark> remarks;               ///< in source order

  /// Whether the rendered configs are those of the other tool.
  bool Complete() const;
};

/// The bytes of a file, by its path from the folder of the imported file; nothing when there is none.
using ReadFile = std::function<Result<std::optional<std::string>>(const std::string& path)>;

/// The value of a variable, nothing when it is not set.
using Lookup = std::function<std::optional<std::string>(const std::string& name)>;

/// A resource name (DNS-1123) from any text: lower case, other characters become '-'.
std::string ResourceName(std::string_view text);

}  // namespace slipway::imports
