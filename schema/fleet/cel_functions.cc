// The functions and operators of CEL's standard library, and those that Talos adds. Source: cel-spec,
// langdef.md, "List of Standard Definitions"; Talos' celenv.
#include "schema/fleet/cel_env.h"
#include "schema/fleet/talos_release.h"

namespace slipway::cel {
namespace {

/// `arguments` are types joined by spaces.
struct Row {
  std::string_view name;
  std::string_view arguments;
  std::string_view result;
  int last = kNewestTalosMinor;  ///< minor whose cel-go has it
};

constexpr Row kCalls[] = {
    {"?:", "bool A A", "A"},
    {"||", "bool bool", "bool"},
    {"&&", "bool bool", "bool"},
    {"!", "bool", "bool"},
    {"==", "A A", "bool"},
    {"!=", "A A", "bool"},
    {"+", "bytes bytes", "bytes"},
    {"+", "double double", "double"},
    {"+", "duration duration", "duration"},
    {"+", "duration timestamp", "timestamp"},
    {"+", "timestamp duration", "timestamp"},
    {"+", "int int", "int"},
    {"+", "list(A) list(A)", "list(A)"},
    {"+", "string string", "string"},
    {"+", "uint uint", "uint"},
    {"-", "double double", "double"},
    {"-", "duration duration", "duration"},
    {"-", "int int", "int"},
    {"-", "timestamp duration", "timestamp"},
    {"-", "timestamp timestamp", "duration"},
    {"-", "uint uint", "uint"},
    {"*", "double double", "double"},
    {"*", "int int", "int"},
    {"*", "uint uint", "uint"},
    {"/", "double double", "double"},
    {"/", "int int", "int"},
    {"/", "uint uint", "uint"},
    {"%", "int int", "int"},
    {"%", "uint uint", "uint"},
    {"neg", "double", "double"},
    {"neg", "int", "int"},
    {"[]", "list(A) int", "A"},
    {"[]", "map(A,B) A", "B"},
    {"in", "A list(A)", "bool"},
    {"in", "A map(A,B)", "bool"},
    {"size", "bytes", "int"},
    {"size", "list(A)", "int"},
    {"size", "map(A,B)", "int"},
    {"size", "string", "int"},
    {"matches", "string string", "bool"},
    {"type", "A", "type(A)"},
    {"dyn", "A", "dyn"},
    {"bool", "bool", "bool"},
    {"bool", "string", "bool"},
    {"bytes", "bytes", "bytes"},
    {"bytes", "string", "bytes"},
    {"double", "double", "double"},
    {"double", "int", "double"},
    {"double", "string", "double"},
    {"double", "uint", "double"},
    {"duration", "duration", "duration"},
    {"duration", "int", "duration", 13},
    {"duration", "string", "duration"},
    {"int", "int", "int"},
    {"int", "double", "int"},
    {"int", "duration", "int"},
    {"int", "string", "int"},
    {"int", "timestamp", "int"},
    {"int", "uint", "int"},
    {"string", "string", "string"},
    {"string", "bool", "string"},
    {"string", "bytes", "string"},
    {"string", "double", "string"},
    {"string", "duration", "string"},
    {"string", "int", "string"},
    {"string", "timestamp", "string"},
    {"string", "uint", "string"},
    {"timestamp", "timestamp", "timestamp"},
    {"timestamp", "int", "timestamp"},
    {"timestamp", "string", "timestamp"},
    {"uint", "uint", "uint"},
    {"uint", "double", "uint"},
    {"uint", "int", "uint"},
    {"uint", "string", "uint"},
};

constexpr Row kMethods[] = {
    {"size", "bytes", "int"},
    {"size", "list(A)", "int"},
    {"size", "map(A,B)", "int"},
    {"size", "string", "int"},
    {"contains", "string string", "bool"},
    {"endsWith", "string string", "bool"},
    {"startsWith", "string string", "bool"},
    {"matches", "string string", "bool"},
};

constexpr std::string_view kOrdered[] = {"bool",   "int",   "uint",      "double",
                                         "string", "bytes", "timestamp", "duration"};
constexpr std::string_view kDateParts[] = {"getFullYear",   "getMonth", "getDayOfYear",
                                           "getDayOfMonth", "getDate",  "getDayOfWeek"};
constexpr std::string_view kTimeParts[] = {"getHours", "getMinutes", "getSeconds", "getMilliseconds"};

constexpr Row kGlob = {"glob", "string string", "bool"};
constexpr Row kMac = {"mac", "bytes", "string"};

Overload Make(const Row& row, bool on_target) {
  Overload overload{row.name, on_target, {}, ParseType(row.result), row.last};
  std::string_view rest = row.arguments;
  while (!rest.empty()) {
    const size_t space = std::min(rest.find(' '), rest.size());
    overload.arguments.push_back(ParseType(rest.substr(0, space)));
    rest.remove_prefix(std::min(space + 1, rest.size()));
  }
  return overload;
}

std::vector<Overload> MakeStandard() {
  std::vector<Overload> all;
  for (const Row& row : kCalls) all.push_back(Make(row, false));
  for (const Row& row : kMethods) all.push_back(Make(row, true));
  for (const std::string_view relation : {"<", "<=", ">", ">="}) {
    for (const std::string_view type : kOrdered)
      all.push_back(
          {relation, false, {ParseType(type), ParseType(type)}, ParseType("bool"), kNewestTalosMinor});
  }
  const auto parts = [&all](std::string_view name, std::vector<Type> arguments) {
    all.push_back({name, true, std::move(arguments), ParseType("int"), kNewestTalosMinor});
  };
  for (const auto& names : {std::vector<std::string_view>(std::begin(kDateParts), std::end(kDateParts)),
                            std::vector<std::string_view>(std::begin(kTimeParts), std::end(kTimeParts))}) {
    for (const std::string_view name : names) {
      parts(name, {ParseType("timestamp")});
      parts(name, {ParseType("timestamp"), ParseType("string")});
    }
  }
  for (const std::string_view name : kTimeParts) parts(name, {ParseType("duration")});
  return all;
}

}  // namespace

std::vector<const Overload*> OverloadsOf(std::string_view name, bool on_target, CelPlace place, int minor) {
  static const auto* const kStandard = new std::vector<Overload>(MakeStandard());
  static const auto* const kGlobOverload = new Overload(Make(kGlob, false));
  static const auto* const kMacOverload = new Overload(Make(kMac, false));
  std::vector<const Overload*> found;
  for (const Overload& overload : *kStandard) {
    if (overload.name == name && overload.on_target == on_target && minor <= overload.last)
      found.push_back(&overload);
  }
  const bool globs =
      place == CelPlace::kLink || place == CelPlace::kMember || (place == CelPlace::kDisk && minor >= 9);
  if (name == "glob" && globs && !on_target) found.push_back(kGlobOverload);
  if (name == "mac" && place == CelPlace::kLink && !on_target) found.push_back(kMacOverload);
  return found;
}

}  // namespace slipway::cel
