#include "reconciler/import/talhelper_files.h"

#include <algorithm>
#include <array>

#include "reconciler/import/fields.h"
#include "reconciler/import/variables.h"

namespace slipway::imports {
namespace {

constexpr std::array<const char*, 4> kEnvironmentFiles = {"talenv.yaml", "talenv.sops.yaml", "talenv.yml",
                                                          "talenv.sops.yml"};
constexpr std::array<const char*, 4> kBundleFiles = {"talsecret.yaml", "talsecret.sops.yaml", "talsecret.yml",
                                                     "talsecret.sops.yml"};
/// A secret shorter than this would be found in places that it did not come from.
constexpr size_t kTellingBytes = 6;

std::string Tick(std::string_view text) { return '`' + std::string(text) + '`'; }

bool IsBlank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

std::string BaseName(const std::string& path) {
  std::string name = path.substr(path.rfind('/') + 1);
  for (char& c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!plain && c != '.' && c != '-' && c != '_') c = '-';
  }
  const bool yaml = name.ends_with(".yaml") || name.ends_with(".yml");
  return yaml && name.front() != '.' ? name : "patch-" + name + ".yaml";
}

std::vector<yaml::Value> Roots(std::vector<yaml::Document> documents) {
  std::vector<yaml::Value> roots;
  roots.reserve(documents.size());
  for (yaml::Document& document : documents) roots.push_back(std::move(document.root));
  return roots;
}

std::string WriteAll(const std::vector<yaml::Document>& documents) {
  std::vector<const yaml::Value*> roots;
  roots.reserve(documents.size());
  for (const yaml::Document& document : documents) roots.push_back(&document.root);
  return yaml::Write(roots);
}

std::string First(const Diagnostics& problems) {
  return "line " + std::to_string(problems.front().mark.line) + ": " + problems.front().message;
}

}  // namespace

TalhelperFiles::TalhelperFiles(ReadFile read, Lookup environment, secrets::Decryptor decryptor, Draft& draft)
    : read_(std::move(read)),
      environment_(std::move(environment)),
      decryptor_(std::move(decryptor)),
      draft_(draft) {}

std::optional<std::string> TalhelperFiles::Value(const std::string& name) const {
  const auto found = variables_.find(name);
  if (found != variables_.end()) return found->second;
  return environment_ ? environment_(name) : std::nullopt;
}

Result<void> TalhelperFiles::LoadVariables() {
  for (const char* path : kEnvironmentFiles) {
    auto bytes = read_(path);
    if (!bytes) return tl::make_unexpected(bytes.error());
    if (!*bytes) continue;
    const secrets::OpenedYaml opened = decryptor_.Read(**bytes, path);
    const bool encrypted = opened.encryption != secrets::Encryption::kNone;
    if (encrypted && !opened.stream.problems.empty()) {
      draft_.Lost({}, std::string(path) + " cannot be decrypted: " + opened.stream.problems.front().message,
                  "give the age key with --identity FILE, or decrypt it beside with `sops -d`");
      continue;
    }
    const auto documents =
        encrypted ? opened.stream.documents : yaml::Read(**bytes, path, {}, yaml::Sources::kKeep).documents;
    const auto variables = ReadVariables(documents, **bytes);
    if (!variables) {
      draft_.Lost({}, std::string(path) + " holds no variables", "write `NAME: value` lines");
      continue;
    }
    for (const auto& [name, value] : *variables) {
      variables_[name] = value;
      if (encrypted && value.size() >= kTellingBytes) secret_values_[value] = Tick(name) + " of " + path;
    }
  }
  return {};
}

void TalhelperFiles::Expand(yaml::Document& document, const std::string& file) {
  for (const MissingVariable& missing :
       ExpandDocument(document, [this](const std::string& name) { return Value(name); })) {
    const bool here = file == draft_.file();
    draft_.Lost(here ? missing.mark : Mark{},
                "the variable " + Tick(missing.name) +
                    (here ? "" : " in " + file + ':' + std::to_string(missing.mark.line)) + " has no value",
                "set it in talenv.yaml or in the environment; a dollar sign itself is written `$$`");
  }
}

Result<bool> TalhelperFiles::CopyBundle(const std::string& to) {
  for (const char* path : kBundleFiles) {
    auto bytes = read_(path);
    if (!bytes) return tl::make_unexpected(bytes.error());
    if (!*bytes) continue;
    const secrets::OpenedYaml opened = decryptor_.Read(**bytes, path);
    if (opened.encryption != secrets::Encryption::kNone) {
      draft_.AddFile(to, **bytes);
      return true;
    }
    if ((*bytes)->find('$') == std::string::npos) {
      draft_.AddFile(to, **bytes);
    } else {
      yaml::Stream stream = yaml::Read(**bytes, path, {}, yaml::Sources::kKeep);
      for (yaml::Document& document : stream.documents) Expand(document, path);
      draft_.AddFile(to, WriteAll(stream.documents));
    }
    draft_.ToDo({}, "the secrets bundle " + to + " is in clear text",
                "encrypt it before it is committed: `sops encrypt -i " + to + '`');
    return true;
  }
  return false;
}

bool TalhelperFiles::IsTemplate(std::string_view text, Mark mark, const std::string& what) {
  if (text.find("{{") == std::string_view::npos) return false;
  draft_.Lost(mark, what + " is a Go template; Slipway has none in machine configs",
              "write for each node what the template gives for it, into its Node's patches");
  return true;
}

Result<std::optional<TalhelperFiles::Opened>> TalhelperFiles::Open(const std::string& reference, Mark mark) {
  std::string path = reference.substr(reference.starts_with('@') ? 1 : 0);
  path.erase(0, path.find_first_not_of(" \t"));
  path.erase(path.find_last_not_of(" \t\n") + 1);
  auto bytes = read_(path);
  if (!bytes) return tl::make_unexpected(bytes.error());
  if (!*bytes) {
    draft_.Lost(mark, "the file " + Tick(path) + " is not there", "put it back, or remove what refers to it");
    return std::nullopt;
  }
  Opened opened{path, std::move(**bytes), {}};
  opened.yaml = decryptor_.Read(opened.bytes, path);
  for (const std::string& secret : opened.yaml.secrets) {
    if (secret.size() >= kTellingBytes) secret_values_[secret] = "an encrypted value of " + path;
  }
  return opened;
}

std::optional<size_t> TalhelperFiles::EncryptedPatch(const Opened& opened, Mark mark, Scope scope) {
  const std::string path = "patches/" + BaseName(opened.path);
  if (!opened.yaml.stream.problems.empty()) {
    draft_.Note(mark, opened.path + " is encrypted and was not looked into; it is copied as it is",
                "give the age key with --identity FILE: variables and templates in it are not carried over");
    return draft_.AddPatchFile(scope, draft_.AddFile(path, opened.bytes), {});
  }
  const std::string clear = WriteAll(opened.yaml.stream.documents);
  if (IsTemplate(clear, mark, opened.path)) return std::nullopt;
  const Expanded expanded = ExpandVariables(clear, [this](const std::string& name) { return Value(name); });
  if (expanded.text != clear || !expanded.missing.empty()) {
    draft_.Lost(mark, "the encrypted " + opened.path + " has variables",
                "edit it with `sops`, put their values in, and import again");
    return std::nullopt;
  }
  return draft_.AddPatchFile(scope, draft_.AddFile(path, opened.bytes), Roots(opened.yaml.stream.documents));
}

std::optional<size_t> TalhelperFiles::PlainPatch(const Opened& opened, Mark mark, Scope scope,
                                                 Variables variables) {
  if (IsBlank(opened.bytes) || IsTemplate(opened.bytes, mark, opened.path)) return std::nullopt;
  yaml::Stream stream = yaml::Read(opened.bytes, opened.path, {}, yaml::Sources::kKeep);
  if (!stream.problems.empty()) {
    draft_.Lost(mark, opened.path + " is no YAML: " + First(stream.problems), "correct it and import again");
    return std::nullopt;
  }
  if (stream.documents.empty()) return std::nullopt;
  std::string bytes = opened.bytes;
  if (variables == Variables::kExpand && bytes.find('$') != std::string::npos) {
    const std::string before = WriteAll(stream.documents);
    for (yaml::Document& document : stream.documents) Expand(document, opened.path);
    const std::string after = WriteAll(stream.documents);
    if (after != before) bytes = after;
  }
  const std::string path = draft_.AddFile("patches/" + BaseName(opened.path), std::move(bytes));
  return draft_.AddPatchFile(scope, path, Roots(std::move(stream.documents)));
}

Result<std::optional<size_t>> TalhelperFiles::Patch(const yaml::Value& text, Scope scope,
                                                    const std::string& name) {
  const std::string patch = ScalarText(text);
  if (text.AsMapping() != nullptr || text.AsSequence() != nullptr) {
    draft_.Lost(text.mark(), "this patch is no text", "talhelper wants a block: begin it with `- |-`");
    return std::nullopt;
  }
  if (patch.starts_with('@')) {
    auto opened = Open(patch, text.mark());
    if (!opened) return tl::make_unexpected(opened.error());
    if (!*opened) return std::nullopt;
    return (*opened)->encrypted() ? EncryptedPatch(**opened, text.mark(), scope)
                                  : PlainPatch(**opened, text.mark(), scope, Variables::kExpand);
  }
  if (IsBlank(patch) || IsTemplate(patch, text.mark(), "this patch")) return std::nullopt;
  yaml::Stream stream = yaml::Read(patch, name);
  if (!stream.problems.empty()) {
    draft_.Lost(text.mark(), "this patch is no YAML: " + First(stream.problems),
                "correct it and import again");
    return std::nullopt;
  }
  if (stream.documents.empty()) return std::nullopt;
  return draft_.AddPatch(scope, name, Roots(std::move(stream.documents)));
}

Result<std::optional<size_t>> TalhelperFiles::Manifest(const yaml::Value& path, Scope scope) {
  auto opened = Open(ScalarText(path), path.mark());
  if (!opened) return tl::make_unexpected(opened.error());
  if (!*opened) return std::nullopt;
  return (*opened)->encrypted() ? EncryptedPatch(**opened, path.mark(), scope)
                                : PlainPatch(**opened, path.mark(), scope, Variables::kKeep);
}

Result<std::string> TalhelperFiles::Content(const yaml::Value& value, Variables variables) {
  const std::string text = ScalarText(value);
  if (!text.starts_with('@')) return text;
  auto opened = Open(text, value.mark());
  if (!opened) return tl::make_unexpected(opened.error());
  if (!*opened) return text;
  if ((*opened)->encrypted()) {
    const yaml::Stream& stream = (*opened)->yaml.stream;
    if (!stream.problems.empty()) {
      draft_.Lost(value.mark(), (*opened)->path + " cannot be decrypted: " + stream.problems.front().message,
                  "give the age key with --identity FILE");
      return text;
    }
    return WriteAll(stream.documents);
  }
  const std::string& bytes = (*opened)->bytes;
  if (variables == Variables::kKeep) return bytes;
  // talhelper reads the file as YAML before it replaces variables, and writes it again.
  yaml::Stream stream = yaml::Read(bytes, (*opened)->path, {}, yaml::Sources::kKeep);
  if (!stream.problems.empty() || stream.documents.empty()) {
    if (IsBlank(bytes)) return std::string();
    draft_.Note(value.mark(), "talhelper cannot read " + (*opened)->path + " as YAML; it is taken as it is",
                "compare it on the machine");
    return ExpandVariables(bytes, [this](const std::string& name) { return Value(name); }).text;
  }
  const bool scalar = stream.documents.size() == 1 && stream.documents.front().root.AsString() != nullptr;
  for (yaml::Document& document : stream.documents) Expand(document, (*opened)->path);
  if (scalar) return ScalarText(stream.documents.front().root) + '\n';
  draft_.Note(value.mark(), "talhelper writes " + (*opened)->path + " anew in its own layout",
              "nothing, unless its layout matters to you: values are the same");
  return WriteAll(stream.documents);
}

void TalhelperFiles::RemarkRevealed() {
  for (const auto& [path, bytes] : draft_.files()) {
    for (const auto& [value, origin] : secret_values_) {
      if (bytes.find(value) == std::string::npos) continue;
      const bool patch = path.starts_with("patches/");
      draft_.ToDo({}, path + " holds " + origin + " in clear text",
                  patch ? "encrypt it before it is committed: `sops encrypt -i " + path + '`'
                        : "if it is secret, move it to a patch file and encrypt that");
    }
  }
}

}  // namespace slipway::imports
