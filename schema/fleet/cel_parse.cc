#include "schema/fleet/cel_parse.h"

#include <algorithm>
#include <array>

#include "schema/fleet/cel_token.h"

namespace slipway::cel {
namespace {

using Kind = Node::Kind;

constexpr int kDeepest = 64;
constexpr std::string_view kReserved[] = {
    "as",  "break", "const",     "continue", "else",    "false",  "for",  "function", "if",   "import", "in",
    "let", "loop",  "namespace", "null",     "package", "return", "true", "var",      "void", "while"};
constexpr std::array<std::string_view, 6> kRelations = {"==", "!=", "<=", ">=", "<", ">"};

Node Call(std::string name, size_t at, std::vector<Node> parts) {
  return {Kind::kCall, at, {}, std::move(name), false, std::move(parts)};
}

/// Recursive descent, a function for each level of precedence. The first problem is kept and ends it.
class Parser {
 public:
  explicit Parser(std::string_view text) : tokens_(text) {}

  tl::expected<Node, CelProblem> Run() {
    Node node = Conditional(0);
    if (!problem_ && !tokens_.AtEnd()) Fail(tokens_.at(), "something follows the expression");
    if (problem_) return tl::make_unexpected(*std::move(problem_));
    return node;
  }

 private:
  Node Fail(size_t at, std::string message) {
    if (!problem_) problem_ = CelProblem{at, std::move(message)};
    return {};
  }
  void Expect(std::string_view sign, const char* message) {
    if (!problem_ && !tokens_.Take(sign)) Fail(tokens_.at(), message);
  }

  Node Conditional(int depth) {
    if (depth > kDeepest) return Fail(tokens_.at(), "it is nested too deep");
    Node condition = Or(depth);
    const size_t at = tokens_.at();
    if (problem_ || !tokens_.Take("?")) return condition;
    Node first = Or(depth + 1);
    Expect(":", "`?` lacks its `:`");
    Node second = problem_ ? Node{} : Conditional(depth + 1);
    return Call("?:", at, {std::move(condition), std::move(first), std::move(second)});
  }

  /// Operands of one level, joined from the left.
  template <class Operand, class Operator>
  Node Joined(const Operand& operand, const Operator& take) {
    Node left = operand();
    while (!problem_) {
      const size_t at = tokens_.at();
      const std::string_view sign = take();
      if (sign.empty()) break;
      Node right = operand();
      left = Call(std::string(sign), at, {std::move(left), std::move(right)});
    }
    return left;
  }

  template <size_t N>
  std::string_view TakeOneOf(const std::array<std::string_view, N>& signs) {
    for (const std::string_view sign : signs) {
      if (tokens_.Take(sign)) return sign;
    }
    return {};
  }

  Node Or(int depth) {
    return Joined([&] { return And(depth); },
                  [&] { return TakeOneOf(std::array<std::string_view, 1>{"||"}); });
  }
  Node And(int depth) {
    return Joined([&] { return Relation(depth); },
                  [&] { return TakeOneOf(std::array<std::string_view, 1>{"&&"}); });
  }
  Node Relation(int depth) {
    return Joined(
        [&] { return Sum(depth); },
        [&]() -> std::string_view { return tokens_.TakeWord("in") ? "in" : TakeOneOf(kRelations); });
  }
  Node Sum(int depth) {
    return Joined([&] { return Product(depth); },
                  [&] {
                    return TakeOneOf(std::array<std::string_view, 2>{"+", "-"});
                  });
  }
  Node Product(int depth) {
    return Joined([&] { return Unary(depth); },
                  [&] {
                    return TakeOneOf(std::array<std::string_view, 3>{"*", "/", "%"});
                  });
  }

  /// Any number of one of the signs, not mixed. Pairs of them cancel out, whatever they stand before. The
  /// sign of a number that may have one belongs to the number.
  Node Unary(int depth) {
    if (depth > kDeepest) return Fail(tokens_.at(), "it is nested too deep");
    const size_t at = tokens_.at();
    for (const char* sign : {"!", "-"}) {
      size_t count = 0;
      while (tokens_.Take(sign)) ++count;
      if (count == 0) continue;
      const bool minus = *sign == '-';
      const bool signed_number = !minus && tokens_.Take("-");
      if (signed_number && !tokens_.NextIsDigit())
        return Fail(tokens_.at(), "`!` and `-` do not go together");
      Node node = Member(depth + 1, signed_number || (minus && count == 1));
      const bool number = node.kind == Kind::kLiteral &&
                          (node.type.kind == Type::Kind::kInt || node.type.kind == Type::Kind::kDouble);
      if (signed_number && !number) return Fail(at, "this number has no sign");
      if (count % 2 == 0 || (minus && number && count == 1)) return node;
      return Call(minus ? "neg" : "!", at, {std::move(node)});
    }
    return Member(depth, false);
  }

  Node Member(int depth, bool negative) {
    Node node = Primary(depth, negative);
    for (int chained = 0; !problem_; ++chained) {
      if (chained > kDeepest) return Fail(tokens_.at(), "it is nested too deep");
      const size_t at = tokens_.at();
      if (tokens_.Take("[")) {
        Node index = Conditional(depth + 1);
        Expect("]", "`[` lacks its `]`");
        node = Call("[]", at, {std::move(node), std::move(index)});
      } else if (tokens_.Take(".")) {
        node = Selected(std::move(node), depth);
      } else {
        break;
      }
    }
    return node;
  }

  Node Selected(Node target, int depth) {
    const size_t at = tokens_.at();
    const std::string name(tokens_.TakeIdentifier());
    const bool call = !name.empty() && tokens_.Take("(");
    const bool literal = name == "true" || name == "false" || name == "null" || name == "in";
    const bool reserved = std::find(std::begin(kReserved), std::end(kReserved), name) != std::end(kReserved);
    if (name.empty() || literal || (call && reserved)) return Fail(at, "a name must follow `.`");
    std::vector<Node> parts;
    parts.push_back(std::move(target));
    if (!call) return {Kind::kSelect, at, {}, name, false, std::move(parts)};
    Items(")", depth, parts);
    return {Kind::kCall, at, {}, name, true, std::move(parts)};
  }

  void Items(std::string_view end, int depth, std::vector<Node>& items) {
    if (end == "]" && tokens_.Take(",")) return Expect(end, "a list lacks its `]`");
    if (tokens_.Take(end)) return;
    while (!problem_) {
      items.push_back(Conditional(depth + 1));
      if (problem_ || !tokens_.Take(",")) break;
      if (end == "]" && tokens_.Take(end)) return;  // a list may end with a comma
    }
    Expect(end, end == "]" ? "a list lacks its `]`" : "a call lacks its `)`");
  }

  Node Entries(size_t at, int depth) {
    Node map{Kind::kMap, at};
    if (tokens_.Take(",")) {
      Expect("}", "a map lacks its `}`");
      return map;
    }
    while (!problem_ && !tokens_.Take("}")) {
      map.parts.push_back(Conditional(depth + 1));
      Expect(":", "a map's key lacks its `:`");
      if (!problem_) map.parts.push_back(Conditional(depth + 1));
      if (problem_ || tokens_.Take(",")) continue;
      Expect("}", "a map lacks its `}`");
      break;
    }
    return map;
  }

  Node Literal(size_t at, const tl::expected<Type, CelProblem>& type) {
    if (!type) return Fail(type.error().at, type.error().message);
    return {Kind::kLiteral, at, *type};
  }

  Node Primary(int depth, bool negative) {
    const size_t at = tokens_.at();
    if (tokens_.AtEnd()) return Fail(at, "it ends where a value is expected");
    if (tokens_.NextIsDigit()) return Literal(at, tokens_.TakeNumber(negative));
    if (tokens_.NextIsText()) return Literal(at, tokens_.TakeText());
    if (tokens_.Take("(")) {
      Node inner = Conditional(depth + 1);
      Expect(")", "`(` lacks its `)`");
      return inner;
    }
    if (tokens_.Take("[")) {
      Node list{Kind::kList, at};
      Items("]", depth, list.parts);
      return list;
    }
    if (tokens_.Take("{")) return Entries(at, depth);
    const bool rooted = tokens_.Take(".");
    const std::string name(tokens_.TakeIdentifier());
    if (!rooted && (name == "true" || name == "false")) return {Kind::kLiteral, at, {Type::Kind::kBool}};
    if (!rooted && name == "null") return {Kind::kLiteral, at, {Type::Kind::kNull}};
    if (name.empty()) return Fail(at, "a value is expected here");
    if (std::find(std::begin(kReserved), std::end(kReserved), name) != std::end(kReserved))
      return Fail(at, "`" + name + "` is a reserved word");
    if (!tokens_.Take("(")) return {Kind::kName, at, {}, name};
    Node call = Call(rooted && name == "has" ? ".has" : name, at, {});  // a macro has no other name
    Items(")", depth, call.parts);
    return call;
  }

  Tokens tokens_;
  std::optional<CelProblem> problem_;
};

}  // namespace

tl::expected<Node, CelProblem> Parse(std::string_view text) { return Parser(text).Run(); }

}  // namespace slipway::cel
