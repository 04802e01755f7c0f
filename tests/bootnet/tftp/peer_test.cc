#include "bootnet/tftp/peer.h"

#include <gtest/gtest.h>

namespace slipway::tftp {
namespace {

Peer From(const char* address, uint16_t port) {
  return {*Ipv4::Parse(address), port, *Ipv4::Parse("192.0.2.1")};
}

TEST(TftpPeer, MayBeAnyOrdinaryAddress) {
  for (const char* address : {"192.0.2.9", "10.0.0.1", "127.0.0.1", "223.255.255.254"}) {
    EXPECT_TRUE(MayAnswer(From(address, 2070), 69)) << address;
  }
}

TEST(TftpPeer, IsNeverManyAtOnce) {
  for (const char* address :
       {"0.0.0.0", "0.1.2.3", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"}) {
    EXPECT_FALSE(MayAnswer(From(address, 2070), 69)) << address;
  }
}

TEST(TftpPeer, IsNeverOurselvesNorAServiceThatAnswersAnything) {
  EXPECT_FALSE(MayAnswer(From("192.0.2.1", 69), 69));
  EXPECT_TRUE(MayAnswer(From("192.0.2.1", 2070), 69)) << "a client on this host";
  EXPECT_TRUE(MayAnswer(From("192.0.2.2", 69), 69)) << "clients may use any port";
  for (const uint16_t port : std::initializer_list<uint16_t>{0, 7, 13, 17, 19, 37})
    EXPECT_FALSE(MayAnswer(From("192.0.2.9", port), 69));
}

}  // namespace
}  // namespace slipway::tftp
