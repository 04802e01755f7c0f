#include "reconciler/publish/generation.h"

#include <algorithm>
#include <cerrno>

#include "reconciler/publish/dir_cursor.h"
#include "reconciler/publish/file_util.h"
#include "reconciler/publish/layout.h"

namespace slipway {
namespace {

constexpr uint64_t kMaxManifestBytes = 256U << 20U;
constexpr uint64_t kMaxRevisionBytes = 16U << 20U;

/// What is wrong with the files themselves calls for another generation; being short of descriptors or memory
/// does not.
tl::unexpected<Error> ReadError(std::string doing, Errno error) {
  auto result = IoError(std::move(doing), error);
  switch (error.code) {
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case EINTR:
    case EAGAIN:
      return result;
    default:
      return FixInput(std::move(result.value().message));
  }
}

std::string Shown(const StateDir& state, const std::string& name) {
  return state.path + "/" + CurrentTarget(name);
}

}  // namespace

Result<Generation> LoadGeneration(const StateDir& state, const std::string& name) {
  const std::string doing = "reading generation " + Shown(state, name);
  const auto id = ParseGenerationName(name);
  if (!id) return FixInput(doing + ": this is not a generation's name");
  FileOps& ops = *state.ops;
  const auto dir = ops.OpenDir(state.generations.get(), name);
  if (!dir) return ReadError(doing, dir.error());
  const auto manifest_bytes = ReadWhole(ops, dir->get(), std::string(kManifestName), kMaxManifestBytes);
  if (!manifest_bytes) return ReadError(doing + "/manifest.json", manifest_bytes.error());
  const auto revision_bytes = ReadWhole(ops, dir->get(), std::string(kRevisionName), kMaxRevisionBytes);
  if (!revision_bytes) return ReadError(doing + "/revision.json", revision_bytes.error());

  Generation generation;
  generation.name = name;
  auto revision = DecodeRevision(*revision_bytes);
  if (!revision) return FixInput(doing + "/revision.json: " + revision.error().message);
  generation.manifest_digest = Sha256::Of(*manifest_bytes);
  if (revision->tree_digest != TreeDigest(generation.manifest_digest)) {
    return FixInput(doing + ": manifest.json is not the one that revision.json was written for");
  }
  if (GenerationName(revision->number, revision->commit) != name) {
    return FixInput(doing + ": revision.json belongs to another generation");
  }
  auto manifest = DecodeManifest(*manifest_bytes);
  if (!manifest) return FixInput(doing + "/manifest.json: " + manifest.error().message);
  generation.manifest = std::move(*manifest);
  generation.revision = std::move(*revision);
  generation.revision_digest = Sha256::Of(*revision_bytes);
  return generation;
}

Result<std::vector<std::string>> FindDamage(const StateDir& state, const Generation& generation,
                                            DigestCache& cache) {
  const std::string doing = "checking generation " + Shown(state, generation.name);
  FileOps& ops = *state.ops;
  const auto dir = ops.OpenDir(state.generations.get(), generation.name);
  if (!dir) return IoError(doing, dir.error());
  std::vector<std::string> damaged;
  FileStat ignored;
  const auto manifest =
      cache.Check(ops, dir->get(), std::string(kManifestName), generation.manifest_digest, &ignored);
  if (!manifest) return IoError(doing, manifest.error());
  if (*manifest != FileState::kIntact) damaged.emplace_back(kManifestName);
  const auto revision =
      cache.Check(ops, dir->get(), std::string(kRevisionName), generation.revision_digest, &ignored);
  if (!revision) return IoError(doing, revision.error());
  if (*revision != FileState::kIntact) damaged.emplace_back(kRevisionName);

  DirCursor cursor(ops, dir->get(), DirCursor::Missing::kFail);
  for (const FileEntry& file : generation.manifest.files) {
    const auto folder = cursor.At(FolderOf(file.path));
    if (!folder) {
      damaged.push_back(file.path);
      continue;
    }
    const auto found = cache.Check(ops, *folder, std::string(BaseNameOf(file.path)), file.digest, file.size);
    if (!found) return IoError(doing + "/" + file.path, found.error());
    if (*found != FileState::kIntact) damaged.push_back(file.path);
  }
  return damaged;
}

Result<Generation> VerifyGeneration(const StateDir& state, const std::string& name, VerifyDepth depth,
                                    DigestCache& cache) {
  auto generation = LoadGeneration(state, name);
  if (!generation || depth == VerifyDepth::kManifest) return generation;
  const auto damaged = FindDamage(state, *generation, cache);
  if (!damaged) return tl::make_unexpected(damaged.error());
  if (damaged->empty()) return generation;
  return Retry("checking generation " + Shown(state, name) + ": " + std::to_string(damaged->size()) +
               " files are missing or were changed, the first is " + damaged->front());
}

Result<std::vector<std::string>> ListGenerationNames(const StateDir& state) {
  const auto entries = state.ops->List(state.generations.get());
  if (!entries) {
    return IoError("listing " + state.path + "/" + std::string(kGenerationsName), entries.error());
  }
  std::vector<std::string> names;
  for (const DirEntry& entry : *entries) {
    if (entry.type == FileType::kDirectory && ParseGenerationName(entry.name)) names.push_back(entry.name);
  }
  std::sort(names.begin(), names.end(), [](const std::string& a, const std::string& b) {
    return ParseGenerationName(a)->number < ParseGenerationName(b)->number;
  });
  return names;
}

Result<std::string> ReadCurrentName(const StateDir& state) {
  const auto target = state.ops->ReadLink(state.root.get(), std::string(kCurrentName));
  if (target) return ParseCurrentTarget(*target).value_or("");
  if (target.error().code == ENOENT || target.error().code == EINVAL) return std::string();
  return IoError("reading the link " + state.path + "/" + std::string(kCurrentName), target.error());
}

}  // namespace slipway
