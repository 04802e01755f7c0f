#include "reconciler/talos/talosconfig.h"

#include "reconciler/talos/base64.h"
#include "reconciler/talos/values.h"

namespace slipway::talos {
namespace {

constexpr std::string_view kRoles[] = {"os:admin",       "os:operator",     "os:reader",
                                       "os:etcd:backup", "os:impersonator", "os:image:verifier",
                                       "os:meta:writer"};

}  // namespace

std::span<const std::string_view> KnownRoles() { return kRoles; }

Result<yaml::Value> MakeTalosconfig(const Bundle& bundle, const ClientRequest& request) {
  const auto authority = ReadCertificate(bundle.os.crt);
  if (!authority) return tl::make_unexpected(authority.error());
  const auto authority_key = ReadKey(bundle.os.key);
  if (!authority_key) return tl::make_unexpected(authority_key.error());
  const auto key = Ed25519Key(request.seed);
  if (!key) return tl::make_unexpected(key.error());
  const auto certificate = MakeClientCertificate(*key, request.roles, request.validity, request.serial,
                                                 *authority, *authority_key);
  if (!certificate) return tl::make_unexpected(certificate.error());
  const auto crt = WriteCertificate(*certificate);
  if (!crt) return tl::make_unexpected(crt.error());
  const auto pem = WriteKey(*key);
  if (!pem) return tl::make_unexpected(pem.error());
  yaml::Value root;
  root.At("context") = yaml::Value(request.cluster);
  yaml::Value& context = root.At("contexts").At(request.cluster);
  context.At("endpoints") = TextList(request.endpoints);
  context.At("ca") = yaml::Value(EncodeBase64(bundle.os.crt));
  context.At("crt") = yaml::Value(EncodeBase64(*crt));
  context.At("key") = yaml::Value(EncodeBase64(*pem));
  return root;
}

}  // namespace slipway::talos
