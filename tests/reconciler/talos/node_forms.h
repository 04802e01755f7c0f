#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "reconciler/talos/node_config.h"
#include "schema/fleet/decode.h"

namespace slipway::talos {

/// The node with this text as the rest of its spec, decoded as the loader does. Fails the test on a
/// diagnostic.
inline std::shared_ptr<const Node> NodeOf(const std::string& spec) {
  const std::string text =
      "apiVersion: slipway/v1alpha1\nkind: Node\nmetadata: {name: n1}\nspec:\n  cluster: home\n  role: "
      "controlplane\n  identity: {macs: [\"6c:4b:90:8b:a1:01\", \"6c:4b:90:8b:a1:02\", "
      "\"6c:4b:90:8b:a1:03\"]}\n" +
      spec;
  DecodedFile file = DecodeFile(text, "n1.yaml");
  for (const Diagnostic& diagnostic : file.diagnostics) ADD_FAILURE() << FormatText(diagnostic);
  return file.resources.empty() ? nullptr : file.resources.front().node;
}

inline Documents DocumentsOf(std::string_view text) {
  Documents documents;
  yaml::Stream stream = yaml::Read(text, "base.yaml");
  for (const Diagnostic& diagnostic : stream.problems) ADD_FAILURE() << FormatText(diagnostic);
  for (auto& document : stream.documents) documents.push_back(std::move(document.root));
  return documents;
}

inline std::string TextOf(const Documents& documents) {
  std::vector<const yaml::Value*> all;
  for (const auto& document : documents) all.push_back(&document);
  return yaml::Write(all);
}

/// What a node with this spec makes of `base`, host name aside, is `expected`.
inline void ExpectForm(std::string_view base, const std::string& spec, const char* version,
                       std::string_view expected, const std::vector<Volume>& cluster_volumes = {}) {
  const auto node = NodeOf(spec);
  ASSERT_TRUE(node);
  Documents documents = DocumentsOf(base);
  const auto done = ApplyNode(documents, *node, cluster_volumes, *TalosVersion::Parse(version));
  ASSERT_TRUE(done) << done.error().message;
  std::erase_if(documents,
                [](const yaml::Value& document) { return IdOf(document).kind == "HostnameConfig"; });
  if (yaml::Value* machine = FindMain(documents)->Find("machine")) {
    if (yaml::Value* network = machine->Find("network")) {
      network->Erase("hostname");
      if (network->AsMapping()->empty()) machine->Erase("network");
    }
  }
  EXPECT_EQ(documents, DocumentsOf(expected)) << TextOf(documents);
}

}  // namespace slipway::talos
