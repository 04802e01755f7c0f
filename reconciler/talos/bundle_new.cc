#include "reconciler/talos/bundle_new.h"

#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include "reconciler/talos/base64.h"

namespace slipway::talos {
namespace {

/// siderolabs/crypto and constants: 87,600 hours.
constexpr UnixTime kAuthoritySeconds = UnixTime{87'600} * 3600;
/// From this minor of Talos on, cluster ids are in standard base64.
constexpr int kStandardClusterId = 14;

/// Random bytes that do not outlive their use.
template <size_t N>
struct RandomBytes {
  ~RandomBytes() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
  std::string_view Text() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
  std::array<uint8_t, N> bytes{};
};

Result<std::string> MakeSecret(const Random& random) {
  RandomBytes<32> drawn;
  if (auto done = random(drawn.bytes); !done) return tl::make_unexpected(done.error());
  return EncodeBase64(drawn.Text());
}

Result<Key> CurveKey() {
  Key key(EVP_EC_gen("P-256"));
  ERR_clear_error();
  if (key == nullptr) return Bug("making an elliptic curve key failed");
  return key;
}

Result<Identity> MakeIdentity(const Key& key, const std::string& organization, UnixTime now,
                              const Random& random) {
  Serial serial{};
  if (auto done = random(serial); !done) return tl::make_unexpected(done.error());
  const auto certificate = MakeAuthority(key, organization, {now, now + kAuthoritySeconds}, serial);
  if (!certificate) return tl::make_unexpected(certificate.error());
  auto crt = WriteCertificate(*certificate);
  if (!crt) return tl::make_unexpected(crt.error());
  auto pem = WriteKey(key);
  if (!pem) return tl::make_unexpected(pem.error());
  return Identity{std::move(*crt), std::move(*pem)};
}

Result<void> MakeKubernetesKeys(Bundle& bundle, UnixTime now, const Random& random) {
  // Talos means to name the aggregator's authority "front-proxy", and its certificates have an empty subject.
  const std::pair<Identity*, const char*> authorities[] = {
      {&bundle.etcd, "etcd"}, {&bundle.kubernetes, "kubernetes"}, {&bundle.aggregator, ""}};
  for (const auto& [identity, organization] : authorities) {
    const auto key = CurveKey();
    if (!key) return tl::make_unexpected(key.error());
    auto made = MakeIdentity(*key, organization, now, random);
    if (!made) return tl::make_unexpected(made.error());
    *identity = std::move(*made);
  }
  const Key service_account(EVP_RSA_gen(4096));
  if (service_account == nullptr) return Bug("making an RSA key failed");
  auto pem = WriteKey(service_account);
  if (!pem) return tl::make_unexpected(pem.error());
  bundle.service_account_key = std::move(*pem);
  return {};
}

Result<void> MakeTalosKey(Bundle& bundle, UnixTime now, const Random& random) {
  RandomBytes<32> seed;
  if (auto done = random(seed.bytes); !done) return done;
  const auto key = Ed25519Key(seed.bytes);
  if (!key) return tl::make_unexpected(key.error());
  auto made = MakeIdentity(*key, "talos", now, random);
  if (!made) return tl::make_unexpected(made.error());
  bundle.os = std::move(*made);
  return {};
}

}  // namespace

Result<void> DrawRandom(std::span<uint8_t> bytes) {
  if (RAND_priv_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1) return {};
  ERR_clear_error();
  return Retry("the system gives no random numbers");
}

Result<std::string> MakeToken(const Random& random) {
  constexpr std::string_view kAlphabet = "0123456789abcdefghijklmnopqrstuvwxyz";
  constexpr size_t kLetters = 22;
  constexpr size_t kDot = 6;
  constexpr uint8_t kFair = 252;  // the largest multiple of 36: bytes beyond it would favour some letters
  std::string token;
  while (token.size() < kLetters + 1) {
    RandomBytes<32> drawn;
    if (auto done = random(drawn.bytes); !done) return tl::make_unexpected(done.error());
    for (const uint8_t byte : drawn.bytes) {
      if (token.size() == kDot) token += '.';
      if (byte < kFair && token.size() < kLetters + 1) token += kAlphabet[byte % kAlphabet.size()];
    }
  }
  return token;
}

Result<Bundle> MakeBundle(const TalosVersion& version, UnixTime now, const Random& random) {
  Bundle bundle;
  RandomBytes<32> id;
  if (auto done = random(id.bytes); !done) return tl::make_unexpected(done.error());
  bundle.cluster_id =
      version.minor >= kStandardClusterId ? EncodeBase64(id.Text()) : EncodeBase64Url(id.Text());
  for (std::string* secret : {&bundle.cluster_secret, &bundle.secretbox_secret}) {
    auto made = MakeSecret(random);
    if (!made) return tl::make_unexpected(made.error());
    *secret = std::move(*made);
  }
  for (std::string* token : {&bundle.bootstrap_token, &bundle.trustd_token}) {
    auto made = MakeToken(random);
    if (!made) return tl::make_unexpected(made.error());
    *token = std::move(*made);
  }
  if (auto done = MakeKubernetesKeys(bundle, now, random); !done) return tl::make_unexpected(done.error());
  if (auto done = MakeTalosKey(bundle, now, random); !done) return tl::make_unexpected(done.error());
  return bundle;
}

}  // namespace slipway::talos
