#include "bootnet/dns/answer.h"

#include <algorithm>

#include "bootnet/dns/message.h"

namespace slipway::dns {
namespace {

using Section = AnswerWriter::Section;

constexpr size_t kPlainUdp = 512;
constexpr size_t kMostUdp = 1232;
constexpr size_t kMostTcp = 65535;
constexpr std::string_view kReverse = ".in-addr.arpa";

size_t LimitOf(const Query& query, Transport transport) {
  if (transport == Transport::kTcp) return kMostTcp;
  if (!query.edns) return kPlainUdp;
  return std::clamp<size_t>(query.edns->udp_size, kPlainUdp, kMostUdp);
}

/// 4.3.2.1.in-addr.arpa → 1.2.3.4
std::optional<Ipv4> ReverseAddress(std::string_view name) {
  if (!name.ends_with(kReverse)) return std::nullopt;
  name.remove_suffix(kReverse.size());
  const auto backwards = Ipv4::Parse(name);
  if (!backwards) return std::nullopt;
  const uint32_t v = backwards->value;
  return Ipv4{v << 24U | (v & 0xff00U) << 8U | (v >> 8U & 0xff00U) | v >> 24U};
}

struct Asked {
  const Query& query;
  const Zone& zone;
  Ipv4 local;

  bool Wants(uint16_t type) const { return query.type == type || query.type == kTypeAny; }
  std::string NameServer() const { return "ns." + zone.domain(); }
};

/// The zone that speaks of a name: the domain, or the name itself where it lies outside.
AnswerWriter NoData(const Asked& asked, Rcode rcode, std::string_view own_zone) {
  AnswerWriter writer(asked.query, rcode);
  if (asked.zone.Owns(asked.query.name)) {
    writer.AddSoa(Section::kAuthority, asked.zone.domain(), asked.NameServer(), asked.zone.ttl());
  } else {
    writer.AddSoa(Section::kAuthority, own_zone, own_zone, asked.zone.ttl());
  }
  return writer;
}

AnswerWriter Addresses(const Asked& asked, std::span<const Ipv4> addresses) {
  if (!asked.Wants(kTypeA) || addresses.empty()) return NoData(asked, Rcode::kNoError, asked.query.name);
  AnswerWriter writer(asked.query, Rcode::kNoError);
  for (const Ipv4 address : addresses) writer.AddA(address, asked.zone.ttl());
  return writer;
}

AnswerWriter Apex(const Asked& asked) {
  const uint32_t ttl = asked.zone.ttl();
  const std::vector<Ipv4>* addresses = asked.zone.Find(asked.query.name);
  if (asked.query.type == kTypeSoa || asked.query.type == kTypeNs) {
    AnswerWriter writer(asked.query, Rcode::kNoError);
    if (asked.query.type == kTypeSoa) {
      writer.AddSoa(Section::kAnswer, asked.zone.domain(), asked.NameServer(), ttl);
    } else {
      writer.AddName(kTypeNs, asked.NameServer(), ttl);
    }
    return writer;
  }
  return Addresses(asked, addresses == nullptr ? std::span<const Ipv4>() : std::span(*addresses));
}

AnswerWriter Reverse(const Asked& asked, const std::vector<std::string>& names) {
  if (!asked.Wants(kTypePtr)) return NoData(asked, Rcode::kNoError, asked.query.name);
  AnswerWriter writer(asked.query, Rcode::kNoError);
  for (const std::string& name : names) writer.AddName(kTypePtr, name, asked.zone.ttl());
  return writer;
}

AnswerWriter AnswerQuery(const Asked& asked) {
  const Query& query = asked.query;
  const Zone& zone = asked.zone;
  if (query.edns && query.edns->version != 0) return {query, Rcode::kBadVers};
  const bool in = query.query_class == kClassIn || query.query_class == kClassAny;
  if (query.opcode != 0 || !in || !zone.enabled()) return {query, Rcode::kRefused};
  if (const auto address = ReverseAddress(query.name)) {
    const auto* names = zone.NamesOf(*address);
    return names == nullptr ? AnswerWriter(query, Rcode::kRefused) : Reverse(asked, *names);
  }
  if (!zone.domain().empty() && query.name == zone.domain()) return Apex(asked);
  if (const auto* addresses = zone.Find(query.name)) return Addresses(asked, *addresses);
  if (!zone.Owns(query.name)) return {query, Rcode::kRefused};
  if (query.name == asked.NameServer()) return Addresses(asked, std::span(&asked.local, 1));
  return NoData(asked, zone.IsAbove(query.name) ? Rcode::kNoError : Rcode::kNxDomain, zone.domain());
}

}  // namespace

std::optional<std::vector<uint8_t>> Answer(std::span<const uint8_t> message, Transport transport,
                                           const Zone& zone, Ipv4 local) {
  const auto query = ParseQuery(message);
  if (!query) {
    if (query.error() == QueryError::kNotQuery) return std::nullopt;
    return FormErr(message);
  }
  return AnswerQuery({*query, zone, local}).Finish(LimitOf(*query, transport));
}

}  // namespace slipway::dns
