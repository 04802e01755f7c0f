// Reading manifest.json and revision.json with a streaming parser: a document tree of 20,000 files would cost
// the boot network tens of megabytes for a moment's use.
#include <nlohmann/json.hpp>

#include "schema/contract/manifest.h"
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

/// Receives the parser's events of both documents: an object of scalars and of arrays of flat objects.
class Handler : public nlohmann::json_sax<nlohmann::json> {
 public:
  Handler(std::string_view format, Manifest* manifest, RevisionInfo* revision)
      : format_(format), manifest_(manifest), revision_(revision) {}

  const std::string& error() const { return error_; }
  bool format_seen() const { return format_seen_; }

  bool null() override { return Fail("null"); }
  bool boolean(bool) override { return Fail("a boolean"); }
  bool number_float(number_float_t, const string_t&) override { return Fail("a fraction"); }
  bool binary(binary_t&) override { return Fail("binary"); }
  bool number_integer(number_integer_t) override { return Fail("a negative number"); }
  bool number_unsigned(number_unsigned_t value) override;
  bool string(string_t& value) override;
  bool key(string_t& value) override {
    key_.swap(value);
    return true;
  }
  bool start_object(std::size_t) override;
  bool end_object() override;
  bool start_array(std::size_t) override;
  bool end_array() override {
    --depth_;
    list_ = List::kNone;
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
    return Fail("bad JSON at byte " + std::to_string(position));
  }

 private:
  enum class List { kNone, kFiles, kBoot, kRetained };

  bool Fail(std::string what) {
    if (error_.empty()) error_ = std::move(what) + (key_.empty() ? "" : " at '" + key_ + "'");
    return false;
  }
  bool TopString(std::string& value);
  bool FileString(std::string& value);
  bool BootString(std::string& value);
  std::vector<FileEntry>& files() {
    return list_ == List::kFiles ? manifest_->files : revision_->retained_assets;
  }

  std::string format_;
  Manifest* manifest_;
  RevisionInfo* revision_;
  std::string key_;
  std::string error_;
  int depth_ = 0;
  List list_ = List::kNone;
  bool format_seen_ = false;
};

bool Handler::number_unsigned(number_unsigned_t value) {
  if (list_ == List::kFiles || list_ == List::kRetained) {
    if (key_ != "size") return Fail("unknown number");
    files().back().size = value;
    return true;
  }
  if (revision_ == nullptr || depth_ != 1) return Fail("unknown number");
  if (key_ == "number")
    revision_->number = value;
  else if (key_ == "committedAt")
    revision_->committed_at = static_cast<int64_t>(value);
  else if (key_ == "publishedAt")
    revision_->published_at = static_cast<int64_t>(value);
  else
    return Fail("unknown number");
  return true;
}

bool Handler::string(string_t& value) {
  switch (list_) {
    case List::kNone:
      return TopString(value);
    case List::kBoot:
      return BootString(value);
    case List::kFiles:
    case List::kRetained:
      return FileString(value);
  }
  return false;
}

bool Handler::TopString(std::string& value) {
  if (key_ == "format") {
    format_seen_ = value == format_;
    return format_seen_ || Fail("unknown format '" + value + "'");
  }
  if (revision_ != nullptr) {
    if (key_ == "revision")
      revision_->revision = std::move(value);
    else if (key_ == "commit")
      revision_->commit = std::move(value);
    else if (key_ == "author")
      revision_->author = std::move(value);
    else if (key_ == "subject")
      revision_->subject = std::move(value);
    else if (key_ == "treeDigest")
      revision_->tree_digest = std::move(value);
    else
      return Fail("unknown key");
    return true;
  }
  if (key_ == "site") {
    manifest_->site = std::move(value);
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
  } else {
    return Fail("unknown key");
  }
  return true;
}

bool Handler::FileString(std::string& value) {
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

bool Handler::BootString(std::string& value) {
  BootEntry& entry = manifest_->boot.back();
  if (key_ == "mac") {
    const auto mac = Mac::Parse(value);
    if (!mac) return Fail("bad MAC");
    entry.mac = *mac;
  } else if (key_ == "role") {
    const auto role = ParseRole(value);
    if (!role) return Fail("unknown word");
    entry.role = *role;
  } else if (key_ == "arch") {
    const auto arch = ParseArch(value);
    if (!arch) return Fail("unknown word");
    entry.arch = *arch;
  } else if (key_ == "node") {
    entry.node = value;
  } else if (key_ == "cluster") {
    entry.cluster = value;
  } else if (key_ == "hostname") {
    entry.hostname = value;
  } else if (key_ == "uuid") {
    entry.uuid = value;
  } else if (key_ == "serial") {
    entry.serial = value;
  } else if (key_ == "script") {
    entry.script = value;
  } else if (key_ == "config") {
    entry.config = value;
  } else if (key_ == "source") {
    entry.source = value;
  } else {
    return Fail("unknown key");
  }
  return true;
}

bool Handler::start_object(std::size_t) {
  ++depth_;
  if (depth_ == 1) return true;
  if (depth_ != 3) return Fail("unexpected object");
  if (list_ == List::kBoot)
    manifest_->boot.emplace_back();
  else
    files().emplace_back();
  return true;
}

bool Handler::end_object() {
  if (depth_ == 3 && list_ == List::kBoot && manifest_->boot.size() > 1) {
    const auto& boot = manifest_->boot;
    if (!(boot[boot.size() - 2].mac < boot.back().mac)) return Fail("boot table is not sorted");
  }
  if (depth_ == 3 && list_ != List::kBoot) {
    const auto& list = files();
    if (list.back().path.empty()) return Fail("file without a path");
    if (list.size() > 1 && !(list[list.size() - 2].path < list.back().path))
      return Fail("files are not sorted");
  }
  --depth_;
  return true;
}

bool Handler::start_array(std::size_t) {
  ++depth_;
  if (depth_ != 2) return Fail("unexpected list");
  if (manifest_ != nullptr && key_ == "files")
    list_ = List::kFiles;
  else if (manifest_ != nullptr && key_ == "boot")
    list_ = List::kBoot;
  else if (revision_ != nullptr && key_ == "retainedAssets")
    list_ = List::kRetained;
  else
    return Fail("unknown list");
  return true;
}

Result<void> Parse(std::string_view json, std::string_view name, Handler& handler) {
  bool good = false;
  try {
    good = nlohmann::json::sax_parse(json.begin(), json.end(), &handler);
  } catch (const std::exception& error) {  // bad_alloc and the like: never let it out of here
    return FixInput("reading " + std::string(name) + ": " + error.what());
  }
  if (!good) return FixInput("reading " + std::string(name) + ": " + handler.error());
  if (!handler.format_seen()) return FixInput("reading " + std::string(name) + ": it names no format");
  return {};
}

}  // namespace

Result<Manifest> DecodeManifest(std::string_view json) {
  Manifest manifest;
  Handler handler(kManifestFormat, &manifest, nullptr);
  if (const auto parsed = Parse(json, kManifestName, handler); !parsed)
    return tl::make_unexpected(parsed.error());
  for (const BootEntry& entry : manifest.boot) {
    if (manifest.FindFile(entry.script) == nullptr || manifest.FindFile(entry.config) == nullptr) {
      return FixInput("reading manifest.json: the boot table of " + entry.mac.ToColons() +
                      " names a file that is not listed");
    }
  }
  return manifest;
}

Result<RevisionInfo> DecodeRevision(std::string_view json) {
  RevisionInfo revision;
  Handler handler(kRevisionFormat, nullptr, &revision);
  if (const auto parsed = Parse(json, kRevisionName, handler); !parsed)
    return tl::make_unexpected(parsed.error());
  return revision;
}

}  // namespace slipway
