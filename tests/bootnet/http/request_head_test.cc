#include "bootnet/http/request_head.h"

#include <gtest/gtest.h>

#include "bootnet/http/identity.h"

namespace slipway::http {
namespace {

HeadStatus StatusOf(std::string_view bytes, RequestHead* out = nullptr) {
  RequestHead head;
  const HeadResult result = ParseRequestHead(bytes, head);
  if (out != nullptr) *out = head;
  return result.status;
}

TEST(RequestHead, ReadsWhatBootClientsSend) {
  RequestHead head;
  EXPECT_EQ(
      StatusOf("HEAD /ipxe/snponly.efi HTTP/1.1\r\nHost: 192.0.2.10\r\nUser-Agent: UefiHttpBoot/1.0\r\n\r\n",
               &head),
      HeadStatus::kDone);
  EXPECT_EQ(head.method, Method::kHead);
  EXPECT_EQ(head.target, "/ipxe/snponly.efi");
  EXPECT_EQ(head.connection, Connection::kKeepAlive);
  EXPECT_EQ(StatusOf("GET /boot.ipxe HTTP/1.0\r\n\r\n", &head), HeadStatus::kDone);
  EXPECT_EQ(head.connection, Connection::kClose);
  EXPECT_EQ(
      StatusOf("GET /a HTTP/1.1\r\nConnection: close\r\nRange: bytes=5-\r\nIf-Match: \"x\"\r\n\r\n", &head),
      HeadStatus::kDone);
  EXPECT_EQ(head.connection, Connection::kClose);
  EXPECT_EQ(head.range, "bytes=5-");
  EXPECT_EQ(head.if_match, "\"x\"");
  EXPECT_EQ(StatusOf("DELETE /a HTTP/1.1\r\n\r\n", &head), HeadStatus::kDone);
  EXPECT_EQ(head.method, Method::kOther);
}

TEST(RequestHead, LeavesTheNextRequestAlone) {
  const std::string_view one = "GET /a HTTP/1.1\r\n\r\n";
  RequestHead head;
  const HeadResult result = ParseRequestHead(std::string(one) + "GET /b HTTP/1.1\r\n\r\n", head);
  EXPECT_EQ(result.status, HeadStatus::kDone);
  EXPECT_EQ(result.consumed, one.size());
}

TEST(RequestHead, SeesABodyThatNobodyWants) {
  RequestHead head;
  EXPECT_EQ(StatusOf("GET /a HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello", &head), HeadStatus::kDone);
  EXPECT_EQ(head.body, RequestHead::Body::kPresent);
  EXPECT_EQ(StatusOf("POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", &head), HeadStatus::kDone);
  EXPECT_EQ(head.body, RequestHead::Body::kPresent);
  EXPECT_EQ(StatusOf("GET /a HTTP/1.1\r\nContent-Length: 0\r\n\r\n", &head), HeadStatus::kDone);
  EXPECT_EQ(head.body, RequestHead::Body::kNone);
}

TEST(RequestHead, RefusesWhatIsNotHttp) {
  for (std::string_view bytes :
       {"\r\n\r\n\x16\x03\x01\r\n\r\n", "GET\r\n\r\n", "GET /a\r\n\r\n", "GET /a HTTP/2.0\r\n\r\n",
        "GET /a b HTTP/1.1\r\n\r\n", "GET /a HTTP/1.1\r\nX\r\n\r\n", "GET /a HTTP/1.1\r\nX : y\r\n\r\n",
        "GET /a HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "GET /a HTTP/1.1\r\nContent-Length: -1\r\n\r\n"}) {
    EXPECT_EQ(StatusOf(bytes), HeadStatus::kBad) << bytes;
  }
}

TEST(RequestHead, WaitsForTheEndButNotForEver) {
  const std::string whole = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
  for (size_t i = 0; i < whole.size(); ++i)
    EXPECT_EQ(StatusOf(whole.substr(0, i)), HeadStatus::kNeedMore) << i;
  EXPECT_EQ(StatusOf("GET /" + std::string(kMaxHead, 'a')), HeadStatus::kTooLarge);
  EXPECT_EQ(StatusOf("GET /" + std::string(kMaxHead, 'a') + " HTTP/1.1\r\n\r\n"), HeadStatus::kTooLarge);
}

TEST(Identity, KeepsWhatIpxeSaysOfTheMachine) {
  BootEvent event;
  ReadIdentity(
      "/boot.ipxe?mac=02-00-00-00-ff-01&uuid=1b4e28ba&serial=A%20B&manufacturer=ACME&product=Server%26Co&x=1",
      event);
  EXPECT_EQ(event.mac, Mac::Parse("02:00:00:00:ff:01"));
  EXPECT_EQ(event.uuid, "1b4e28ba");
  EXPECT_EQ(event.serial, "A B");
  EXPECT_EQ(event.product, "ACME Server&Co");
}

TEST(Identity, BelievesTheDoorMoreAndBoundsEverything) {
  BootEvent event;
  event.mac = Mac{{2, 0, 0, 0, 0, 1}};
  ReadIdentity("/boot.ipxe?mac=02-00-00-00-ff-01&serial=" + std::string(100'000, 's'), event);
  EXPECT_EQ(event.mac, (Mac{{2, 0, 0, 0, 0, 1}}));
  EXPECT_EQ(event.serial.size(), kMaxFact);
  std::string many = "/?";
  for (int i = 0; i < 1000; ++i) many += "a=b&";
  BootEvent late;
  ReadIdentity(many + "serial=late", late);
  EXPECT_EQ(late.serial, "");
}

}  // namespace
}  // namespace slipway::http
