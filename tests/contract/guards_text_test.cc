#include "schema/contract/guards_text.h"

#include <gtest/gtest.h>

#include "schema/contract/manifest.h"

namespace slipway {
namespace {

Guards Sample() {
  Guards guards;
  guards.max_withdrawn = 3;
  guards.max_control_planes = 1;
  guards.windows.push_back({{Effect::kWipe, Effect::kReinstall}, 0x60, 22 * 60, 4 * 3600, "Europe/Berlin"});
  return guards;
}

TEST(GuardsText, GivesBackWhatItWasMadeOfButForTheAcknowledgement) {
  Guards guards = Sample();
  guards.acknowledge = "sha256:" + std::string(64, 'a');
  EXPECT_EQ(DecodeGuards(EncodeGuards(guards)), Sample());
  EXPECT_EQ(EncodeGuards({}), "");
  EXPECT_EQ(DecodeGuards(""), Guards{});
}

TEST(GuardsText, WhatIsInAnotherFormIsNotTakenForNoGuards) {
  for (const char* text : {"{", "[]", "{\"maxWithdrawn\":\"3\"}", "{\"windows\":[{}]}"})
    EXPECT_FALSE(DecodeGuards(text)) << text;
}

TEST(GuardsText, TravelsInRevisionJson) {
  RevisionInfo revision;
  revision.commit = std::string(40, '1');
  revision.guards = EncodeGuards(Sample());
  const auto read = DecodeRevision(EncodeRevision(revision));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, revision);
  EXPECT_EQ(DecodeGuards(read->guards), Sample());
}

}  // namespace
}  // namespace slipway
