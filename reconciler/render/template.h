#pragma once

#include <map>
#include <memory>
#include <string>
#include <variant>

#include "reconciler/render/template_scan.h"

namespace slipway {

using TemplateVariables = std::map<std::string, std::variant<std::string, bool>, std::less<>>;

/// A checked Mustache template. Text is put in as it is: none of our templates is HTML.
class Template {
 public:
  /// A template for these variables, or every problem in it. `diagnostics` is appended to.
  static std::unique_ptr<Template> Compile(const TemplateText& source,
                                           const std::set<std::string, std::less<>>& variables,
                                           const PartialResolver& partials, Diagnostics& diagnostics);
  ~Template();
  Template(const Template&) = delete;
  Template& operator=(const Template&) = delete;

  /// Any thread, also several at once: the engine writes to its template only for partials, which Compile has
  /// put in, and for lambdas, which we have none of.
  std::string Render(const TemplateVariables& variables) const;

 private:
  struct Impl;
  explicit Template(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace slipway
