#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "reconciler/forge/api.h"

/// Small parts that the forges' dialects are made of. Private to this room.
namespace slipway::forge {

/// RFC 3986 §2.1: everything but unreserved characters is escaped; `keep` are left as well.
std::string PercentEncode(std::string_view text, std::string_view keep = "");

/// At most `limit` bytes on one line, whole UTF-8 characters, "…" where something was cut.
std::string CutTo(std::string_view text, size_t limit);

/// As bytes; what is not UTF-8 is replaced.
std::string Dump(const nlohmann::json& value);

/// The member of that name, "" and 0 where there is none of that type. `path` goes through objects:
/// "head.sha".
std::string TextAt(const nlohmann::json& value, std::string_view path);
int64_t NumberAt(const nlohmann::json& value, std::string_view path);

ApiRequest Get(std::string path, std::string doing);
ApiRequest Send(Method method, std::string path, const nlohmann::json& body, std::string doing);

/// Parses a list or an object and reads each element; nullopt of `read` makes it an answer that is not as
/// documented.
template <class T, class Read>
Result<std::vector<T>> ReadList(std::string_view body, Read read) {
  const auto list = nlohmann::json::parse(body, nullptr, false);
  if (!list.is_array())
    return Retry("the answer is no list of the API: is forge.url the root of the forge's API?");
  std::vector<T> items;
  for (const auto& element : list) {
    auto item = read(element);
    if (!item) return Retry("an element of the answer is not as the API documents it");
    items.push_back(std::move(*item));
  }
  return items;
}

template <class T, class Read>
Result<T> ReadOne(std::string_view body, Read read) {
  const auto object = nlohmann::json::parse(body, nullptr, false);
  auto item = object.is_object() ? read(object) : std::optional<T>();
  if (!item)
    return Retry("the answer is not as the API documents it: is forge.url the root of the forge's API?");
  return std::move(*item);
}

/// The dialects; MakeApi chooses.
std::unique_ptr<const Api> MakeGitHub(const std::string& repository);
std::unique_ptr<const Api> MakeGitea(const std::string& repository);
std::unique_ptr<const Api> MakeGitLab(const std::string& repository);

}  // namespace slipway::forge
