#include "reconciler/talos/json_patch.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "reconciler/talos/decode_value.h"
#include "schema/fleet/utf8.h"

namespace slipway::talos {
namespace {

using Kind = JsonOperation::Kind;

std::string Tick(std::string_view text) { return '`' + ForDisplay(text, 80) + '`'; }

tl::unexpected<ConfigError> Refused(const JsonOperation& operation, const std::string& what,
                                    std::string fix) {
  return tl::make_unexpected(ConfigError{operation.mark, "the JSON patch finds " + what, std::move(fix)});
}

/// `~1` is a slash, then `~0` a tilde, in one walk over the text.
std::string Unescape(std::string_view token) {
  std::string text;
  for (size_t i = 0; i < token.size(); ++i) {
    const char next = token[i] == '~' && i + 1 < token.size() ? token[i + 1] : '\0';
    if (next == '0' || next == '1') {
      text += next == '1' ? '/' : '~';
      ++i;
    } else {
      text += token[i];
    }
  }
  return text;
}

std::optional<int> Index(std::string_view token) {
  if (token.starts_with('+')) token.remove_prefix(1);
  int index = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
  if (error != std::errc{} || end != token.data() + token.size()) return std::nullopt;
  return index;
}

/// The position of an existing item.
std::optional<size_t> ItemAt(const yaml::Sequence& list, std::string_view token) {
  const std::optional<int> index = Index(token);
  const auto size = static_cast<int>(list.size());
  if (!index || *index >= size || *index < -size) return std::nullopt;
  return static_cast<size_t>(*index < 0 ? *index + size : *index);
}

struct Place {
  yaml::Value* container = nullptr;
  std::string key;
};

yaml::Value* Child(yaml::Value& container, std::string_view key) {
  if (container.AsMapping() != nullptr) return container.Find(key);
  yaml::Sequence* list = container.AsSequence();
  const std::optional<size_t> at = list == nullptr ? std::nullopt : ItemAt(*list, key);
  return at ? &(*list)[*at] : nullptr;
}

bool IsContainer(const yaml::Value& value) {
  return value.AsMapping() != nullptr || value.AsSequence() != nullptr;
}

/// The container that a pointer's last token is of; no container where the way to it is missing.
Place Find(yaml::Value& document, std::string_view pointer) {
  size_t slash = pointer.find('/');
  if (slash == std::string_view::npos) return {};
  Place place{&document, {}};
  pointer.remove_prefix(slash + 1);
  while ((slash = pointer.find('/')) != std::string_view::npos) {
    yaml::Value* next = Child(*place.container, Unescape(pointer.substr(0, slash)));
    if (next == nullptr || !IsContainer(*next)) return {};
    place.container = next;
    pointer.remove_prefix(slash + 1);
  }
  place.key = Unescape(pointer);
  return place;
}

ConfigResult<void> Add(yaml::Value& document, const JsonOperation& operation, const yaml::Value& value) {
  const Place place = Find(document, operation.path);
  if (place.container == nullptr)
    return Refused(operation, "nothing above " + Tick(operation.path),
                   "add the mapping or list above it first");
  yaml::Sequence* list = place.container->AsSequence();
  if (list == nullptr) {
    yaml::Value& field = place.container->At(place.key);
    field = value;
    return {};
  }
  if (place.key == "-") {
    list->push_back(value);
    return {};
  }
  const std::optional<int> index = Index(place.key);
  const auto room = static_cast<int>(list->size()) + 1;
  if (!index || *index >= room || *index < -room)
    return Refused(operation,
                   "no place " + Tick(operation.path) + " in a list of " + std::to_string(list->size()),
                   "use a smaller index, or `-` for the end");
  list->insert(list->begin() + (*index < 0 ? *index + room : *index), value);
  return {};
}

ConfigResult<void> Remove(yaml::Value& document, const JsonOperation& operation, const std::string& path) {
  const Place place = Find(document, path);
  const auto missing = [&] {
    return Refused(operation, "no " + Tick(path) + " to remove",
                   "correct the path, or leave the operation out");
  };
  if (place.container == nullptr) return missing();
  if (yaml::Sequence* list = place.container->AsSequence()) {
    const std::optional<size_t> at = ItemAt(*list, place.key);
    if (!at) return missing();
    list->erase(list->begin() + static_cast<std::ptrdiff_t>(*at));
    return {};
  }
  if (!place.container->Erase(place.key)) return missing();
  return {};
}

ConfigResult<void> Replace(yaml::Value& document, const JsonOperation& operation) {
  if (operation.path.empty()) {
    if (!IsContainer(operation.value))
      return Refused(operation, "a value for the whole document that is no mapping", "write a mapping");
    document = operation.value;
    return {};
  }
  const Place place = Find(document, operation.path);
  yaml::Value* old = place.container == nullptr ? nullptr : Child(*place.container, place.key);
  if (old != nullptr) {
    *old = operation.value;
    return {};
  }
  if (place.container == nullptr || place.container->AsMapping() == nullptr)
    return Refused(operation, "no " + Tick(operation.path) + " to replace", "correct the path, or use `add`");
  place.container->At(place.key) = operation.value;
  return {};
}

/// Mappings are equal whatever the order of their keys.
bool Equal(const yaml::Value& a, const yaml::Value& b) {
  if (a.AsMapping() != nullptr && b.AsMapping() != nullptr) {
    if (a.AsMapping()->size() != b.AsMapping()->size()) return false;
    for (const yaml::Entry& entry : *a.AsMapping()) {
      const yaml::Value* other = b.Find(entry.key);
      if (other == nullptr || !Equal(entry.value, *other)) return false;
    }
    return true;
  }
  const yaml::Sequence* left = a.AsSequence();
  const yaml::Sequence* right = b.AsSequence();
  if (left == nullptr || right == nullptr) return a == b && a.ScalarText() == b.ScalarText();
  if (left->size() != right->size()) return false;
  for (size_t i = 0; i < left->size(); ++i) {
    if (!Equal((*left)[i], (*right)[i])) return false;
  }
  return true;
}

ConfigResult<void> Test(yaml::Value& document, const JsonOperation& operation) {
  yaml::Value* found = &document;
  if (!operation.path.empty()) {
    const Place place = Find(document, operation.path);
    if (place.container == nullptr)
      return Refused(operation, "no " + Tick(operation.path) + " to test", "correct the path");
    found = Child(*place.container, place.key);
    if (found == nullptr && place.container->AsSequence() != nullptr)
      return Refused(operation, "no " + Tick(operation.path) + " to test", "correct the path");
  }
  // What is not there and what is null are one.
  const bool same = found == nullptr ? operation.value.IsNull() : Equal(*found, operation.value);
  if (same) return {};
  return Refused(operation, "another value at " + Tick(operation.path) + " than the tested one",
                 "the config is not what the patch was written for: correct the patch");
}

/// Copies can double a document again and again: it stays within what may be read from a file.
class Room {
 public:
  bool Fits(const yaml::Value& value, size_t depth = 1) {
    const yaml::Limits limits;
    if (++nodes_ > limits.nodes || depth > limits.depth) return false;
    if (const yaml::Mapping* mapping = value.AsMapping()) {
      return std::all_of(mapping->begin(), mapping->end(),
                         [&](const yaml::Entry& entry) { return Fits(entry.value, depth + 1); });
    }
    const yaml::Sequence* items = value.AsSequence();
    return items == nullptr || std::all_of(items->begin(), items->end(),
                                           [&](const yaml::Value& item) { return Fits(item, depth + 1); });
  }

 private:
  size_t nodes_ = 0;
};

/// The value that `move` and `copy` take; null for a key that a mapping does not have.
ConfigResult<yaml::Value> Source(yaml::Value& document, const JsonOperation& operation) {
  const Place place = Find(document, operation.from);
  yaml::Value* found = place.container == nullptr ? nullptr : Child(*place.container, place.key);
  if (found != nullptr) return *found;
  if (place.container != nullptr && place.container->AsMapping() != nullptr) return yaml::Value();
  return Refused(operation, "no " + Tick(operation.from) + " to take from", "correct `from`");
}

ConfigResult<void> Apply(yaml::Value& document, const JsonOperation& operation) {
  switch (operation.kind) {
    case Kind::kAdd:
      return Add(document, operation, operation.value);
    case Kind::kRemove:
      return Remove(document, operation, operation.path);
    case Kind::kReplace:
      return Replace(document, operation);
    case Kind::kTest:
      return Test(document, operation);
    case Kind::kMove:
    case Kind::kCopy:
      break;
  }
  auto value = Source(document, operation);
  if (!value) return tl::make_unexpected(value.error());
  if (operation.kind == Kind::kMove) {
    if (auto done = Remove(document, operation, operation.from); !done) return done;
  }
  if (auto done = Add(document, operation, *value); !done) return done;
  if (!Room().Fits(document))
    return Refused(operation, "no end to its copies", "copy less: the config grows too large");
  return {};
}

const Kind* KindOf(std::string_view word) {
  static constexpr std::pair<std::string_view, Kind> kKinds[] = {
      {"add", Kind::kAdd},   {"remove", Kind::kRemove}, {"replace", Kind::kReplace},
      {"move", Kind::kMove}, {"copy", Kind::kCopy},     {"test", Kind::kTest}};
  for (const auto& [name, kind] : kKinds) {
    if (name == word) return &kind;
  }
  return nullptr;
}

const std::string* TextUnder(const yaml::Value& item, std::string_view key) {
  const yaml::Value* value = item.Find(key);
  return value == nullptr ? nullptr : value->AsString();
}

/// `next` counts the scalars, in the order of `sources`.
void TruthWords(yaml::Value& value, const std::vector<yaml::ScalarSource>& sources, size_t& next) {
  static constexpr std::string_view kWords[] = {"y", "Y", "yes", "Yes", "YES", "on",  "On",  "ON",
                                                "n", "N", "no",  "No",  "NO",  "off", "Off", "OFF"};
  constexpr size_t kTrue = 8;
  if (yaml::Mapping* mapping = value.AsMapping()) {
    for (yaml::Entry& entry : *mapping) TruthWords(entry.value, sources, next);
  } else if (yaml::Sequence* list = value.AsSequence()) {
    for (yaml::Value& item : *list) TruthWords(item, sources, next);
  } else if (next < sources.size()) {
    const yaml::ScalarSource& source = sources[next++];
    const auto word = std::find(std::begin(kWords), std::end(kWords), source.text);
    if (source.style != yaml::ScalarSource::Style::kPlain || word == std::end(kWords)) return;
    yaml::Value truth(word - std::begin(kWords) < static_cast<std::ptrdiff_t>(kTrue));
    truth.set_mark(value.mark());
    value = std::move(truth);
  }
}

}  // namespace

void ToJsonNumbers(yaml::Value& value) {
  NormaliseNumbers(value);
  if (yaml::Mapping* mapping = value.AsMapping()) {
    for (yaml::Entry& entry : *mapping) ToJsonNumbers(entry.value);
  } else if (yaml::Sequence* list = value.AsSequence()) {
    for (yaml::Value& item : *list) ToJsonNumbers(item);
  } else if (const yaml::Float* number = value.AsFloat()) {
    constexpr double kExact = 9e15;
    const bool whole = std::abs(number->value) <= kExact && number->value == std::trunc(number->value);
    yaml::Value plain = whole ? yaml::Value(static_cast<int64_t>(number->value)) : yaml::Value(number->value);
    plain.set_mark(value.mark());
    value = std::move(plain);
  }
}

void ToJsonText(yaml::Document& document) {
  size_t next = 0;
  TruthWords(document.root, document.sources, next);
  ToJsonNumbers(document.root);
}

JsonPatch ReadJsonPatch(const yaml::Value& list, Notation notation, Problems& problems) {
  JsonPatch patch;
  for (const yaml::Value& item : *list.AsSequence()) {
    const std::string* word = TextUnder(item, "op");
    const Kind* kind = word == nullptr ? nullptr : KindOf(*word);
    const std::string* path = TextUnder(item, "path");
    const std::string* from = TextUnder(item, "from");
    const auto problem = [&](std::string message, std::string fix) {
      problems.push_back({item.mark(), std::move(message), std::move(fix)});
    };
    if (kind == nullptr) {
      problem("this is no operation of a JSON patch",
              "write `op: add`, remove, replace, move, copy or test, and `path`");
      continue;
    }
    if (path == nullptr) {
      problem("the operation " + Tick(*word) + " has no path", "add `path`, like /machine/network/hostname");
      continue;
    }
    const bool takes = *kind == Kind::kMove || *kind == Kind::kCopy;
    if (takes && from == nullptr) {
      problem("the operation " + Tick(*word) + " has no `from`",
              "add `from`, the path to take the value from");
      continue;
    }
    const yaml::Value* value = item.Find("value");
    JsonOperation operation{*kind, *path, takes ? *from : std::string(), {}, item.mark()};
    if (value != nullptr) operation.value = *value;
    if (notation == Notation::kYaml) ToJsonNumbers(operation.value);
    patch.operations.push_back(std::move(operation));
  }
  return patch;
}

ConfigResult<void> ApplyJsonPatch(yaml::Value& document, const JsonPatch& patch) {
  for (const JsonOperation& operation : patch.operations) {
    if (auto done = Apply(document, operation); !done) return done;
  }
  ToJsonNumbers(document);
  return {};
}

}  // namespace slipway::talos
