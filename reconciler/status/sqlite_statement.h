#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <string>

namespace slipway {

/// A prepared statement; binds and reads columns in order.
class Statement {
 public:
  Statement(sqlite3* db, const char* sql) { sqlite3_prepare_v2(db, sql, -1, &handle_, nullptr); }
  ~Statement() { sqlite3_finalize(handle_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& operator<<(const std::string& text) {
    sqlite3_bind_text(handle_, ++bound_, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
    return *this;
  }
  Statement& operator<<(int64_t number) {
    sqlite3_bind_int64(handle_, ++bound_, number);
    return *this;
  }
  bool Step() {
    column_ = 0;
    return sqlite3_step(handle_) == SQLITE_ROW;
  }
  bool Run() {
    const int code = sqlite3_step(handle_);
    sqlite3_reset(handle_);
    bound_ = 0;
    return code == SQLITE_DONE;
  }
  Statement& operator>>(std::string& text) {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column_));
    text.assign(bytes == nullptr ? "" : bytes, static_cast<size_t>(sqlite3_column_bytes(handle_, column_)));
    ++column_;
    return *this;
  }
  Statement& operator>>(int64_t& number) {
    number = sqlite3_column_int64(handle_, column_++);
    return *this;
  }

 private:
  sqlite3_stmt* handle_ = nullptr;
  int bound_ = 0;
  int column_ = 0;
};

}  // namespace slipway
