#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reconciler/talos/types/type_model.h"

namespace slipway::talos {

/// Reads the data file into a model: tab-separated lines, the last column a range of minor releases.
///
///     kind  <kind or main>  <type>  main | named | single
///     type  <type>                                 fields follow
///           <field>  <expression>  replace | -
///     leaf  <type>  <outcomes>  selects | -
///     enum  <type>  <zero word>  <words>  <flags>
///
/// An expression is a chain of prefixes (`*` optional, `[]` `[by:…]` `[swap:…]` `[interface]` `[trimmed]`
/// lists,
/// `{}` mappings) before a scalar, `object`, `{args}`, `<crt,key>`, `@leaf` or a type.
class TypeParser {
 public:
  explicit TypeParser(TypeModel& model) : model_(model) {}
  void Parse(std::string_view data);

 private:
  using Columns = std::vector<std::string_view>;
  void Line(const Columns& columns);
  void AddLeaf(const Columns& columns);
  void AddEnum(const Columns& columns);
  void Resolve(TypeRef& type);
  TypeRef Expression(std::string_view text);
  void Link();
  void Problem(std::string what) { model_.problems_.push_back(std::move(what)); }

  TypeModel& model_;
  StructType* open_ = nullptr;
  std::vector<std::pair<size_t, std::string_view>> kind_types_;  ///< index into kinds_, name of its type
};

}  // namespace slipway::talos
