#include "schema/contract/boot_event.h"

#include <gtest/gtest.h>

#include "schema/contract/json_text.h"

namespace slipway {
namespace {

TEST(BootEvent, IsOneLineOfJsonWhateverTheWireSaid) {
  BootEvent event;
  event.time_ms = 5;
  event.door = Door::kDhcp;
  event.outcome = Outcome::kIgnored;
  event.reason = "UnknownMachine";
  event.mac = Mac::Parse("52:54:00:12:34:56");
  event.vendor_class = std::string("PXE\n\x01\xff\"", 7);
  EXPECT_EQ(EncodeBootEvent(event),
            "{\"time\":5,\"door\":\"dhcp\",\"outcome\":\"ignored\",\"reason\":\"UnknownMachine\","
            "\"mac\":\"52:54:00:12:34:56\",\"vendorClass\":\"PXE\\u000a\\u0001\\ufffd\\\"\"}");
}

TEST(JsonText, ReplacesOverlongAndSurrogateForms) {
  for (const char* bad : {"\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82"}) {
    std::string out;
    AppendJsonString(out, bad);
    EXPECT_NE(out.find("\\ufffd"), std::string::npos);
  }
  std::string good;
  AppendJsonString(good, "µ€😀");
  EXPECT_EQ(good, "\"µ€😀\"");
}

}  // namespace
}  // namespace slipway
