#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <set>
#include <string>

#include "reconciler/publish/publisher.h"
#include "reconciler/publish/rendered_tree.h"
#include "tests/reconciler/temp_dir.h"

namespace slipway::testing {

/// What a tree holds, in full: what tests expect to find live.
using Files = std::map<std::string, std::string>;

/// Publishes the bytes of `files`; paths below assets/ come from the store.
RenderedTree TreeOf(const Files& files);

/// A tree with a boot entry, script and config for each of these last MAC digits, boot.ipxe and two assets.
/// The configs mention `version`.
Files Fleet(const std::set<int>& machines, const std::string& version);
RenderedTree FleetTree(const std::set<int>& machines, const std::string& version);
Mac MachineMac(int machine);

/// Puts the asset files of a fleet into the store, as a fetcher would.
void StoreAssets(const std::filesystem::path& state_dir, const Files& files);

RevisionInfo InfoOf(char commit_digit, int64_t now = 1'700'000'000);

/// What a reader finds through `current`: nothing when there is no generation. Fails the test when the
/// generation is not exactly its own manifest. Independent of the code under test but for the manifest codec.
std::optional<Files> ReadLive(const std::filesystem::path& state_dir);

std::string ReadText(const std::filesystem::path& path);
void WriteText(const std::filesystem::path& path, const std::string& text);
std::set<std::string> NamesIn(const std::filesystem::path& dir);

}  // namespace slipway::testing
