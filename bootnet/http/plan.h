#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "bootnet/catalog/decide.h"
#include "bootnet/http/request_head.h"

namespace slipway::http {

/// The file behind an answer, as far as its fields depend on it.
struct Body {
  std::string digest;  ///< SHA-256 in hex
  uint64_t size = 0;
  std::string_view name;  ///< its path or name; the suffix gives the type
};

/// One response: a head, then either a short text or a part of a file.
struct ResponsePlan {
  int status = 500;
  std::string head;  ///< status line and fields, ends with an empty line
  std::string text;  ///< the body, where no file is sent; empty for HEAD
  uint64_t file_offset = 0;
  uint64_t file_length = 0;  ///< 0: no file is sent
  Connection connection = Connection::kClose;
};

/// 200, 206, 304, 412 or 416 for a file that may leave. RFC 9110 §13.2.2's order of conditions.
ResponsePlan PlanFile(const RequestHead& request, const Body& body);

/// Anything that is not a file. `console` begins the body: Talos prints its first 32 bytes.
ResponsePlan PlanError(const RequestHead& request, int status, std::string_view reason,
                       std::string_view message, std::string_view console = "Slipway: refused");

/// A short text that says yes.
ResponsePlan PlanText(const RequestHead& request, std::string text);

/// The status for a decision that is not kAnswered.
int StatusOf(const Decision& decision);

/// By suffix: application/efi for .efi, without which edk2's HTTP boot takes no program from an unknown name;
/// application/octet-stream for the rest.
std::string_view ContentType(std::string_view name);

}  // namespace slipway::http
