#include "reconciler/render/redactor.h"

#include <gtest/gtest.h>

namespace slipway {
namespace {

TEST(Redactor, MasksSecretsWhereverTheyStand) {
  Redactor redactor;
  redactor.Add(
      {"hunter2-correct-horse", "4711", "line one of it\nline two of it\n", "worker", "HostnameConfig", ""});
  redactor.Seal();
  EXPECT_EQ(redactor.Mask("token `hunter2-correct-horse` is bad"), "token `[secret]` is bad");
  EXPECT_EQ(redactor.Mask("twice hunter2-correct-horse, hunter2-correct-horse"), "twice [secret], [secret]");
  EXPECT_EQ(redactor.Mask("cut `hunter2-correct-ho…`"), "cut `[secret]…`");
  EXPECT_EQ(redactor.Mask("`line one of it\\nline two of it\\n`"), "`[secret]`");
  EXPECT_EQ(redactor.Mask("only line two of it"), "only [secret]");
  EXPECT_EQ(redactor.Mask("`4711` but 4711 on its own"), "[secret] but 4711 on its own");
  EXPECT_EQ(redactor.Mask("node worker-1, HostnameConfig"), "node worker-1, HostnameConfig");
}

TEST(Redactor, MasksTheLongerOfTwo) {
  Redactor redactor;
  redactor.Add({"secret-a", "secret-abcdef"});
  redactor.Seal();
  EXPECT_EQ(redactor.Mask("x secret-abcdef y secret-a z"), "x [secret] y [secret] z");
}

TEST(Redactor, MasksMessageAndFix) {
  Redactor redactor;
  redactor.Add({"hunter2-correct-horse"});
  redactor.Seal();
  Diagnostic diagnostic{
      "a.yaml", {}, 1402, Severity::kError, "not hunter2-correct-horse", "drop hunter2-correct-horse"};
  redactor.Mask(diagnostic);
  EXPECT_EQ(diagnostic.message, "not [secret]");
  EXPECT_EQ(diagnostic.fix, "drop [secret]");
}

}  // namespace
}  // namespace slipway
