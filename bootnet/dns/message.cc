#include "bootnet/dns/message.h"

namespace slipway::dns {
namespace {

constexpr size_t kHeader = 12;
constexpr uint8_t kResponse = 0x80;
constexpr uint8_t kAuthoritative = 0x04;
constexpr uint8_t kTruncated = 0x02;
constexpr uint8_t kRecursionDesired = 0x01;
constexpr uint16_t kToQuestion = 0xc000 | kHeader;  // a pointer to the question's name
constexpr uint16_t kOwnUdpSize = 1232;              // never a fragment
constexpr size_t kMostRecords = 16;                 // that a query may carry beside its question

uint16_t WordAt(std::span<const uint8_t> bytes, size_t at) {
  return static_cast<uint16_t>(bytes[at] << 8U | bytes[at + 1]);
}

void Word(std::vector<uint8_t>& out, size_t value) {
  out.push_back(static_cast<uint8_t>(value >> 8U));
  out.push_back(static_cast<uint8_t>(value));
}

void Long(std::vector<uint8_t>& out, uint32_t value) {
  Word(out, value >> 16U);
  Word(out, value & 0xffffU);
}

void Name(std::vector<uint8_t>& out, std::string_view name) {
  while (!name.empty()) {
    const std::string_view label = name.substr(0, std::min(name.find('.'), name.size()));
    out.push_back(static_cast<uint8_t>(label.size()));
    out.insert(out.end(), label.begin(), label.end());
    name.remove_prefix(std::min(label.size() + 1, name.size()));
  }
  out.push_back(0);
}

/// A name without pointers; nothing when it is none or longer than RFC 1035 allows. `at` moves behind it.
std::optional<std::string> ReadName(std::span<const uint8_t> message, size_t& at) {
  std::string name;
  const size_t start = at;
  while (at < message.size() && at - start < 255) {
    const size_t length = message[at++];
    if (length == 0) return name;
    if (length > 63 || length > message.size() - at) return std::nullopt;
    if (!name.empty()) name += '.';
    for (size_t i = 0; i < length; ++i, ++at) {
      const uint8_t byte = message[at];
      if (byte == '.') return std::nullopt;
      name += static_cast<char>(byte >= 'A' && byte <= 'Z' ? byte + 32 : byte);
    }
  }
  return std::nullopt;
}

/// Passes over a name that may end in a pointer.
bool SkipName(std::span<const uint8_t> message, size_t& at) {
  while (at < message.size()) {
    const size_t length = message[at++];
    if (length == 0) return true;
    if (length >= 0xc0) return ++at <= message.size();
    if (length > 63 || length > message.size() - at) return false;
    at += length;
  }
  return false;
}

/// The records behind the question, for the OPT among them.
bool ReadRecords(std::span<const uint8_t> message, size_t at, size_t count, Query& query) {
  if (count > kMostRecords) return false;
  for (size_t i = 0; i < count; ++i) {
    const size_t name_at = at;
    if (!SkipName(message, at) || message.size() - at < 10) return false;
    const uint16_t type = WordAt(message, at);
    const size_t length = WordAt(message, at + 8);
    if (type == kTypeOpt) {
      if (query.edns || at - name_at != 1) return false;  // RFC 6891 §6.1.1: one, of the root
      query.edns = Query::Edns{WordAt(message, at + 2), message[at + 5]};
    }
    at += 10;
    if (length > message.size() - at) return false;
    at += length;
  }
  return true;
}

}  // namespace

tl::expected<Query, QueryError> ParseQuery(std::span<const uint8_t> message) {
  if (message.size() < kHeader || (message[2] & kResponse) != 0) {
    return tl::make_unexpected(QueryError::kNotQuery);
  }
  const auto malformed = [] { return tl::make_unexpected(QueryError::kMalformed); };
  Query query;
  query.id = WordAt(message, 0);
  query.opcode = message[2] >> 3U & 15U;
  query.recursion_desired = (message[2] & kRecursionDesired) != 0;
  if (WordAt(message, 4) != 1) return malformed();
  size_t at = kHeader;
  auto name = ReadName(message, at);
  if (!name || message.size() - at < 4) return malformed();
  query.name = std::move(*name);
  query.type = WordAt(message, at);
  query.query_class = WordAt(message, at + 2);
  at += 4;
  query.question = message.subspan(kHeader, at - kHeader);
  const size_t records = size_t{WordAt(message, 6)} + WordAt(message, 8) + WordAt(message, 10);
  if (!ReadRecords(message, at, records, query)) return malformed();
  return query;
}

AnswerWriter::AnswerWriter(const Query& query, Rcode rcode) : rcode_(rcode), edns_(query.edns.has_value()) {
  Word(bytes_, query.id);
  bytes_.push_back(static_cast<uint8_t>(kResponse | query.opcode << 3U |
                                        (query.recursion_desired ? kRecursionDesired : 0)));
  bytes_.push_back(static_cast<uint8_t>(static_cast<unsigned>(rcode) & 15U));
  if (rcode == Rcode::kNoError || rcode == Rcode::kNxDomain) bytes_[2] |= kAuthoritative;
  Word(bytes_, 1);
  Long(bytes_, 0);
  Word(bytes_, edns_ ? 1 : 0);
  bytes_.insert(bytes_.end(), query.question.begin(), query.question.end());
  after_question_ = bytes_.size();
}

void AnswerWriter::Begin(uint16_t type, uint32_t ttl) {
  Word(bytes_, type);
  Word(bytes_, kClassIn);
  Long(bytes_, ttl);
  length_at_ = bytes_.size();
  Word(bytes_, 0);
}

void AnswerWriter::End() {
  const size_t length = bytes_.size() - length_at_ - 2;
  bytes_[length_at_] = static_cast<uint8_t>(length >> 8U);
  bytes_[length_at_ + 1] = static_cast<uint8_t>(length);
}

void AnswerWriter::AddA(Ipv4 address, uint32_t ttl) {
  Word(bytes_, kToQuestion);
  Begin(kTypeA, ttl);
  Long(bytes_, address.value);
  End();
  ++answers_;
}

void AnswerWriter::AddName(uint16_t type, std::string_view target, uint32_t ttl) {
  Word(bytes_, kToQuestion);
  Begin(type, ttl);
  Name(bytes_, target);
  End();
  ++answers_;
}

void AnswerWriter::AddSoa(Section section, std::string_view zone, std::string_view server, uint32_t ttl) {
  Name(bytes_, zone);
  Begin(kTypeSoa, ttl);
  Name(bytes_, server);
  Name(bytes_, std::string("hostmaster.") + std::string(zone));
  // Serial and timers are for secondaries, which there are none of; the last is how long a "no" may be kept.
  for (const uint32_t value : {uint32_t{1}, uint32_t{3600}, uint32_t{600}, uint32_t{86400}, ttl}) {
    Long(bytes_, value);
  }
  End();
  ++(section == Section::kAnswer ? answers_ : authorities_);
}

std::vector<uint8_t> AnswerWriter::Finish(size_t limit) {
  constexpr size_t kOptSize = 11;
  if (bytes_.size() + (edns_ ? kOptSize : 0) > limit) {
    bytes_.resize(after_question_);
    bytes_[2] |= kTruncated;
    answers_ = authorities_ = 0;
  }
  bytes_[7] = static_cast<uint8_t>(answers_);
  bytes_[6] = static_cast<uint8_t>(answers_ >> 8U);
  bytes_[9] = static_cast<uint8_t>(authorities_);
  if (edns_) {
    bytes_.push_back(0);
    Word(bytes_, kTypeOpt);
    Word(bytes_, kOwnUdpSize);
    Long(bytes_, static_cast<uint32_t>(rcode_) >> 4U << 24U);
    Word(bytes_, 0);
  }
  return std::move(bytes_);
}

std::vector<uint8_t> FormErr(std::span<const uint8_t> message) {
  std::vector<uint8_t> out(kHeader, 0);
  out[0] = message[0];
  out[1] = message[1];
  out[2] = static_cast<uint8_t>(kResponse | (message[2] & 0x79U));
  out[3] = static_cast<uint8_t>(Rcode::kFormErr);
  return out;
}

}  // namespace slipway::dns
