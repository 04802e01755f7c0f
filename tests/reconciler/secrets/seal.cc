#include "tests/reconciler/secrets/seal.h"

#include <openssl/evp.h>

#include <algorithm>
#include <stdexcept>

#include "reconciler/secrets/crypto.h"
#include "reconciler/secrets/go_scalar.h"
#include "reconciler/secrets/text_codes.h"

namespace slipway::secrets {
namespace {

std::string RandomBytes(std::mt19937& random, size_t count) {
  std::string bytes;
  for (size_t i = 0; i < count; ++i) bytes += static_cast<char>(random() & 0xffU);
  return bytes;
}

std::string Seal(const EVP_CIPHER* cipher, std::string_view key, std::string_view nonce,
                 std::string_view additional, std::string_view plain) {
  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
  std::string sealed(plain.size() + kTagBytes + 16, '\0');
  int size = 0;
  int total = 0;
  auto* const out = reinterpret_cast<unsigned char*>(sealed.data());
  EVP_EncryptInit_ex(context, cipher, nullptr, nullptr, nullptr);
  EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_IVLEN, static_cast<int>(nonce.size()), nullptr);
  EVP_EncryptInit_ex(context, nullptr, nullptr, AsBytes(key).data(), AsBytes(nonce).data());
  if (!additional.empty()) {
    EVP_EncryptUpdate(context, nullptr, &size, AsBytes(additional).data(),
                      static_cast<int>(additional.size()));
  }
  if (!plain.empty())
    EVP_EncryptUpdate(context, out, &total, AsBytes(plain).data(), static_cast<int>(plain.size()));
  EVP_EncryptFinal_ex(context, out + total, &size);
  EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, kTagBytes, out + plain.size());
  EVP_CIPHER_CTX_free(context);
  sealed.resize(plain.size() + kTagBytes);
  return sealed;
}

std::string Unpadded(std::string_view bytes) {
  std::string text = EncodeBase64(AsBytes(bytes));
  while (text.ends_with('=')) text.pop_back();
  return text;
}

std::string Text(const SecretBytes& bytes) { return std::string(AsText(bytes)); }

std::string Scalar(unsigned number) {
  std::mt19937 random(4711 + number);
  return RandomBytes(random, kKeyBytes);
}

std::string Armor(std::string_view bytes) {
  std::string text = "-----BEGIN AGE ENCRYPTED FILE-----\n";
  const std::string base64 = EncodeBase64(AsBytes(bytes));
  for (size_t i = 0; i < base64.size(); i += 64) text += base64.substr(i, 64) + '\n';
  return text + "-----END AGE ENCRYPTED FILE-----\n";
}

std::string Payload(std::string_view plain, std::string_view key) {
  constexpr size_t kChunk = 64U << 10U;
  std::string out;
  std::string nonce(12, '\0');
  for (size_t at = 0, number = 0;; ++number) {
    const size_t size = std::min(kChunk, plain.size() - at);
    const bool last = at + size == plain.size();
    nonce[10] = static_cast<char>(number & 0xffU);
    nonce[9] = static_cast<char>(number >> 8U);
    nonce[11] = last ? 1 : 0;
    out += Seal(EVP_chacha20_poly1305(), key, nonce, "", plain.substr(at, size));
    at += size;
    if (last) return out;
  }
}

/// Encrypts the values of a tree in place.
class Sealer {
 public:
  Sealer(const SopsSealing& sealing, std::string key)
      : sealing_(sealing), key_(std::move(key)), random_(sealing.seed) {
    if (sealing.mac == SopsSealing::Mac::kEncryptedOnly) {
      unsigned char digest[32];
      EVP_Digest("sops", 4, digest, nullptr, EVP_sha256(), nullptr);
      hash_.Add(AsText(digest));
    }
  }

  void Visit(yaml::Value& value) {
    if (yaml::Mapping* mapping = value.AsMapping()) {
      for (yaml::Entry& entry : *mapping) {
        const size_t before = path_.size();
        path_ += entry.key + ':';
        Visit(entry.value);
        path_.resize(before);
      }
    } else if (yaml::Sequence* sequence = value.AsSequence()) {
      for (yaml::Value& item : *sequence) Visit(item);
    } else if (!value.IsNull()) {
      const auto [text, type] = Describe(value);
      const bool encrypts = sealing_.encrypts(path_);
      if (encrypts || sealing_.mac != SopsSealing::Mac::kEncryptedOnly) hash_.Add(text);
      if (encrypts && !text.empty()) value = yaml::Value(Encrypt(text, type, path_));
    }
  }

  std::string Mac(const std::string& modified) {
    std::string mac = hash_.FinishUpperHex();
    if (sealing_.mac == SopsSealing::Mac::kWrong) mac[0] = mac[0] == 'A' ? 'B' : 'A';
    if (sealing_.mac == SopsSealing::Mac::kNone) return "";
    return Encrypt(mac, "str", modified);
  }

 private:
  static std::pair<std::string, std::string> Describe(const yaml::Value& value) {
    if (const bool* truth = value.AsBool()) return {*truth ? "True" : "False", "bool"};
    if (const yaml::Integer* integer = value.AsInteger()) return {std::to_string(integer->value), "int"};
    if (const yaml::Float* number = value.AsFloat()) return {FormatGoFloat(number->value), "float"};
    return {*value.AsString(), "str"};
  }

  std::string Encrypt(std::string_view text, std::string_view type, std::string_view path) {
    const std::string iv = RandomBytes(random_, 32);
    const std::string sealed = Seal(EVP_aes_256_gcm(), key_, iv, path, text);
    const auto base64 = [](std::string_view bytes) { return EncodeBase64(AsBytes(bytes)); };
    return "ENC[AES256_GCM,data:" + base64(std::string_view(sealed).substr(0, text.size())) +
           ",iv:" + base64(iv) + ",tag:" + base64(std::string_view(sealed).substr(text.size())) +
           ",type:" + std::string(type) + "]";
  }

  const SopsSealing& sealing_;
  std::string key_;
  std::mt19937 random_;
  Sha512Hasher hash_;
  std::string path_;
};

std::string Indented(std::string_view text, std::string_view indent) {
  std::string out;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    out += std::string(indent) + std::string(text.substr(0, end)) + '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

}  // namespace

std::string EncodeBase64(ByteView bytes) {
  std::string text(bytes.size() / 3 * 4 + 5, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<size_t>(size));
  return text;
}

std::string TestIdentity(unsigned number) {
  std::string text = EncodeBech32("AGE-SECRET-KEY-", AsBytes(Scalar(number)));
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text;
}

std::string TestRecipient(unsigned number) {
  return EncodeBech32("age", *X25519Public(AsBytes(Scalar(number))));
}

std::string SealAge(std::string_view plain, std::string_view recipient, Form form, unsigned seed,
                    const AgeBend& bend) {
  std::mt19937 random(seed);
  const auto point = DecodeBech32(recipient);
  if (!point || point->prefix != "age") throw std::runtime_error("not a recipient");
  const std::string file_key = RandomBytes(random, 16);
  const std::string scalar = RandomBytes(random, kKeyBytes);
  const std::string share = Text(*X25519Public(AsBytes(scalar)));
  const SecretBytes shared = *X25519(AsBytes(scalar), point->data);
  const std::string salt = share + Text(point->data);
  const std::string wrap_key = Text(HkdfSha256(shared, AsBytes(salt), "age-encryption.org/v1/X25519"));
  std::string header =
      "age-encryption.org/v1\n-> X25519 " + Unpadded(share) + '\n' +
      Unpadded(Seal(EVP_chacha20_poly1305(), wrap_key, std::string(12, '\0'), "", file_key)) + '\n';
  for (const std::string& stanza : bend.more_stanzas) header += stanza;
  if (bend.header) bend.header(header);
  header += "---";
  const SecretBytes mac_key = HkdfSha256(AsBytes(file_key), {}, "header");
  const auto mac = HmacSha256(mac_key, AsBytes(header));
  const std::string nonce = RandomBytes(random, 16);
  const std::string key = Text(HkdfSha256(AsBytes(file_key), AsBytes(nonce), "payload"));
  const std::string file = header + ' ' + Unpadded(AsText(mac)) + '\n' + nonce + Payload(plain, key);
  return form == Form::kBinary ? file : Armor(file);
}

std::string SealSops(std::string_view text, const SopsSealing& sealing) {
  yaml::Stream stream = yaml::Read(text, "sealed.yaml");
  if (!stream.problems.empty()) throw std::runtime_error(FormatText(stream.problems.front()));
  std::mt19937 random(sealing.seed * 7919);
  const std::string key = RandomBytes(random, kKeyBytes);
  Sealer sealer(sealing, key);
  for (yaml::Document& document : stream.documents) sealer.Visit(document.root);
  const std::string modified = "2024-03-25T15:41:17Z";
  std::string metadata = "sops:\n  age:\n    - recipient: " + sealing.recipient + "\n      enc: |\n" +
                         Indented(SealAge(key, sealing.recipient, Form::kArmored, sealing.seed), "        ") +
                         "  lastmodified: \"" + modified + "\"\n";
  if (const std::string mac = sealer.Mac(modified); !mac.empty()) metadata += "  mac: " + mac + '\n';
  if (sealing.mac == SopsSealing::Mac::kEncryptedOnly) metadata += "  mac_only_encrypted: true\n";
  metadata += Indented(sealing.rule, "  ") + Indented(sealing.more, "  ") + "  version: 3.9.0\n";
  std::string out;
  for (const yaml::Document& document : stream.documents)
    out += (out.empty() ? "" : "---\n") + yaml::Write(document.root) + metadata;
  return out;
}

}  // namespace slipway::secrets
