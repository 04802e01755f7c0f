#include "reconciler/render/template.h"

#include <kainjow/mustache.hpp>

#include "schema/fleet/codes.h"

namespace slipway {

struct Template::Impl {
  kainjow::mustache::mustache engine;
};

Template::Template(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Template::~Template() = default;

std::unique_ptr<Template> Template::Compile(const TemplateText& source,
                                            const std::set<std::string, std::less<>>& variables,
                                            const PartialResolver& partials, Diagnostics& diagnostics) {
  ScannedTemplate scanned = ScanTemplate(source, variables, partials);
  if (!scanned.diagnostics.empty()) {
    diagnostics.insert(diagnostics.end(), scanned.diagnostics.begin(), scanned.diagnostics.end());
    return nullptr;
  }
  auto impl = std::make_unique<Impl>(Impl{kainjow::mustache::mustache(scanned.text)});
  if (!impl->engine.is_valid()) {
    diagnostics.push_back({source.file,
                           {1, 1},
                           code::kTemplateSyntax,
                           Severity::kError,
                           "the template does not parse: " + impl->engine.error_message(),
                           "close every section (`{{#name}}` … `{{/name}}`) in the order it was opened"});
    return nullptr;
  }
  impl->engine.set_custom_escape([](const std::string& text) { return text; });
  return std::unique_ptr<Template>(new Template(std::move(impl)));
}

std::string Template::Render(const TemplateVariables& variables) const {
  kainjow::mustache::data data;
  for (const auto& [name, value] : variables) {
    if (const bool* flag = std::get_if<bool>(&value)) {
      data.set(name,
               *flag ? kainjow::mustache::data::type::bool_true : kainjow::mustache::data::type::bool_false);
    } else {
      data.set(name, std::get<std::string>(value));
    }
  }
  std::string out;
  impl_->engine.render(data, [&out](const std::string& part) { out += part; });
  return out;
}

}  // namespace slipway
