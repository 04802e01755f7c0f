#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "schema/fleet/fleet.h"

/// The forms of single values: what a pattern cannot say, or not say well. Pure; no value is ever too long
/// for them.
namespace slipway::forms {

/// A DNS-1123 subdomain: lower-case letters, digits, '-' and '.', labels of at most 63, 253 in all. Safe in
/// file names, URLs and iPXE scripts.
bool IsResourceName(std::string_view text);

/// A host name by RFC 1123 §2.1: like a resource name, with capitals.
bool IsHostname(std::string_view text);

/// http://host[:port], nothing after it but a slash.
std::optional<BootServerUrl> ParseBootServer(std::string_view text);

/// https://host:port; the URL without a trailing slash.
std::optional<std::string> ParseEndpoint(std::string_view text);

/// Why `talosctl gen config` would refuse a text as the endpoint of a cluster, "" when it takes it: https, a
/// host, IPv6 in brackets, and a port of 1 to 65535 where there is one.
std::string_view EndpointProblem(std::string_view text);

/// A path below /dev.
bool IsDevicePath(std::string_view text);

/// An image with a registry, and with a tag or a digest.
bool IsImageReference(std::string_view text);

/// Why a URL cannot be an Asset's; "" when it can.
std::string_view AssetUrlProblem(std::string_view text);

/// 64 hex digits in lower case.
std::optional<std::string> ParseDigest(std::string_view text);

/// 8-4-4-4-12 hex digits in lower case.
std::optional<std::string> ParseUuid(std::string_view text);

/// "30s", "5m", "1h" as seconds: a whole number from 1 to 1,000,000 and a unit.
std::optional<uint32_t> ParseSeconds(std::string_view text);

/// "90s", "2m": seconds, 1 to 3,600.
std::optional<int> ParseTimeout(std::string_view text);

/// Why a text cannot be one argument on a kernel command line in an iPXE script; "" when it can.
std::string_view KernelArgumentProblem(std::string_view text);

/// Why a text cannot name a file of the repository; "" when it can.
std::string_view FilePathProblem(std::string_view text);

/// Printable ASCII without white space at either end.
bool IsPlainText(std::string_view text);

std::string ToLower(std::string_view text);

}  // namespace slipway::forms
