#pragma once

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "reconciler/forge/api.h"

namespace slipway::forge::testing {

/// The least that must be found where every package could be had; nothing where one was left out.
inline size_t Least(size_t count) {
  return std::getenv("SLIPWAY_RECORDINGS_COMPLETE") != nullptr ? count : 0;
}

/// What a reply holds.
enum class Holds : uint8_t { kNothing, kPull, kPulls, kComment, kComments, kDiscussions };

/// One of the calls that our client makes, with the parameters that somebody else's client made it with.
struct Call {
  const char* name = "";
  ApiRequest request;
  Holds holds = Holds::kNothing;
};

/// The path below the API's root, without its query.
std::string PlainPath(const std::string& path);
/// The names in a query, apart by '&'.
std::vector<std::string> QueryNames(const std::string& path);

Kind KindOf(const nlohmann::json& exchange);

/// Our request for what a recorded one asked; nothing where it is no call of ours.
std::optional<Call> OurCall(const nlohmann::json& exchange);

}  // namespace slipway::forge::testing
