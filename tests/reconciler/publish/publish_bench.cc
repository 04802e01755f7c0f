// publish_bench DIR [NODES]: what publishing a large fleet costs, beside the plain tools for the same tree.
// DIR must not exist; it is left behind for `du` and removed by the next run's owner. Prints milliseconds. No
// test.
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "reconciler/publish/publisher.h"

namespace slipway {
namespace {

Mac NodeMac(size_t node) {
  return Mac{{2, 0, 0, static_cast<uint8_t>(node >> 16U), static_cast<uint8_t>(node >> 8U),
              static_cast<uint8_t>(node)}};
}

/// boot.ipxe, a script of 1 kB and a config of 14 kB for each node: 150 MB for 10,000.
RenderedTree LargeTree(size_t nodes, size_t changed) {
  RenderedTree tree;
  tree.header.site = "bench";
  tree.header.boot_server.host = "192.0.2.1";
  tree.items.push_back({"boot.ipxe", FileKind::kEntryScript, RenderedItem::From::kProduce, {}, 0});
  for (size_t node = 0; node < nodes; ++node) {
    const std::string path = MachineScriptPath(NodeMac(node));
    tree.items.push_back({path, FileKind::kMachineScript, RenderedItem::From::kProduce, {}, 0});
    BootEntry entry;
    entry.mac = NodeMac(node);
    entry.node = "node-" + std::to_string(node);
    entry.cluster = "bench";
    entry.hostname = entry.node;
    entry.script = path;
    entry.config = MachineConfigPath(entry.mac);
    entry.source = "nodes/" + entry.node + ".yaml:1";
    tree.header.boot.push_back(entry);
  }
  for (size_t node = 0; node < nodes; ++node) {
    tree.items.push_back(
        {MachineConfigPath(NodeMac(node)), FileKind::kMachineConfig, RenderedItem::From::kProduce, {}, 0});
  }
  tree.produce = [nodes, changed](size_t index) -> Result<std::string> {
    const bool script = index <= nodes;
    const size_t node = script ? index - 1 : index - nodes - 1;
    std::string bytes = "# " + std::to_string(node) + (node == changed && !script ? " changed" : "") + "\n";
    bytes.resize(script ? 1'000 : 14'000, 'x');
    return bytes;
  };
  return tree;
}

/// As the renderer hands over what it rendered before.
void MarkKnown(RenderedTree& tree, const Manifest& manifest, size_t changed) {
  const std::string path = MachineConfigPath(NodeMac(changed));
  for (size_t i = 0; i < tree.items.size(); ++i) {
    if (tree.items[i].path == path) continue;
    tree.items[i].from = RenderedItem::From::kKnown;
    tree.items[i].digest = manifest.files[i].digest;
    tree.items[i].size = manifest.files[i].size;
  }
}

template <class Call>
double Milliseconds(Call call) {
  const auto start = std::chrono::steady_clock::now();
  call();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

void Print(const char* what, double milliseconds) { std::printf("%-52s %9.1f ms\n", what, milliseconds); }

void Shell(const char* what, const std::string& command) {
  int status = 0;
  const double took = Milliseconds([&] { status = std::system(command.c_str()); });
  if (status != 0) std::printf("%s: failed\n", command.c_str());
  Print(what, took);
}

int64_t now = 1'700'000'000;

void Publish(Publisher& publisher, const char* what, const RenderedTree& tree, char commit) {
  RevisionInfo info;
  info.commit = std::string(40, commit);
  info.revision = "main@sha1:" + info.commit;
  info.published_at = ++now;
  Result<Published> published;
  const double took = Milliseconds([&] { published = publisher.Publish(tree, info); });
  if (!published) {
    std::printf("%s: %s\n", what, published.error().message.c_str());
    std::exit(1);
  }
  Print(what, took);
  std::printf("    written %zu, linked %zu\n", published->counts.written, published->counts.linked);
}

int Run(const std::string& dir, size_t nodes) {
  std::filesystem::create_directories(dir);
  const auto ops = MakePosixFileOps();
  auto publisher = Publisher::Open(*ops, dir + "/state").value();
  Publish(*publisher, "first publish", LargeTree(nodes, nodes), 'a');
  RenderedTree tree = LargeTree(nodes, 7);
  MarkKnown(tree, publisher->current()->manifest, 7);
  Publish(*publisher, "publish, one node changed", tree, 'b');
  Publish(*publisher, "the same again: nothing to write", LargeTree(nodes, 7), 'b');
  Print("look for damage", Milliseconds([&] { (void)publisher->FindDamageInCurrent(); }));
  const std::string live = dir + "/state/current/";
  Shell("cp -r and sync of the tree", "cp -r " + live + " " + dir + "/copy && sync");
  Shell("cp -al of the tree", "cp -al " + live + " " + dir + "/links");
  publisher.reset();
  Print("start: open and adopt",
        Milliseconds([&] { publisher = Publisher::Open(*ops, dir + "/state").value(); }));
  Print("first look for damage: reads all", Milliseconds([&] { (void)publisher->FindDamageInCurrent(); }));
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("%-52s %9.1f MiB\n", "peak memory", static_cast<double>(usage.ru_maxrss) / 1024);
  return 0;
}

}  // namespace
}  // namespace slipway

int main(int argc, char** argv) {
  if (argc < 2 || std::filesystem::exists(argv[1])) {
    std::fprintf(stderr, "usage: publish_bench DIR [NODES]; DIR must not exist\n");
    return 2;
  }
  return slipway::Run(argv[1], argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 10'000);
}
