#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "schema/fleet/yaml.h"

namespace slipway::yaml {

/// Builds documents from parser events and keeps every bound of `Limits`. Knows nothing of the parser.
/// Nodes are built where they will stay: a container is reachable through its parents while it is open, and
/// no parent grows meanwhile.
class Builder {
 public:
  /// Thrown after a problem that makes it pointless or dangerous to go on; the problem is already in the
  /// stream.
  struct Stop {};
  enum class Kind { kSequence, kMapping };

  /// `anchor` is a number that names the anchor within its document, 0 for none. Both references are kept.
  Builder(std::string_view file, const Limits& limits, Stream& stream, Sources sources);

  void StartDocument(Mark mark);
  void EndDocument();
  void Null(Mark mark, size_t anchor);
  void Scalar(Mark mark, const std::string& tag, size_t anchor, const std::string& text);
  void Alias(Mark mark, size_t anchor);
  void Start(Kind kind, Mark mark, const std::string& tag, size_t anchor);
  void End();

  /// Whether the next node is the value of a mapping's key; then `mark` is where that key is.
  bool AtMappingValue(Mark& mark) const;

  /// Records a problem; the hundredth is followed by one that says so, and Stop.
  void Report(Mark mark, int code, std::string message, std::string fix);

 private:
  struct Frame {
    Value* node = nullptr;
    bool mapping = false;
    bool at_key = false;
    size_t anchor = 0;
    size_t nodes_before = 0;
    size_t text_before = 0;
    size_t sources_before = 0;
    size_t height = 1;  ///< levels of containers in here, itself included
  };
  /// What an anchor stands for. A scalar is kept; a container is found again by its way from the root, since
  /// its address changes when its parents grow.
  struct Anchor {
    enum class State { kUnknown, kOpen, kScalar, kContainer } state = State::kUnknown;
    Value scalar;
    std::vector<size_t> path;
    size_t nodes = 0;
    size_t text = 0;
    size_t height = 0;
    ScalarSource source;       ///< of a scalar
    size_t sources_begin = 0;  ///< of a container: where its scalars' sources are
    size_t sources_end = 0;
  };

  Value& AddNode(Mark mark);
  bool TakesKey() const { return !frames_.empty() && frames_.back().mapping && frames_.back().at_key; }
  void AddKey(Mark mark, const std::string& text);
  void CountNodes(Mark mark, size_t count);
  void CountText(Mark mark, size_t bytes);
  Anchor& AnchorAt(size_t anchor);
  Anchor& CompleteAnchor(Mark mark, size_t anchor);
  void KeepSource(const ScalarSource& source);
  void RepeatSources(const Anchor& anchor);
  std::vector<size_t> CurrentPath() const;
  const Value& Follow(const std::vector<size_t>& path) const;
  void CheckDuplicates(const Mapping& mapping);
  [[noreturn]] void Fail(Mark mark, int code, std::string message, std::string fix);

  std::string_view file_;
  const Limits& limits_;
  Stream& stream_;
  const Sources sources_;
  Document document_;
  std::vector<Frame> frames_;
  std::vector<Anchor> anchors_;
  size_t nodes_ = 0;
  size_t text_ = 0;
};

}  // namespace slipway::yaml
