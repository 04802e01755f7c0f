#include <algorithm>
#include <cstring>

#include "reconciler/plan/known_fleet.h"

namespace slipway::plan {
namespace {

/// Numbers as the machine has them, texts behind their lengths: what it writes is read by the same program.
class Writer {
 public:
  void Add(const void* value, size_t size) { bytes_.append(static_cast<const char*>(value), size); }
  void Number(uint32_t value) { Add(&value, sizeof value); }
  void Text(std::string_view text) {
    Number(static_cast<uint32_t>(text.size()));
    bytes_ += text;
  }
  std::string Finish() && { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// After the first read beyond the end everything is empty, and `good` false.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  template <class T>
  T Take() {
    T value{};
    const std::string_view taken = Cut(sizeof value);
    if (taken.size() == sizeof value) std::memcpy(&value, taken.data(), sizeof value);
    return value;
  }
  std::string Text() { return std::string(Cut(Take<uint32_t>())); }
  /// How many items follow, each of at least so many bytes.
  size_t Count(size_t least) {
    const size_t count = Take<uint32_t>();
    good_ = good_ && count <= bytes_.size() / least;
    return good_ ? count : 0;
  }
  bool at_end() const { return good_ && bytes_.empty(); }

 private:
  std::string_view Cut(size_t size) {
    good_ = good_ && size <= bytes_.size();
    if (!good_) return {};
    const std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }

  std::string_view bytes_;
  bool good_ = true;
};

/// What searching in it relies on.
bool IsInOrder(const KnownFleet& known) {
  const auto by_path = [](const auto& a, const auto& b) { return a.path < b.path; };
  return std::is_sorted(known.shared.begin(), known.shared.end(), by_path) &&
         std::is_sorted(known.files.begin(), known.files.end(), by_path) &&
         std::is_sorted(known.claims.begin(), known.claims.end()) &&
         std::all_of(known.claims.begin(), known.claims.end(),
                     [&](const KnownFleet::Claim& claim) { return claim.file < known.files.size(); });
}

}  // namespace

std::string EncodeKnown(const KnownFleet& known) {
  Writer out;
  out.Number(static_cast<uint32_t>(known.shared.size()));
  for (const SourceTree::Entry& entry : known.shared) {
    out.Text(entry.path);
    out.Text(entry.content_id);
    out.Number(static_cast<uint32_t>(entry.kind));
  }
  out.Number(static_cast<uint32_t>(known.files.size()));
  for (const KnownFleet::File& file : known.files) {
    out.Text(file.path);
    out.Text(file.content_id);
    out.Number(file.nodes);
  }
  out.Number(static_cast<uint32_t>(known.claims.size()));
  for (const KnownFleet::Claim& claim : known.claims) {
    out.Add(&claim.hash, sizeof claim.hash);
    out.Number(claim.file);
  }
  out.Number(static_cast<uint32_t>(known.encrypted.size()));
  for (const std::string& path : known.encrypted) out.Text(path);
  return std::move(out).Finish();
}

std::optional<KnownFleet> DecodeKnown(std::string_view bytes) {
  Reader in(bytes);
  KnownFleet known;
  known.shared.resize(in.Count(3 * sizeof(uint32_t)));
  for (SourceTree::Entry& entry : known.shared) {
    entry.path = in.Text();
    entry.content_id = in.Text();
    entry.kind = static_cast<SourceTree::EntryKind>(in.Take<uint32_t>());
  }
  known.files.resize(in.Count(3 * sizeof(uint32_t)));
  for (KnownFleet::File& file : known.files) {
    file.path = in.Text();
    file.content_id = in.Text();
    file.nodes = in.Take<uint32_t>();
  }
  known.claims.resize(in.Count(sizeof(uint64_t) + sizeof(uint32_t)));
  for (KnownFleet::Claim& claim : known.claims) {
    claim.hash = in.Take<uint64_t>();
    claim.file = in.Take<uint32_t>();
  }
  known.encrypted.resize(in.Count(sizeof(uint32_t)));
  for (std::string& path : known.encrypted) path = in.Text();
  if (!in.at_end() || !IsInOrder(known)) return std::nullopt;
  return known;
}

}  // namespace slipway::plan
