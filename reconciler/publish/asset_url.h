#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "schema/fleet/result.h"

namespace slipway {

/// Where an asset comes from, in parts. Only http, https and file.
struct AssetUrl {
  std::string scheme;       ///< "http", "https", "file"
  std::string credentials;  ///< "user:password", percent-decoded; "" for none. Never shown
  std::string host;         ///< without brackets; "" for file
  uint16_t port = 0;        ///< the scheme's default where none is given; 0 for file
  std::string target;       ///< path and query as they are sent; for file the decoded absolute path

  /// kFixInput, with a message that holds neither credentials nor query.
  static Result<AssetUrl> Parse(std::string_view text);

  /// "https://host:8443": what a client connects to. The host of an IPv6 address in brackets.
  std::string Origin() const;

  /// Origin and path, without credentials and query (signed URLs carry secrets there). For messages.
  std::string Redacted() const;

  bool operator==(const AssetUrl&) const = default;
};

/// Where a redirect leads: absolute, `//host/…`, `/…` or relative to the path. kFixInput when that must not
/// be followed: another scheme than http(s), or from https to http. Credentials go along to the same origin
/// only.
Result<AssetUrl> FollowRedirect(const AssetUrl& from, std::string_view location);

/// `text` up to its query or fragment and without credentials, for messages about URLs that do not parse.
std::string RedactUrlText(std::string_view text);

}  // namespace slipway
