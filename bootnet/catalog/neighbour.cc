#include "bootnet/catalog/neighbour.h"

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cstring>
#include <span>

#include "bootnet/catalog/unique_fd.h"

namespace slipway {
namespace {

struct AddressAttribute {
  rtattr head{};
  uint32_t address = 0;  ///< network order
};

template <class Body>
struct Query {
  nlmsghdr head{};
  Body body{};
  AddressAttribute destination;
};

using Buffer = std::array<char, 8192>;

/// One question, one datagram back; empty on any trouble, an NLMSG_ERROR included.
template <class Body>
std::span<const char> Ask(int fd, uint16_t type, const Body& body, uint16_t attribute, Ipv4 address,
                          Buffer& buffer) {
  Query<Body> query;
  query.head.nlmsg_len = sizeof(query);
  query.head.nlmsg_type = type;
  query.head.nlmsg_flags = NLM_F_REQUEST;
  query.head.nlmsg_seq = type;
  query.body = body;
  query.destination.head = {RTA_LENGTH(sizeof(uint32_t)), attribute};
  query.destination.address = __builtin_bswap32(address.value);
  if (::send(fd, &query, sizeof(query), 0) != static_cast<ssize_t>(sizeof(query))) return {};
  const ssize_t n = ::recv(fd, buffer.data(), buffer.size(), 0);
  if (n < static_cast<ssize_t>(sizeof(nlmsghdr))) return {};
  nlmsghdr head;
  std::memcpy(&head, buffer.data(), sizeof(head));
  if (head.nlmsg_type == NLMSG_ERROR || head.nlmsg_seq != type || head.nlmsg_len > static_cast<size_t>(n))
    return {};
  return std::span<const char>(buffer).first(head.nlmsg_len).subspan(NLMSG_HDRLEN);
}

/// The value of an attribute behind a fixed body; empty where it is not.
std::span<const char> Attribute(std::span<const char> payload, size_t body_size, uint16_t wanted) {
  if (payload.size() < NLMSG_ALIGN(body_size)) return {};
  std::span<const char> rest = payload.subspan(NLMSG_ALIGN(body_size));
  while (rest.size() >= sizeof(rtattr)) {
    rtattr head;
    std::memcpy(&head, rest.data(), sizeof(head));
    if (head.rta_len < sizeof(rtattr) || head.rta_len > rest.size()) return {};
    if (head.rta_type == wanted) return rest.subspan(sizeof(rtattr), head.rta_len - sizeof(rtattr));
    rest = rest.subspan(std::min<size_t>(RTA_ALIGN(head.rta_len), rest.size()));
  }
  return {};
}

struct Route {
  enum class Kind { kNone, kHost, kLink } kind = Kind::kNone;
  int interface_index = 0;
};

Route FindRoute(int fd, Ipv4 peer) {
  rtmsg body{};
  body.rtm_family = AF_INET;
  body.rtm_dst_len = 32;
  Buffer buffer;
  const auto payload = Ask(fd, RTM_GETROUTE, body, RTA_DST, peer, buffer);
  if (payload.size() < sizeof(rtmsg)) return {};
  std::memcpy(&body, payload.data(), sizeof(body));
  if (body.rtm_type == RTN_LOCAL) return {Route::Kind::kHost, 0};
  // Behind a router the neighbour would be the router.
  if (body.rtm_type != RTN_UNICAST || !Attribute(payload, sizeof(rtmsg), RTA_GATEWAY).empty()) return {};
  const auto oif = Attribute(payload, sizeof(rtmsg), RTA_OIF);
  if (oif.size() != sizeof(int)) return {};
  Route route{Route::Kind::kLink, 0};
  std::memcpy(&route.interface_index, oif.data(), sizeof(int));
  return route;
}

std::optional<Mac> FindNeighbour(int fd, Ipv4 peer, int interface_index) {
  ndmsg body{};
  body.ndm_family = AF_INET;
  body.ndm_ifindex = interface_index;
  Buffer buffer;
  const auto payload = Ask(fd, RTM_GETNEIGH, body, NDA_DST, peer, buffer);
  if (payload.size() < sizeof(ndmsg)) return std::nullopt;
  std::memcpy(&body, payload.data(), sizeof(body));
  constexpr unsigned kUsable = NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT;
  const auto address = Attribute(payload, sizeof(ndmsg), NDA_LLADDR);
  Mac mac;
  if ((body.ndm_state & kUsable) == 0 || address.size() != mac.bytes.size()) return std::nullopt;
  std::memcpy(mac.bytes.data(), address.data(), mac.bytes.size());
  return mac;
}

}  // namespace

PeerIdentity IdentifyPeer(Ipv4 peer) {
  if (peer.IsLoopback()) return {ClientOrigin::kHost, std::nullopt};
  const UniqueFd fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  if (!fd.valid()) return {};
  // The kernel answers within the call; the limit is for a kernel that does not.
  const timeval patience{0, 100'000};
  ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  const Route route = FindRoute(fd.get(), peer);
  if (route.kind == Route::Kind::kHost) return {ClientOrigin::kHost, std::nullopt};
  if (route.kind == Route::Kind::kNone) return {};
  return {ClientOrigin::kPeer, FindNeighbour(fd.get(), peer, route.interface_index)};
}

}  // namespace slipway
