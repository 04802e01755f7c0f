#include "reconciler/publish/recovery.h"

#include <cerrno>

#include "reconciler/publish/file_util.h"
#include "reconciler/publish/layout.h"
#include "schema/contract/manifest.h"

namespace slipway {
namespace {

void Note(std::vector<std::string>& notes, const tl::unexpected<Error>& error) {
  notes.push_back(error.value().message);
}

bool IsTemporary(const std::string& name) {
  if (name.starts_with(kTemporaryLinkPrefix)) return true;
  for (const std::string_view file : {kPinName, kDroppedName}) {
    if (name == "." + std::string(file) + ".new") return true;
  }
  return false;
}

}  // namespace

std::vector<std::string> RemoveLeftovers(const StateDir& state) {
  FileOps& ops = *state.ops;
  std::vector<std::string> notes;
  const auto staged = ops.List(state.staging.get());
  if (!staged) Note(notes, IoError("listing " + state.path + "/staging", staged.error()));
  for (const DirEntry& entry : staged.value_or(std::vector<DirEntry>())) {
    const auto removed = RemoveTree(ops, state.staging.get(), entry.name);
    if (!removed) Note(notes, IoError("removing " + state.path + "/staging/" + entry.name, removed.error()));
  }
  const auto entries = ops.List(state.root.get());
  if (!entries) Note(notes, IoError("listing " + state.path, entries.error()));
  for (const DirEntry& entry : entries.value_or(std::vector<DirEntry>())) {
    if (!IsTemporary(entry.name)) continue;
    const auto removed = RemoveTree(ops, state.root.get(), entry.name);
    if (!removed) Note(notes, IoError("removing " + state.path + "/" + entry.name, removed.error()));
  }
  return notes;
}

Result<void> SwitchCurrent(const StateDir& state, const std::string& name) {
  FileOps& ops = *state.ops;
  const int root = state.root.get();
  const std::string doing = "switching " + state.path + "/current to " + name;
  const std::string current(kCurrentName);
  // The generation is in the temporary name: a leftover of another switch can never be in the way for good,
  // which is how a constant name stops a publisher for ever after one unlucky kill.
  const std::string temporary = std::string(kTemporaryLinkPrefix) + name;
  const auto removed = ops.Unlink(root, temporary);
  if (!removed && removed.error().code != ENOENT) return IoError(doing, removed.error());
  const auto linked = ops.Symlink(CurrentTarget(name), root, temporary);
  if (!linked) return IoError(doing, linked.error());
  const auto renamed = ops.Rename(root, temporary, root, current);
  if (!renamed) {
    (void)ops.Unlink(root, temporary);
    return IoError(doing, renamed.error());
  }
  const auto synced = ops.Sync(root);
  if (!synced) return IoError(doing, synced.error());
  return {};
}

Result<Adopted> AdoptCurrent(const StateDir& state) {
  Adopted adopted;
  const auto current = ReadCurrentName(state);
  if (!current) return tl::make_unexpected(current.error());
  if (!current->empty()) {
    auto generation = LoadGeneration(state, *current);
    if (generation) {
      adopted.generation = std::move(*generation);
      return adopted;
    }
    // Going back a generation may approve machines that were withdrawn since: never for a passing shortage.
    if (generation.error().reaction == Reaction::kRetry) return tl::make_unexpected(generation.error());
    adopted.notes.push_back(generation.error().message);
  }
  auto names = ListGenerationNames(state);
  if (!names) return tl::make_unexpected(names.error());
  for (auto name = names->rbegin(); name != names->rend(); ++name) {
    if (*name == *current) continue;
    auto generation = LoadGeneration(state, *name);
    if (!generation) {
      adopted.notes.push_back(generation.error().message);
      continue;
    }
    adopted.notes.push_back("falling back to generation " + *name + ", the newest that verifies");
    const auto switched = SwitchCurrent(state, *name);
    if (!switched) adopted.notes.push_back(switched.error().message);
    adopted.generation = std::move(*generation);
    return adopted;
  }
  return adopted;
}

}  // namespace slipway
