#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "schema/fleet/ipv4.h"

/// DNS messages as a small authoritative server meets them: RFC 1035, and RFC 6891 for EDNS0.
namespace slipway::dns {

enum : uint16_t {
  kTypeA = 1,
  kTypeNs = 2,
  kTypeSoa = 6,
  kTypePtr = 12,
  kTypeAaaa = 28,
  kTypeOpt = 41,
  kTypeAny = 255,
  kClassIn = 1,
  kClassAny = 255,
};

enum class Rcode : uint16_t {
  kNoError = 0,
  kFormErr = 1,
  kNxDomain = 3,
  kRefused = 5,
  kBadVers = 16,  ///< in EDNS0's upper bits
};

/// What a query asks.
struct Query {
  uint16_t id = 0;
  uint8_t opcode = 0;
  bool recursion_desired = false;     ///< copied into the answer, never done
  std::string name;                   ///< lower case, without the trailing dot; "" is the root
  std::span<const uint8_t> question;  ///< as it was sent, to be echoed: name, type, class
  uint16_t type = 0;
  uint16_t query_class = 0;
  struct Edns {
    uint16_t udp_size = 512;
    uint8_t version = 0;
  };
  std::optional<Edns> edns;
};

/// Why a message is no query that can be read.
enum class QueryError : uint8_t {
  kNotQuery,   ///< shorter than a header, or a response: never answered, or two servers would talk for ever
  kMalformed,  ///< answered with FORMERR
};

/// Reads a message. Names may hold any bytes but dots inside labels, which no name of ours has. Pointers are
/// refused in the question, where they cannot lead anywhere, and passed over elsewhere, never followed.
/// Allocates for the name alone; any bytes are safe. The spans are of `message`.
tl::expected<Query, QueryError> ParseQuery(std::span<const uint8_t> message);

/// Builds one answer to a query; the question is echoed byte for byte, since resolvers mix upper and lower
/// case into it to know their answers again.
class AnswerWriter {
 public:
  AnswerWriter(const Query& query, Rcode rcode);

  enum class Section : uint8_t { kAnswer, kAuthority };
  /// The owner is the question's name.
  void AddA(Ipv4 address, uint32_t ttl);
  void AddName(uint16_t type, std::string_view target, uint32_t ttl);  ///< PTR, NS
  void AddSoa(Section section, std::string_view zone, std::string_view server, uint32_t ttl);

  /// The message, at most `limit` bytes: where it would be longer it has no records and says so (TC).
  std::vector<uint8_t> Finish(size_t limit);

 private:
  void Begin(uint16_t type, uint32_t ttl);
  void End();

  std::vector<uint8_t> bytes_;
  size_t after_question_;
  size_t length_at_ = 0;
  uint16_t answers_ = 0;
  uint16_t authorities_ = 0;
  Rcode rcode_;
  bool edns_;
};

/// FORMERR with nothing but the header's identity, for a message whose question cannot be read.
std::vector<uint8_t> FormErr(std::span<const uint8_t> message);

}  // namespace slipway::dns
