#include "tests/reconciler/publish/publish_fixture.h"

#include <algorithm>
#include <fstream>
#include <memory>
#include <sstream>

namespace slipway::testing {

namespace fs = std::filesystem;

std::string ReadText(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

void WriteText(const fs::path& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
}

std::set<std::string> NamesIn(const fs::path& dir) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(dir)) names.insert(entry.path().filename().string());
  return names;
}

Mac MachineMac(int machine) { return Mac{{0x02, 0, 0, 0, 0, static_cast<uint8_t>(machine)}}; }

namespace {

FileKind KindOf(const std::string& path) {
  if (path.starts_with("assets/")) return FileKind::kAsset;
  if (path.starts_with("nodes/")) return FileKind::kMachineScript;
  return path == kEntryScriptPath ? FileKind::kEntryScript : FileKind::kMachineConfig;
}

}  // namespace

RenderedTree TreeOf(const Files& files) {
  RenderedTree tree;
  tree.header.site = "lab";
  tree.header.boot_server.host = "192.0.2.1";
  auto contents = std::make_shared<std::vector<std::string>>();
  for (const auto& [path, bytes] : files) {
    RenderedItem item;
    item.path = path;
    item.kind = KindOf(path);
    if (item.kind == FileKind::kAsset) {
      item.from = RenderedItem::From::kAsset;
      item.digest = Sha256::Of(bytes);
    }
    tree.items.push_back(item);
    contents->push_back(bytes);
  }
  tree.produce = [contents](size_t index) -> Result<std::string> { return contents->at(index); };
  return tree;
}

Files Fleet(const std::set<int>& machines, const std::string& version) {
  Files files{{std::string(kEntryScriptPath), "#!ipxe\nchain\n"}};
  for (const std::string& asset : {std::string("kernel"), std::string("initramfs")}) {
    files[AssetPath(Sha256::Of(asset), asset)] = asset;
  }
  for (const int machine : machines) {
    const Mac mac = MachineMac(machine);
    files[MachineScriptPath(mac)] = "#!ipxe\n# " + mac.ToColons() + "\n";
    files[MachineConfigPath(mac)] = "version: " + version + "\nname: node-" + std::to_string(machine) + "\n";
  }
  return files;
}

RenderedTree FleetTree(const std::set<int>& machines, const std::string& version) {
  RenderedTree tree = TreeOf(Fleet(machines, version));
  for (const int machine : machines) {
    BootEntry entry;
    entry.mac = MachineMac(machine);
    entry.node = "node-" + std::to_string(machine);
    entry.hostname = entry.node;
    entry.cluster = "lab";
    entry.script = MachineScriptPath(entry.mac);
    entry.config = MachineConfigPath(entry.mac);
    entry.source = "nodes.yaml:1";
    tree.header.boot.push_back(entry);
  }
  return tree;
}

void StoreAssets(const fs::path& state_dir, const Files& files) {
  fs::create_directories(state_dir / kAssetStoreName);
  for (const auto& [path, bytes] : files) {
    const fs::path stored = state_dir / kAssetStoreName / Sha256::Of(bytes).ToHex();
    if (path.starts_with("assets/") && !fs::exists(stored)) WriteText(stored, bytes);
  }
}

RevisionInfo InfoOf(char commit_digit, int64_t now) {
  RevisionInfo info;
  info.commit = std::string(40, commit_digit);
  info.revision = "main@sha1:" + info.commit;
  info.author = "Ada <ada@example.org>";
  info.subject = "Change the fleet";
  info.committed_at = now - 60;
  info.published_at = now;
  info.trust = {info.commit, "keys of " + info.commit, "", ""};
  return info;
}

std::optional<Files> ReadLive(const fs::path& state_dir) {
  const fs::path link = state_dir / kCurrentName;
  if (!fs::is_symlink(link)) return std::nullopt;
  EXPECT_TRUE(fs::read_symlink(link).is_relative());
  const auto manifest = DecodeManifest(ReadText(link / kManifestName));
  const auto revision = DecodeRevision(ReadText(link / kRevisionName));
  if (!manifest || !revision) {
    ADD_FAILURE() << "current has no readable manifest and revision";
    return std::nullopt;
  }
  EXPECT_EQ(revision->tree_digest, TreeDigest(ReadText(link / kManifestName)));
  Files files;
  for (const FileEntry& entry : manifest->files) {
    const std::string bytes = ReadText(link / entry.path);
    EXPECT_EQ(entry.digest, Sha256::Of(bytes)) << entry.path;
    EXPECT_EQ(entry.size, bytes.size()) << entry.path;
    files[entry.path] = bytes;
  }
  const auto on_disk = std::count_if(fs::recursive_directory_iterator(fs::canonical(link)), {},
                                     [](const auto& entry) { return entry.is_regular_file(); });
  EXPECT_EQ(on_disk, static_cast<long>(files.size()) + 2) << "files that the manifest does not name";
  return files;
}

}  // namespace slipway::testing
