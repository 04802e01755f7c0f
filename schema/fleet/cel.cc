#include "schema/fleet/cel.h"

#include <algorithm>

#include "schema/fleet/cel_env.h"
#include "schema/fleet/cel_parse.h"
#include "schema/fleet/cel_solve.h"

namespace slipway {
namespace cel {
namespace {

/// Finds the type of every part, from the leaves up. The first problem is kept; what follows from it is not
/// looked at.
class Checker {
 public:
  Checker(CelPlace place, int minor) : place_(place), minor_(minor) {}

  std::optional<CelProblem> Run(const Node& node) {
    const Type type = solution_.Resolve(TypeOf(node), Solution::Open::kIsDyn);
    if (!problem_ && type.kind != Type::Kind::kBool)
      Fail(node, "it comes to " + ToString(type) + ", and must come to true or false");
    return problem_;
  }

 private:
  struct Local {
    std::string name;
    Type type;
  };

  Type Fail(const Node& node, std::string message) {
    if (!problem_) problem_ = CelProblem{node.at, std::move(message)};
    return {};
  }

  Type TypeOf(const Node& node) {
    if (problem_) return {};
    switch (node.kind) {
      case Node::Kind::kLiteral:
        return node.type;
      case Node::Kind::kName:
        return Name(node);
      case Node::Kind::kSelect:
        return Select(node);
      case Node::Kind::kCall:
        return IsMacro(node) ? Macro(node) : Call(node);
      case Node::Kind::kList:
        return {Type::Kind::kList, 0, {}, {Element(node, 0, 1)}};
      case Node::Kind::kMap:
        break;
    }
    Type key = Element(node, 0, 2);
    Type value = Element(node, 1, 2);
    return {Type::Kind::kMap, 0, {}, {std::move(key), std::move(value)}};
  }

  Type Name(const Node& node) {
    const auto local = std::find_if(locals_.rbegin(), locals_.rend(),
                                    [&node](const Local& known) { return known.name == node.name; });
    if (local != locals_.rend()) return local->type;
    if (auto type = TypeOfName(node.name, place_, minor_)) return *std::move(type);
    return Fail(node,
                "the name `" + node.name + "` is not known here; known are " + VariablesOf(place_, minor_));
  }

  Type Select(const Node& node) {
    const Type target = solution_.Resolve(TypeOf(node.parts.front()));
    if (problem_) return {};
    switch (target.kind) {
      case Type::Kind::kMap:
        return target.parameters[1];
      case Type::Kind::kDyn:
        return {};
      case Type::Kind::kVariable:
        solution_.Accepts({Type{}}, {target});
        return {};
      case Type::Kind::kMessage:
        if (auto type = TypeOfField(target.message, node.name, minor_)) return *std::move(type);
        return Fail(node, "there is no field `" + node.name + "` in Talos 1." + std::to_string(minor_));
      default:
        return Fail(node, ToString(target) + " has no fields");
    }
  }

  /// What all parts from `first` on, `step` apart, have in common.
  Type Element(const Node& node, size_t first, size_t step) {
    if (node.parts.size() <= first) return solution_.Fresh();
    Type all = TypeOf(node.parts[first]);
    for (size_t i = first + step; i < node.parts.size(); i += step) {
      if (!solution_.Joins(all, TypeOf(node.parts[i]), all)) all = {};
    }
    return all;
  }

  Type Call(const Node& node) {
    std::vector<Type> given;
    for (const Node& part : node.parts) given.push_back(TypeOf(part));
    if (problem_) return {};
    const auto overloads = OverloadsOf(node.name, node.on_target, place_, minor_);
    std::optional<Type> result;
    for (const Overload* overload : overloads) {
      std::vector<Type> wanted = overload->arguments;
      wanted.push_back(overload->result);
      wanted = solution_.Instantiate(wanted);
      const Type type = wanted.back();
      wanted.pop_back();
      if (!solution_.Accepts(given, wanted)) continue;
      const Type resolved = solution_.Resolve(type);
      if (!result) {
        result = resolved;
      } else if (!(*result == resolved)) {
        result = Type{};
      }
    }
    if (result) return *std::move(result);
    if (scoped_ && IsOrder(node.name) && std::all_of(given.begin(), given.end(), [this](const Type& type) {
          return IsNumber(solution_.Resolve(type));
        }))
      return {Type::Kind::kBool};
    return Fail(node, Unsuited(node, given, overloads.empty()));
  }

  std::string Unsuited(const Node& node, const std::vector<Type>& given, bool unknown) const {
    const bool word = std::isalpha(static_cast<unsigned char>(node.name.front())) != 0 &&
                      node.name != "neg" && node.name != "in";
    if (unknown) return "there is no function `" + node.name + "` here";
    std::string types;
    bool whole = false;
    bool natural = false;
    for (const Type& type : given) {
      const Type resolved = solution_.Resolve(type, Solution::Open::kIsDyn);
      whole = whole || resolved.kind == Type::Kind::kInt;
      natural = natural || resolved.kind == Type::Kind::kUint;
      types += (types.empty() ? "" : " and ") + ToString(resolved);
    }
    std::string text =
        word ? "`" + node.name + "` does not take " : "`" + Sign(node.name) + "` does not go with ";
    text += types.empty() ? "nothing" : types;
    if (whole && natural) text += "; sizes and the like are uint: write 100u, not 100";
    return text;
  }

  static std::string Sign(const std::string& name) { return name == "neg" ? "-" : name; }

  static bool IsOrder(const std::string& name) {
    return name == "<" || name == "<=" || name == ">" || name == ">=";
  }
  static bool IsNumber(const Type& type) {
    return type.kind == Type::Kind::kInt || type.kind == Type::Kind::kUint ||
           type.kind == Type::Kind::kDouble;
  }

  static bool IsMacro(const Node& node) {
    const size_t arguments = node.parts.size() - (node.on_target ? 1 : 0);
    if (!node.on_target) return node.name == "has" && arguments == 1;
    if (node.name == "map") return arguments == 2 || arguments == 3;
    return arguments == 2 && (node.name == "all" || node.name == "exists" || node.name == "exists_one" ||
                              node.name == "filter");
  }

  Type Macro(const Node& node) {
    if (!node.on_target) {
      if (node.parts.front().kind != Node::Kind::kSelect)
        return Fail(node, "`has` asks for a field, like has(disk.serial)");
      TypeOf(node.parts.front());
      return {Type::Kind::kBool};
    }
    const Node& variable = node.parts[1];
    if (variable.kind != Node::Kind::kName)
      return Fail(variable, "`" + node.name + "` needs a name for each item");
    const Type item = ItemOf(node.parts.front());
    locals_.push_back({variable.name, item});
    scoped_ = true;
    Type last;
    for (size_t i = 2; i < node.parts.size(); ++i) {
      last = TypeOf(node.parts[i]);
      const bool condition = node.name != "map" || i + 1 < node.parts.size();
      if (!problem_ && condition && !solution_.Accepts({last}, {{Type::Kind::kBool}}))
        Fail(node.parts[i], "`" + node.name + "` needs a condition, this is " +
                                ToString(solution_.Resolve(last, Solution::Open::kIsDyn)));
    }
    locals_.pop_back();
    if (node.name == "map") return {Type::Kind::kList, 0, {}, {solution_.Resolve(last)}};
    if (node.name == "filter") return {Type::Kind::kList, 0, {}, {item}};
    return {Type::Kind::kBool};
  }

  /// What a macro walks over.
  Type ItemOf(const Node& range) {
    const Type type = solution_.Resolve(TypeOf(range));
    if (problem_) return {};
    if (type.kind == Type::Kind::kList || type.kind == Type::Kind::kMap) return type.parameters.front();
    if (type.kind == Type::Kind::kVariable) solution_.Accepts({Type{}}, {type});
    if (type.kind == Type::Kind::kVariable || type.kind == Type::Kind::kDyn) return {};
    return Fail(range, ToString(type) + " is nothing to walk over");
  }

  CelPlace place_;
  int minor_;
  Solution solution_;
  std::vector<Local> locals_;
  /// From the first macro on Talos' checker compares numbers of different types by order: cel-go forgets with
  /// the scope of the macro's variable that it should not (checker/env.go, enterScope).
  bool scoped_ = false;
  std::optional<CelProblem> problem_;
};

}  // namespace
}  // namespace cel

std::optional<CelProblem> CheckCel(std::string_view text, CelPlace place, int talos_minor) {
  const auto expression = cel::Parse(text);
  if (!expression) return expression.error();
  return cel::Checker(place, talos_minor).Run(*expression);
}

}  // namespace slipway
