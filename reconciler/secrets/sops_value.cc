#include "reconciler/secrets/sops_value.h"

#include <charconv>

#include "reconciler/secrets/crypto.h"
#include "reconciler/secrets/go_scalar.h"
#include "reconciler/secrets/text_codes.h"

namespace slipway::secrets {
namespace {

constexpr std::string_view kBegin = "ENC[AES256_GCM,data:";

struct Parts {
  SecretBytes data;
  SecretBytes iv;
  SecretBytes tag;
  std::string_view type;
};

/// Takes what stands before `mark`, and the mark. nullopt: there is no mark.
std::optional<std::string_view> TakeUntil(std::string_view& text, std::string_view mark) {
  const size_t end = text.find(mark);
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(end + mark.size());
  return taken;
}

std::optional<Parts> Parse(std::string_view text) {
  if (!LooksLikeSopsValue(text)) return std::nullopt;
  text.remove_prefix(kBegin.size());
  text.remove_suffix(1);
  const auto data = TakeUntil(text, ",iv:");
  const auto iv = data ? TakeUntil(text, ",tag:") : std::nullopt;
  const auto tag = iv ? TakeUntil(text, ",type:") : std::nullopt;
  if (!tag || data->empty() || iv->empty() || tag->empty() || text.empty()) return std::nullopt;
  auto data_bytes = DecodeBase64(*data, Padding::kRequired);
  auto iv_bytes = DecodeBase64(*iv, Padding::kRequired);
  auto tag_bytes = DecodeBase64(*tag, Padding::kRequired);
  if (!data_bytes || !iv_bytes || !tag_bytes) return std::nullopt;
  return Parts{*std::move(data_bytes), *std::move(iv_bytes), *std::move(tag_bytes), text};
}

std::optional<bool> ParseBool(std::string_view text) {
  for (const std::string_view word : {"True", "true", "TRUE", "t", "T", "1"}) {
    if (text == word) return true;
  }
  for (const std::string_view word : {"False", "false", "FALSE", "f", "F", "0"}) {
    if (text == word) return false;
  }
  return std::nullopt;
}

tl::expected<SopsValue, SopsValueError> Typed(std::string_view plain, std::string_view type) {
  const auto mismatch = tl::make_unexpected(SopsValueError::kNotOfItsType);
  if (type == "str" || type == "bytes")
    return SopsValue{yaml::Value(plain), std::string(plain), SopsValue::Kind::kValue};
  if (type == "comment") return SopsValue{yaml::Value(), "", SopsValue::Kind::kComment};
  if (type == "int") {
    const std::string_view digits = plain.starts_with('+') ? plain.substr(1) : plain;
    int64_t number = 0;
    const char* const end = digits.data() + digits.size();
    const auto parsed = std::from_chars(digits.data(), end, number);
    if (parsed.ec != std::errc{} || parsed.ptr != end) return mismatch;
    return SopsValue{yaml::Value(number), std::to_string(number), SopsValue::Kind::kValue};
  }
  if (type == "float") {
    const auto number = ParseGoFloat(plain);
    if (!number) return mismatch;
    return SopsValue{yaml::Value(*number), FormatGoFloat(*number), SopsValue::Kind::kValue};
  }
  if (type == "bool") {
    const auto truth = ParseBool(plain);
    if (!truth) return mismatch;
    return SopsValue{yaml::Value(*truth), *truth ? "True" : "False", SopsValue::Kind::kValue};
  }
  if (type == "time") {
    const auto time = NormaliseTime(plain, TimeForm::kRfc3339, Fraction::kKeep);
    if (!time) return mismatch;
    return SopsValue{yaml::Value(*time), *time, SopsValue::Kind::kValue};
  }
  return tl::make_unexpected(SopsValueError::kUnknownType);
}

}  // namespace

bool LooksLikeSopsValue(std::string_view text) { return text.starts_with(kBegin) && text.ends_with(']'); }

tl::expected<SopsValue, SopsValueError> DecryptSopsValue(std::string_view text, ByteView key,
                                                         std::string_view additional) {
  const auto parts = Parse(text);
  if (!parts) return tl::make_unexpected(SopsValueError::kNotEncrypted);
  const auto plain = OpenAes256Gcm(key, parts->iv, AsBytes(additional), parts->data, parts->tag);
  if (!plain) return tl::make_unexpected(SopsValueError::kNotAuthentic);
  return Typed(AsText(*plain), parts->type);
}

}  // namespace slipway::secrets
