#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "reconciler/import/draft.h"
#include "reconciler/secrets/decryptor.h"

namespace slipway::imports {

/// The files around a talconfig: variables, secrets, and what it refers to by `@path`.
class TalhelperFiles {
 public:
  TalhelperFiles(ReadFile read, Lookup environment, secrets::Decryptor decryptor, Draft& draft);

  /// Reads talenv.yaml and its like. What they say wins over the process's environment.
  Result<void> LoadVariables();
  /// Replaces the variables of a document and remarks those without a value.
  void Expand(yaml::Document& document, const std::string& file);

  /// Copies the secrets bundle to `to`, encrypted ones as they are. False when there is none.
  Result<bool> CopyBundle(const std::string& to);

  /// A patch of the talconfig: text in place, or `@path`. Nothing when it is empty or cannot be carried over.
  Result<std::optional<size_t>> Patch(const yaml::Value& text, Scope scope, const std::string& name);
  /// A file of `extraManifests`, with or without its `@`.
  Result<std::optional<size_t>> Manifest(const yaml::Value& path, Scope scope);

  /// What variables are replaced in.
  enum class Variables { kExpand, kKeep };
  /// The text of `contents: @path`, or the value itself.
  Result<std::string> Content(const yaml::Value& value, Variables variables);

  /// Remarks written files that hold a value out of an encrypted file.
  void RemarkRevealed();

 private:
  struct Opened {
    std::string path;
    std::string bytes;
    secrets::OpenedYaml yaml;
    bool encrypted() const { return yaml.encryption != secrets::Encryption::kNone; }
  };

  /// The referred file; nothing after a remark when it is not there.
  Result<std::optional<Opened>> Open(const std::string& reference, Mark mark);
  std::optional<size_t> EncryptedPatch(const Opened& opened, Mark mark, Scope scope);
  std::optional<size_t> PlainPatch(const Opened& opened, Mark mark, Scope scope, Variables variables);
  /// Whether there is a Go template in it; remarks it.
  bool IsTemplate(std::string_view text, Mark mark, const std::string& what);
  std::optional<std::string> Value(const std::string& name) const;

  ReadFile read_;
  Lookup environment_;
  secrets::Decryptor decryptor_;
  Draft& draft_;
  std::map<std::string, std::string> variables_;
  std::map<std::string, std::string> secret_values_;  ///< value → where it came from, without the value
};

}  // namespace slipway::imports
