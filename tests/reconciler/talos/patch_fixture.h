#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "reconciler/talos/merge.h"

namespace slipway::talos {

inline Documents ParseDocuments(std::string_view text) {
  yaml::Stream stream = yaml::Read(text, "test.yaml");
  EXPECT_TRUE(stream.problems.empty()) << stream.problems.front().message << "\nin\n" << text;
  Documents documents;
  for (yaml::Document& document : stream.documents) documents.push_back(std::move(document.root));
  return documents;
}

/// A config decoded for a release; the test fails when it is none.
inline Documents ParseConfig(std::string_view text, int minor) {
  Documents documents = ParseDocuments(text);
  const Problems problems = Decode(documents, TypeModel::Of(minor), Purpose::kConfig);
  EXPECT_TRUE(problems.empty()) << problems.front().message << "\nin\n" << text;
  return documents;
}

inline std::string WriteAll(const Documents& documents) {
  std::vector<const yaml::Value*> all;
  for (const yaml::Value& document : documents) all.push_back(&document);
  return yaml::Write(all);
}

/// The first problem of loading or applying a patch.
inline ConfigResult<Documents> Patched(std::string_view config, std::string_view patch, int minor) {
  const TypeModel& model = TypeModel::Of(minor);
  Documents documents = ParseConfig(config, minor);
  auto loaded = LoadPatch(ParseDocuments(patch), model);
  if (!loaded) return tl::make_unexpected(loaded.error().front());
  if (auto done = ApplyPatch(documents, *loaded, model); !done) return tl::make_unexpected(done.error());
  return documents;
}

inline constexpr int kNewest = kNewestMinor;

inline void ExpectPatched(std::string_view config, std::string_view patch, std::string_view expected,
                          int minor = kNewest) {
  const auto patched = Patched(config, patch, minor);
  ASSERT_TRUE(patched) << patched.error().message << "\nin\n" << patch;
  EXPECT_EQ(WriteAll(*patched), WriteAll(ParseDocuments(expected))) << "patched with\n" << patch;
}

inline std::string RefusedWith(std::string_view config, std::string_view patch, int minor = kNewest,
                               Mark* mark = nullptr) {
  const auto patched = Patched(config, patch, minor);
  if (patched) return "not refused:\n" + WriteAll(*patched);
  if (mark != nullptr) *mark = patched.error().mark;
  EXPECT_FALSE(patched.error().fix.empty()) << patched.error().message;
  return patched.error().message;
}

inline void ExpectRefused(std::string_view config, std::string_view patch, std::string_view part,
                          int minor = kNewest) {
  const std::string message = RefusedWith(config, patch, minor);
  EXPECT_NE(message.find(part), std::string::npos) << message << "\nin\n" << patch;
}

}  // namespace slipway::talos
