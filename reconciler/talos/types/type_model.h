#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::talos {

struct StructType;
struct LeafType;

enum class Shape : uint8_t {
  kString,
  kInteger,
  kBool,
  kEnum,    ///< one of some words
  kLeaf,    ///< a text of a form of its own: a size, an address, a URL …
  kStruct,  ///< a mapping with known fields
  kList,
  kMap,     ///< a mapping whose keys are the user's
  kArgs,    ///< a mapping to texts or lists of texts, overwritten key by key
  kObject,  ///< a mapping of any shape
  kPem,     ///< `crt` and `key` in base64, decoded and replaced as one
};

/// How the list of a patch meets the list that is there. Source: the Merge methods of Talos' list types.
enum class ListRule : uint8_t {
  kAppend,
  kKeyed,      ///< items meet by one field, others are appended
  kKeyedSwap,  ///< as kKeyed, but a matched item is replaced whole
  kInterface,  ///< by `interface`, else by an equal `deviceSelector`
  kTrimmed,    ///< appended; the `contents` of an item lose leading line ends and tabs where they are read
};

/// The type of one value.
struct TypeRef {
  Shape shape = Shape::kString;
  bool optional = false;   ///< Go's pointer: an explicit zero value counts as said
  bool is_signed = false;  ///< of kInteger
  uint8_t bits = 0;        ///< of kInteger
  ListRule rule = ListRule::kAppend;
  std::string_view key;                 ///< of keyed lists
  std::string_view word;                ///< as the data file writes it; of kPem the fields
  const StructType* fields = nullptr;   ///< of kStruct
  const LeafType* leaf = nullptr;       ///< of kEnum and kLeaf
  std::shared_ptr<const TypeRef> item;  ///< of kList and kMap
};

struct FieldType {
  std::string_view name;
  TypeRef type;
  bool replace = false;  ///< a patch's value takes the place, lists and mappings too
};

struct StructType {
  std::string_view name;          ///< package and type, as in the data file
  std::vector<FieldType> fields;  ///< sorted by name
  bool eager = false;             ///< a merge can change fields that the patch does not name
  bool stuck = false;             ///< Talos refuses to merge two of these, whatever they say

  const FieldType* Find(std::string_view field) const;
};

/// What Talos' merge makes of two values of a leaf type; `kOld` keeps, `kNew` takes, `kNothing` empties.
enum class Outcome : uint8_t { kNothing, kOld, kNew, kRefused };

struct LeafType {
  std::string_view name;
  std::vector<std::string_view> words;  ///< of an enumeration
  std::string_view zero;                ///< the word that counts as not said
  bool fold = false;                    ///< words in any case
  bool number = false;                  ///< a word's number is taken too
  bool empty = false;                   ///< "" is taken
  bool selects = false;  ///< `$patch: delete` can choose a list item by such a field (from 1.12)
  Outcome none_none = Outcome::kNothing;  ///< for a field that is not optional: neither side says it
  Outcome none_new = Outcome::kNew;
  Outcome old_none = Outcome::kOld;
  Outcome old_new = Outcome::kNew;
};

struct KindType {
  std::string_view kind;  ///< "" of the main document
  const StructType* fields = nullptr;
  bool named = false;  ///< documents of this kind are told apart by `name`
};

inline constexpr int kOldestMinor = 8;
inline constexpr int kNewestMinor = 14;

/// The config types of one minor release of Talos 1.x, as Talos' own tools decode and merge them. Immutable;
/// the names in it live as long as the process. Thread-safe.
class TypeModel {
 public:
  /// `minor` outside kOldestMinor … kNewestMinor is taken for the nearest of these.
  static const TypeModel& Of(int minor);

  /// Reads `data` in the form of types.txt, whose text must outlive the model. An unreadable line is left out
  /// and named in problems().
  TypeModel(std::string_view data, int minor);

  int minor() const { return minor_; }
  const KindType* Find(std::string_view kind) const;  ///< "" is the main document's
  const StructType* FindStruct(std::string_view name) const;
  std::vector<std::string_view> Kinds() const;
  const std::vector<std::string>& problems() const { return problems_; }

 private:
  friend class TypeParser;
  int minor_;
  std::vector<KindType> kinds_;                       ///< sorted
  std::vector<std::unique_ptr<StructType>> structs_;  ///< sorted by name
  std::vector<std::unique_ptr<LeafType>> leaves_;     ///< sorted by name
  std::vector<std::string> problems_;
};

/// The releases that know a kind, or a field of a type: "1.12", "1.13 and later", "1.8 to 1.11"; "" when none
/// does.
std::string KindReleases(std::string_view kind);
std::string FieldReleases(std::string_view type, std::string_view field);

}  // namespace slipway::talos
