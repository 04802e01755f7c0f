#include <algorithm>

#include "schema/fleet/codes.h"
#include "schema/fleet/decode.h"
#include "schema/fleet/forms.h"

namespace slipway {
namespace {

void DecodeSubnet(const yaml::Value& item, Reporter& reporter, Site& site) {
  const Located<std::string> cidr = TextOf(item, "cidr");
  if (cidr.value.empty()) return;
  const auto prefix = Ipv4Prefix::Parse(cidr.value);
  if (!prefix || prefix->length < 8 || prefix->length > 30) {
    reporter.Error(cidr.mark, code::kBadSubnet,
                   Tick(cidr.value) + " is no IPv4 network that machines could share",
                   "write a network address and a length from 8 to 30, like 10.0.128.0/24");
    return;
  }
  if (prefix->address != prefix->Network()) {
    reporter.Error(cidr.mark, code::kBadSubnet, Tick(cidr.value) + " is an address inside its network",
                   "write " + Tick(Ipv4Prefix{prefix->Network(), prefix->length}.ToString()));
    return;
  }
  Subnet subnet{*prefix, std::nullopt, DecodeNameservers(item, reporter)};
  if (const yaml::Value* gateway = item.Find("gateway")) {
    subnet.gateway = DecodeHostAddress(*gateway, "gateway", reporter);
    const bool inside = subnet.gateway && prefix->Contains(*subnet.gateway) &&
                        *subnet.gateway != prefix->Network() && *subnet.gateway != prefix->Broadcast();
    if (subnet.gateway && !inside) {
      reporter.Error(
          gateway->mark(), code::kGatewayOutsideSubnet,
          "the gateway " + subnet.gateway->ToString() + " is no host address of " + prefix->ToString(),
          "name a gateway inside the network");
      subnet.gateway.reset();
    }
  }
  for (const Subnet& other : site.subnets) {
    if (!other.cidr.Contains(prefix->address) && !prefix->Contains(other.cidr.address)) continue;
    reporter.Error(cidr.mark, code::kOverlappingSubnets,
                   prefix->ToString() + " overlaps with " + other.cidr.ToString(),
                   "keep networks apart: each address must lie in at most one");
    return;
  }
  site.subnets.push_back(std::move(subnet));
}

}  // namespace

void DecodeSite(const yaml::Value& spec, Reporter& reporter, Site& site) {
  const yaml::Value* url = Dig(spec, {"bootServer", "url"});
  if (url != nullptr && url->AsString() != nullptr) {
    if (const auto parsed = forms::ParseBootServer(*url->AsString())) {
      site.boot_server = *parsed;
    } else {
      reporter.Error(
          url->mark(), code::kBadBootServer, TickUrl(*url->AsString()) + " is no boot server URL",
          "write http://, a host and perhaps a port, nothing after it, like http://10.0.5.10:8080");
    }
  }
  const yaml::Value* action = Dig(spec, {"unknownMachines", "action"});
  if (action != nullptr && action->AsString() != nullptr) {
    site.unknown_machines = ParseUnknownAction(*action->AsString()).value_or(UnknownAction::kIgnore);
  }
  site.config_access =
      ParseConfigAccess(TextOf(spec, "configAccess").value).value_or(ConfigAccess::kNeighbor);
  const yaml::Value* encrypted = spec.Find("requireEncryptedSecrets");
  site.require_encrypted_secrets =
      encrypted != nullptr && encrypted->AsBool() != nullptr && *encrypted->AsBool();
  for (const yaml::Value& item : ItemsOf(spec, "subnets")) DecodeSubnet(item, reporter, site);
}

void DecodeAsset(const yaml::Value& spec, Reporter& reporter, Asset& asset) {
  const Located<std::string> url = TextOf(spec, "url");
  if (url.mark.line > 0) {
    const std::string_view problem = forms::AssetUrlProblem(url.value);
    if (problem.empty()) {
      asset.url = url.value;
    } else {
      // The URL itself is not shown: it may be the credentials that are wrong with it.
      reporter.Error(url.mark, code::kBadAssetUrl,
                     "an asset cannot come from this URL: " + std::string(problem),
                     "write an https://, http:// or file:/// URL, like https://example.org/vmlinuz");
    }
  }
  const Located<std::string> digest = TextOf(spec, "sha256");
  if (digest.mark.line == 0) return;
  if (auto parsed = forms::ParseDigest(digest.value)) {
    asset.sha256 = *std::move(parsed);
    return;
  }
  reporter.Error(digest.mark, code::kBadDigest, Tick(digest.value) + " is no SHA-256 digest",
                 "write its 64 hexadecimal digits; `slipway asset URL` prints the whole resource");
}

}  // namespace slipway
