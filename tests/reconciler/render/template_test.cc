#include "reconciler/render/template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema/fleet/codes.h"

namespace slipway {
namespace {

using ::testing::HasSubstr;

const std::set<std::string, std::less<>> kNames{"name", "flag"};

std::optional<TemplateText> NoPartials(std::string_view) { return std::nullopt; }

Diagnostics Problems(const std::string& text, const PartialResolver& partials = NoPartials) {
  Diagnostics diagnostics;
  EXPECT_EQ(Template::Compile({"templates/t", text}, kNames, partials, diagnostics), nullptr);
  return diagnostics;
}

TEST(Template, PutsTextInAsItIs) {
  Diagnostics diagnostics;
  const auto made = Template::Compile({"t", "a {{name}} {{#flag}}yes{{/flag}}{{^flag}}no{{/flag}}\n"}, kNames,
                                      NoPartials, diagnostics);
  ASSERT_NE(made, nullptr);
  EXPECT_EQ(made->Render({{"name", "<&\">"}, {"flag", false}}), "a <&\"> no\n");
  EXPECT_EQ(made->Render({{"name", "b"}, {"flag", true}}), "a b yes\n");
}

TEST(Template, NamesUnknownVariablesWithLineAndColumnAlsoInSectionsNotTaken) {
  const Diagnostics problems =
      Problems("one\n  {{nmae}}\n{{#flag}}{{other}}{{/flag}}\n{{^third}}{{/third}}\n");
  ASSERT_EQ(problems.size(), 4U);
  EXPECT_EQ(problems[0].code, code::kTemplateVariable);
  EXPECT_EQ(problems[0].mark, (Mark{2, 3}));
  EXPECT_THAT(problems[0].message, HasSubstr("nmae"));
  EXPECT_THAT(problems[0].fix, HasSubstr("flag, name"));
  EXPECT_EQ(problems[1].mark, (Mark{3, 10}));
  EXPECT_EQ(problems[2].mark, (Mark{4, 1}));
}

TEST(Template, PartialsOfTheRepositoryMayNestSixteenDeep) {
  const auto chain = [](int depth) {
    return [depth](std::string_view name) -> std::optional<TemplateText> {
      const int level = std::atoi(std::string(name).c_str());
      if (level >= depth) return TemplateText{"end", "{{name}}"};
      return TemplateText{"p" + std::string(name), "{{> " + std::to_string(level + 1) + "}}"};
    };
  };
  Diagnostics diagnostics;
  const auto made = Template::Compile({"t", "{{> 1}}"}, kNames, chain(16), diagnostics);
  ASSERT_NE(made, nullptr) << diagnostics.front().message;
  EXPECT_EQ(made->Render({{"name", "deep"}, {"flag", false}}), "deep");
  EXPECT_EQ(Problems("{{> 1}}", chain(17)).at(0).code, code::kTemplatePartial);
}

TEST(Template, ACycleOfPartialsIsAnError) {
  const auto self = [](std::string_view) {
    return std::optional(TemplateText{"self", "x{{> self}}{{> self}}"});
  };
  const Diagnostics problems = Problems("{{> self}}", self);
  ASSERT_FALSE(problems.empty());
  EXPECT_THAT(problems[0].message, HasSubstr("nested deeper than 16"));
}

TEST(Template, RefusesWhatCannotBeChecked) {
  EXPECT_EQ(Problems("{{=<% %>=}}").at(0).code, code::kTemplateSyntax);
  EXPECT_EQ(Problems("{{name").at(0).code, code::kTemplateSyntax);
  EXPECT_EQ(Problems("{{#flag}} never closed").at(0).code, code::kTemplateSyntax);
  EXPECT_EQ(Problems("{{> nothing}}").at(0).code, code::kTemplatePartial);
}

}  // namespace
}  // namespace slipway
