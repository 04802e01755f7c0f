#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "reconciler/forge/desk.h"

namespace slipway::forge::testing {

/// History in which every commit holds those before it.
inline const Contains kHolds = [](const std::string&, const std::string&) {
  return std::optional<bool>(true);
};

/// A conversation with a forge as its documentation shows it: each request must be the next one, word for
/// word.
class Recording {
 public:
  explicit Recording(const std::string& forge) {
    std::ifstream file(std::filesystem::path(SLIPWAY_SOURCE_DIR) / "tests/reconciler/forge/testdata" /
                       (forge + ".json"));
    exchanges_ = nlohmann::json::parse(file);
  }

  ApiResponse Answer(const ApiRequest& request) {
    ApiResponse response;
    if (next_ >= exchanges_.size()) {
      ADD_FAILURE() << "one request too many: " << ToString(request.method) << ' ' << request.path;
      response.status = 500;
      return response;
    }
    const nlohmann::json& exchange = exchanges_[next_++];
    const nlohmann::json& wanted = exchange["request"];
    EXPECT_EQ(std::string(ToString(request.method)) + ' ' + request.path,
              wanted["method"].get<std::string>() + ' ' + wanted["path"].get<std::string>())
        << exchange["documented"];
    if (wanted.contains("body")) {
      EXPECT_EQ(nlohmann::json::parse(request.body, nullptr, false), wanted["body"])
          << exchange["documented"];
    } else {
      EXPECT_EQ(request.body, "");
    }
    response.status = exchange["response"]["status"];
    response.body = exchange["response"]["body"].dump();
    return response;
  }

  size_t rest() const { return exchanges_.size() - next_; }
  size_t asked() const { return next_; }

 private:
  nlohmann::json exchanges_;
  size_t next_ = 0;
};

}  // namespace slipway::forge::testing
