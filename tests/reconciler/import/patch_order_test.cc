#include "reconciler/import/patch_order.h"

#include <gtest/gtest.h>

namespace slipway::imports {
namespace {

PatchItem Item(Scope scope, const std::string& text) {
  PatchItem item;
  item.scope = scope;
  for (yaml::Document& document : yaml::Read(text, "p").documents) {
    item.documents.push_back(std::move(document.root));
  }
  return item;
}

bool Same(const std::string& a, const std::string& b) {
  return Commute(Item(Scope::kNode, a), Item(Scope::kNode, b)) &&
         Commute(Item(Scope::kNode, b), Item(Scope::kNode, a));
}

TEST(Commute, ByWhatIsTouched) {
  EXPECT_TRUE(Same("machine: {sysctls: {a: '1'}}", "machine: {sysctls: {b: '1'}}"));
  EXPECT_TRUE(Same("machine: {sysctls: {a: '1'}}", "machine: {sysctls: {a: '1'}}"));
  EXPECT_FALSE(Same("machine: {sysctls: {a: '1'}}", "machine: {sysctls: {a: '2'}}"));
  EXPECT_FALSE(Same("machine: {certSANs: [a]}", "machine: {certSANs: [a]}"));
  EXPECT_FALSE(Same("machine: {sysctls: {a: '1'}}", "machine: {sysctls: {$patch: delete}}"));
  EXPECT_FALSE(Same("machine: {network: {}}", "machine: {network: null}"));
  EXPECT_TRUE(Same("{apiVersion: v1alpha1, kind: X, name: a, v: 1}",
                   "{apiVersion: v1alpha1, kind: X, name: b, v: 2}"));
  EXPECT_FALSE(Same("{apiVersion: v1alpha1, kind: X, name: a, v: 1}",
                    "{apiVersion: v1alpha1, kind: X, name: a, v: 2}"));
  PatchItem opaque;
  opaque.opaque = true;
  EXPECT_FALSE(Commute(opaque, Item(Scope::kNode, "machine: {}")));
}

TEST(Placement, WhatNothingStandsAgainstGoesToTheCluster) {
  const std::vector<PatchItem> items = {Item(Scope::kRole, "machine: {sysctls: {a: group}}"),
                                        Item(Scope::kNode, "machine: {sysctls: {b: node}}"),
                                        Item(Scope::kCluster, "machine: {env: {c: cluster}}")};
  const Placement placed = PlacePatches(
      items, {{Role::kControlPlane, {0, 1, 2}}, {Role::kControlPlane, {0, 2}}, {Role::kWorker, {2}}});
  EXPECT_EQ(placed.all, std::vector<size_t>{2});
  EXPECT_EQ(placed.controlplane, std::vector<size_t>{0});
  EXPECT_TRUE(placed.worker.empty());
  EXPECT_EQ(placed.nodes, (std::vector<std::vector<size_t>>{{1}, {}, {}}));
}

TEST(Placement, WhatMustComeLastStaysWithTheNode) {
  const std::vector<PatchItem> items = {Item(Scope::kNode, "machine: {env: {c: node}}"),
                                        Item(Scope::kCluster, "machine: {env: {c: cluster}}")};
  const Placement placed = PlacePatches(items, {{Role::kControlPlane, {0, 1}}, {Role::kWorker, {1}}});
  EXPECT_TRUE(placed.all.empty());
  EXPECT_TRUE(placed.controlplane.empty());
  EXPECT_EQ(placed.worker, std::vector<size_t>{1});
  EXPECT_EQ(placed.nodes, (std::vector<std::vector<size_t>>{{0, 1}, {}}));
}

TEST(Placement, OrderAmongThoseThatGoAheadIsKept) {
  const std::vector<PatchItem> items = {Item(Scope::kRole, "machine: {certSANs: [a]}"),
                                        Item(Scope::kCluster, "machine: {certSANs: [b]}"),
                                        Item(Scope::kCluster, "machine: {certSANs: [c]}")};
  const Placement placed = PlacePatches(items, {{Role::kWorker, {0, 1, 2}}});
  EXPECT_TRUE(placed.all.empty());
  EXPECT_EQ(placed.worker, (std::vector<size_t>{0, 1, 2}));
}

}  // namespace
}  // namespace slipway::imports
