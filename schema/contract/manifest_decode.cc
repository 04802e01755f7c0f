// Reading manifest.json and revision.json token by token: a document tree of 20,000 files would cost the boot
// network tens of megabytes for a moment's use.
#include <algorithm>

#include "schema/contract/json_scan.h"
#include "schema/contract/manifest.h"
#include "schema/contract/manifest_boot.h"
#include "schema/contract/manifest_network.h"
#include "schema/contract/manifest_words.h"

namespace slipway {
namespace {

bool SafePath(std::string_view path) {
  if (path.empty() || path.size() > 512 || path.front() == '/') return false;
  size_t start = 0;
  while (start <= path.size()) {
    const size_t end = std::min(path.find('/', start), path.size());
    const std::string_view part = path.substr(start, end - start);
    if (part.empty() || part == "." || part == "..") return false;
    for (const char c : part) {
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '\\') return false;
    }
    start = end + 1;
  }
  return true;
}

std::optional<BootServerUrl> ParseBootServer(std::string_view text) {
  constexpr std::string_view kScheme = "http://";
  if (!text.starts_with(kScheme)) return std::nullopt;
  text.remove_prefix(kScheme.size());
  BootServerUrl url;
  const size_t colon = text.find(':');
  url.host = std::string(text.substr(0, colon));
  if (url.host.empty()) return std::nullopt;
  if (colon == std::string_view::npos) return url;
  uint32_t port = 0;
  for (const char c : text.substr(colon + 1)) {
    if (c < '0' || c > '9') return std::nullopt;
    port = port * 10 + static_cast<uint32_t>(c - '0');
    if (port > 65535) return std::nullopt;
  }
  url.port = static_cast<uint16_t>(port);
  return url;
}

/// The text of a revision.json under this key; nullptr for an unknown one.
std::string* RevisionText(RevisionInfo& revision, std::string_view key) {
  TrustBase& trust = revision.trust;
  const std::pair<std::string_view, std::string*> texts[] = {
      {"revision", &revision.revision},
      {"commit", &revision.commit},
      {"author", &revision.author},
      {"subject", &revision.subject},
      {"treeDigest", &revision.tree_digest},
      {"signer", &revision.signer},
      {"pullRequest", &revision.pull_request},
      {"commits", &revision.commits},
      {"restoredFrom", &revision.restored_from},
      {"restoredBy", &revision.restored_by},
      {"guards", &revision.guards},
      {"acceptedBy", &revision.accepted_by},
      {"trustCommit", &trust.commit},
      {"allowedSigners", &trust.allowed_signers},
      {"revokedKeys", &trust.revoked_keys},
      {"pgpKeys", &trust.pgp_keys},
  };
  for (const auto& [name, text] : texts) {
    if (name == key) return text;
  }
  return nullptr;
}

/// Reads both documents: an object of scalars and of arrays of flat objects.
class Reader {
 public:
  Reader(std::string_view json, std::string_view format, Manifest* manifest, RevisionInfo* revision)
      : text_(json), scanner_(json), format_(format), manifest_(manifest), revision_(revision) {}

  /// False at the first thing that is wrong; error() says what.
  bool Read();
  const std::string& error() const { return error_; }

 private:
  using Token = JsonScanner::Token;
  enum class List { kNone, kFiles, kBoot, kRetained, kSubnets, kNames, kClusters };

  bool Fail(std::string what) {
    if (error_.empty()) error_ = std::move(what) + (key_.empty() ? "" : " at '" + key_ + "'");
    return false;
  }
  bool FailSyntax() { return Fail("bad JSON at byte " + std::to_string(scanner_.position())); }
  bool ReadMembers();
  bool ReadValue();
  bool ReadList();
  size_t RowsAhead() const;
  void BeginRow();
  bool EndRow();
  bool Number(int64_t value);
  bool String(std::string_view value);
  bool TopString(std::string_view value);
  bool FileString(std::string_view value);
  bool ManifestNumber(int64_t value);
  std::vector<FileEntry>& files() {
    return list_ == List::kFiles ? manifest_->files : revision_->retained_assets;
  }

  std::string_view text_;
  JsonScanner scanner_;
  std::string_view format_;
  Manifest* manifest_;
  RevisionInfo* revision_;
  std::string key_;
  std::string error_;
  List list_ = List::kNone;
  bool format_seen_ = false;
};

bool Reader::Read() {
  if (scanner_.Next() != Token::kObject) return FailSyntax();
  if (!ReadMembers()) return false;
  if (scanner_.Next() != Token::kEnd) return FailSyntax();
  return format_seen_ || Fail("it names no format");
}

/// From behind `{` to behind `}`: of the document, or of a row of a list.
bool Reader::ReadMembers() {
  Token token = scanner_.Next();
  if (token == Token::kObjectEnd) return true;
  while (true) {
    if (token != Token::kString) return FailSyntax();
    key_ = scanner_.string();
    if (scanner_.Next() != Token::kColon) return FailSyntax();
    if (!ReadValue()) return false;
    token = scanner_.Next();
    if (token == Token::kObjectEnd) return true;
    if (token != Token::kComma) return FailSyntax();
    token = scanner_.Next();
  }
}

bool Reader::ReadValue() {
  switch (scanner_.Next()) {
    case Token::kString:
      return String(scanner_.string());
    case Token::kNumber:
      return Number(scanner_.number());
    case Token::kArray:
      return list_ == List::kNone ? ReadList() : Fail("unexpected list");
    case Token::kObject:
      return Fail("unexpected object");
    default:
      return FailSyntax();
  }
}

/// About how many rows the list that starts here has: the writer gives each a line. Where it is wrong, room
/// is made later or wasted.
size_t Reader::RowsAhead() const {
  constexpr size_t kShortRow = 64;  ///< bytes; in lists that are worth it, rows are longer
  std::string_view rest = text_.substr(scanner_.position());
  rest = rest.substr(0, rest.find("\n]"));
  return std::min(static_cast<size_t>(std::count(rest.begin(), rest.end(), '\n')), rest.size() / kShortRow);
}

/// From behind `[` to behind `]`.
bool Reader::ReadList() {
  if (manifest_ != nullptr && key_ == "files")
    list_ = List::kFiles;
  else if (manifest_ != nullptr && key_ == "boot")
    list_ = List::kBoot;
  else if (manifest_ != nullptr && key_ == "subnets")
    list_ = List::kSubnets;
  else if (manifest_ != nullptr && key_ == "names")
    list_ = List::kNames;
  else if (manifest_ != nullptr && key_ == "clusters")
    list_ = List::kClusters;
  else if (revision_ != nullptr && key_ == "retainedAssets")
    list_ = List::kRetained;
  else
    return Fail("unknown list");
  if (list_ == List::kBoot) manifest_->boot.reserve(RowsAhead());
  if (list_ == List::kFiles) manifest_->files.reserve(RowsAhead());
  Token token = scanner_.Next();
  while (token != Token::kArrayEnd) {
    if (token != Token::kObject) return FailSyntax();
    BeginRow();
    if (!ReadMembers() || !EndRow()) return false;
    token = scanner_.Next();
    if (token == Token::kArrayEnd) break;
    if (token != Token::kComma) return FailSyntax();
    token = scanner_.Next();
    if (token == Token::kArrayEnd) return FailSyntax();
  }
  list_ = List::kNone;
  return true;
}

void Reader::BeginRow() {
  switch (list_) {
    case List::kBoot:
      manifest_->boot.emplace_back();
      break;
    case List::kSubnets:
      manifest_->subnets.emplace_back();
      break;
    case List::kNames:
      manifest_->names.emplace_back();
      break;
    case List::kClusters:
      manifest_->clusters.emplace_back();
      break;
    default:
      files().emplace_back();
  }
}

bool Reader::EndRow() {
  if (list_ == List::kBoot) {
    const auto& boot = manifest_->boot;
    const bool sorted = boot.size() < 2 || boot[boot.size() - 2].mac < boot.back().mac;
    return sorted || Fail("boot table is not sorted");
  }
  if (list_ != List::kFiles && list_ != List::kRetained) return true;
  const auto& list = files();
  if (list.back().path.empty()) return Fail("file without a path");
  const bool sorted = list.size() < 2 || list[list.size() - 2].path < list.back().path;
  return sorted || Fail("files are not sorted");
}

bool Reader::Number(int64_t value) {
  if (list_ == List::kFiles || list_ == List::kRetained) {
    if (key_ != "size") return Fail("unknown number");
    if (value < 0) return Fail("a negative number");
    files().back().size = static_cast<uint64_t>(value);
    return true;
  }
  if (list_ == List::kSubnets) {
    return SetSubnetNumber(manifest_->subnets.back(), key_, value) || Fail("bad subnet");
  }
  if (manifest_ != nullptr) return ManifestNumber(value) || Fail("unknown number, or out of range");
  if (list_ != List::kNone) return Fail("unknown number");
  if (key_ == "number" && value >= 0)
    revision_->number = static_cast<uint64_t>(value);
  else if (key_ == "committedAt")  // whatever the author's clock said: Git allows times before 1970
    revision_->committed_at = value;
  else if (key_ == "publishedAt")
    revision_->published_at = value;
  else
    return Fail("unknown number");
  return true;
}

bool Reader::ManifestNumber(int64_t value) {
  if (list_ == List::kBoot) return SetBootNumber(manifest_->boot.back(), key_, value);
  if (list_ != List::kNone || value <= 0 || value > 0xffffffffLL) return false;
  if (key_ == "configWindow") {
    manifest_->config_window_seconds = static_cast<uint32_t>(value);
    return true;
  }
  manifest_->dns.ttl_seconds = static_cast<uint32_t>(value);
  return key_ == "dnsTtl";
}

bool Reader::String(std::string_view value) {
  switch (list_) {
    case List::kNone:
      return TopString(value);
    case List::kBoot:
      return SetBootText(manifest_->boot.back(), key_, value) || Fail("unknown key or word");
    case List::kSubnets:
      return SetSubnetText(manifest_->subnets.back(), key_, value) || Fail("bad subnet");
    case List::kNames:
      return SetName(manifest_->names.back(), key_, value) || Fail("bad name");
    case List::kClusters:
      return SetCluster(manifest_->clusters.back(), key_, value) || Fail("bad cluster");
    case List::kFiles:
    case List::kRetained:
      return FileString(value);
  }
  return false;
}

bool Reader::TopString(std::string_view value) {
  if (key_ == "format") {
    format_seen_ = value == format_;
    return format_seen_ || Fail("unknown format '" + std::string(value) + "'");
  }
  if (revision_ != nullptr) {
    std::string* text = RevisionText(*revision_, key_);
    if (text == nullptr) return Fail("unknown key");
    *text = value;
    return true;
  }
  if (key_ == "site") {
    manifest_->site = value;
  } else if (key_ == "bootServer") {
    const auto url = ParseBootServer(value);
    if (!url) return Fail("bad URL");
    manifest_->boot_server = *url;
  } else if (key_ == "unknownMachines") {
    const auto action = ParseUnknownAction(value);
    if (!action) return Fail("unknown word");
    manifest_->unknown_machines = *action;
  } else if (key_ == "configAccess") {
    const auto access = ParseConfigAccess(value);
    if (!access) return Fail("unknown word");
    manifest_->config_access = *access;
  } else if (key_ == "dnsDomain") {
    manifest_->dns.enabled = true;
    manifest_->dns.domain = value;
  } else {
    return Fail("unknown key");
  }
  return true;
}

bool Reader::FileString(std::string_view value) {
  FileEntry& file = files().back();
  if (key_ == "path") {
    if (!SafePath(value)) return Fail("unsafe path");
    file.path = value;
  } else if (key_ == "sha256") {
    const auto digest = Sha256::ParseHex(value);
    if (!digest) return Fail("bad digest");
    file.digest = *digest;
  } else if (key_ == "kind") {
    const auto kind = ParseFileKind(value);
    if (!kind) return Fail("unknown kind");
    file.kind = *kind;
  } else {
    return Fail("unknown key");
  }
  return true;
}

}  // namespace

Result<Manifest> DecodeManifest(std::string_view json) {
  Manifest manifest;
  Reader reader(json, kManifestFormat, &manifest, nullptr);
  if (!reader.Read()) return FixInput("reading manifest.json: " + reader.error());
  if (manifest.boot_server.host.empty()) return FixInput("reading manifest.json: it names no bootServer");
  for (const BootEntry& entry : manifest.boot) {
    const auto missing = [&manifest](const std::string& path) { return manifest.FindFile(path) == nullptr; };
    const auto dangling = [&](const std::string& path) { return !path.empty() && missing(path); };
    if (missing(entry.script) || missing(entry.config) || dangling(entry.local_script) ||
        dangling(entry.wipe_script)) {
      return FixInput("reading manifest.json: the boot table of " + entry.mac.ToColons() +
                      " names a file that is not listed");
    }
  }
  return manifest;
}

Result<RevisionInfo> DecodeRevision(std::string_view json) {
  RevisionInfo revision;
  Reader reader(json, kRevisionFormat, nullptr, &revision);
  if (!reader.Read()) return FixInput("reading revision.json: " + reader.error());
  return revision;
}

}  // namespace slipway
