#include "schema/fleet/codes.h"
#include "schema/fleet/decode.h"
#include "schema/fleet/forms.h"

namespace slipway {
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
  site.config_window_seconds = SecondsOf(spec, "configWindow", site.config_window_seconds);
  DecodeGuards(spec, reporter, site.guards);
  for (const yaml::Value& item : ItemsOf(spec, "subnets")) DecodeSubnet(item, reporter, site);
  if (const yaml::Value* dns = spec.Find("dns"); dns != nullptr && dns->AsMapping() != nullptr) {
    site.dns.enabled = true;
    site.dns.domain = DecodeDomain(*dns, reporter);
    site.dns.ttl_seconds = SecondsOf(*dns, "ttl", site.dns.ttl_seconds);
  }
  if (const yaml::Value* verify = spec.Find("verify")) {
    site.verify.allowed_signers = DecodeFileRef(*verify, "allowedSigners", reporter);
    site.verify.revoked_keys = DecodeFileRef(*verify, "revokedKeys", reporter);
    site.verify.pgp_keys = DecodeFileRef(*verify, "pgpKeys", reporter);
  }
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
