#include "schema/fleet/file_check.h"

#include "schema/fleet/codes.h"
#include "schema/fleet/encrypted_file.h"
#include "schema/fleet/tree_check.h"

namespace slipway {

void FileChecker::Begin(const SourceTree& tree, std::set<std::string> reported) {
  tree_ = &tree;
  reported_ = std::move(reported);
  for (auto& [path, known] : known_) known.used = false;
}

void FileChecker::End() {
  std::erase_if(known_, [](const auto& item) { return !item.second.used; });
  tree_ = nullptr;
}

void FileChecker::ReportMissing(const FileRef& ref, Reporter& reporter) const {
  for (size_t slash = ref.value.find('/'); slash != std::string::npos;
       slash = ref.value.find('/', slash + 1)) {
    const SourceTree::Entry* parent = tree_->Find(std::string_view(ref.value).substr(0, slash));
    if (parent == nullptr) continue;
    if (parent->kind == SourceTree::EntryKind::kSubmodule) {
      reporter.Error(ref.mark, code::kSubmodule,
                     Tick(ref.value) + " lies in a Git submodule, which is not fetched",
                     "copy the file into this repository");
      return;
    }
    if (parent->kind == SourceTree::EntryKind::kSymlink) {
      reporter.Error(ref.mark, code::kSymlinkAsFile,
                     Tick(ref.value) + " lies behind the symbolic link " + Tick(parent->path) +
                         ", which is not followed",
                     "name the file by its own path");
      return;
    }
  }
  reporter.Error(ref.mark, code::kMissingFile, "there is no file " + Tick(ref.value),
                 "add it, or correct the path: it counts from the folder that Slipway reads");
}

const SourceTree::Entry* FileChecker::FindFile(const FileRef& ref, Reporter& reporter) const {
  const SourceTree::Entry* entry = tree_->Find(ref.value);
  if (entry == nullptr) {
    ReportMissing(ref, reporter);
  } else if (entry->kind == SourceTree::EntryKind::kSubmodule) {
    reporter.Error(ref.mark, code::kSubmodule, Tick(ref.value) + " is a Git submodule, not a file",
                   "name a file");
  } else if (entry->kind == SourceTree::EntryKind::kSymlink) {
    reporter.Error(ref.mark, code::kSymlinkAsFile,
                   Tick(ref.value) + " is a symbolic link, which is not followed",
                   "name the file by its own path");
  } else {
    return entry;
  }
  return nullptr;
}

Result<void> FileChecker::CheckRef(const FileRef& ref, const std::string& from, Diagnostics& diagnostics) {
  if (ref.value.empty() || reported_.contains(ref.value)) return {};
  Reporter reporter(from, diagnostics);
  const SourceTree::Entry* entry = FindFile(ref, reporter);
  if (entry == nullptr) return {};
  Known& known = known_[ref.value];
  const bool seen = known.used;
  known.used = true;
  if (known.content_id != entry->content_id || known.content_id.empty()) {
    known.content_id.clear();
    known.problems.clear();
    const auto bytes = ReadYamlFile(*tree_, *entry, ref.mark, reporter, limits_);
    if (!bytes) return tl::make_unexpected(bytes.error());
    if (!*bytes) return {};  // reported at each place that names it, like a missing file
    if (!IsAgeFile(**bytes)) known.problems = yaml::Read(**bytes, ref.value).problems;
    known.content_id = entry->content_id;
  }
  if (!seen) diagnostics.insert(diagnostics.end(), known.problems.begin(), known.problems.end());
  return {};
}

Result<void> FileChecker::CheckPatches(const std::vector<Patch>& patches, const std::string& from,
                                       Diagnostics& diagnostics) {
  for (const Patch& patch : patches) {
    const auto* file = std::get_if<FileRef>(&patch.body);
    if (file == nullptr) continue;
    if (auto checked = CheckRef(*file, from, diagnostics); !checked) return checked;
  }
  return {};
}

Result<void> FileChecker::CheckKeys(const FileRef& ref, KeyFile kind, const std::string& from,
                                    Diagnostics& diagnostics) {
  if (ref.value.empty()) return {};
  Reporter reporter(from, diagnostics);
  const SourceTree::Entry* entry = FindFile(ref, reporter);
  if (entry == nullptr) return {};
  const auto text = tree_->Read(*entry, kLargestKeyFile);
  if (!text && text.error().reaction != Reaction::kFixInput) return tl::make_unexpected(text.error());
  if (!text) {
    reporter.Error(ref.mark, code::kBadKeyFile, Tick(ref.value) + " cannot be read: " + text.error().message,
                   "keep a file of keys below 256 KiB");
    return {};
  }
  if (const auto problem = FindKeyFileProblem(kind, *text)) {
    Reporter(ref.value, diagnostics)
        .Error({problem->line, 0}, code::kBadKeyFile, problem->message, problem->fix);
  }
  return {};
}

Result<void> FileChecker::Check(const Resource& resource, Diagnostics& diagnostics) {
  const std::string& from = resource.origin().file;
  if (resource.node) return CheckPatches(resource.node->patches, from, diagnostics);
  if (resource.site) {
    const VerifyFiles& verify = resource.site->verify;
    for (const auto& [ref, kind] : {std::pair(&verify.allowed_signers, KeyFile::kAllowedSigners),
                                    std::pair(&verify.revoked_keys, KeyFile::kRevokedKeys),
                                    std::pair(&verify.pgp_keys, KeyFile::kPgpKeys)}) {
      if (auto checked = CheckKeys(*ref, kind, from, diagnostics); !checked) return checked;
    }
  }
  if (!resource.cluster) return {};
  const Cluster& cluster = *resource.cluster;
  if (!cluster.schema.value.empty()) {
    Reporter reporter(from, diagnostics);
    FindFile(cluster.schema, reporter);  // JSON: it is looked at where it is used
  }
  for (const FileRef* base : {&cluster.base_controlplane, &cluster.base_worker, &cluster.secrets}) {
    if (auto checked = CheckRef(*base, from, diagnostics); !checked) return checked;
  }
  for (const auto* patches : {&cluster.patches_all, &cluster.patches_controlplane, &cluster.patches_worker}) {
    if (auto checked = CheckPatches(*patches, from, diagnostics); !checked) return checked;
  }
  for (const PatchSelector& selector : cluster.patch_selectors) {
    if (auto checked = CheckPatches(selector.patches, from, diagnostics); !checked) return checked;
  }
  return {};
}

}  // namespace slipway
