#include "bootnet/http/plan.h"

#include <gtest/gtest.h>

#include "bootnet/http/range.h"

namespace slipway::http {
namespace {

const std::string kDigest = Sha256::Of("body").ToHex();
const std::string kTag = '"' + kDigest + '"';

Body FileBody(std::string_view name = "assets/x/vmlinuz") { return {kDigest, 1000, name}; }

RequestHead Get() {
  RequestHead head;
  head.method = Method::kGet;
  head.target = "/x";
  head.connection = Connection::kKeepAlive;
  return head;
}

bool Has(const ResponsePlan& plan, std::string_view line) {
  return plan.head.find("\r\n" + std::string(line) + "\r\n") != std::string::npos;
}

TEST(PlanFile, SendsTheWholeFileWithItsLengthAndTag) {
  const ResponsePlan plan = PlanFile(Get(), FileBody());
  EXPECT_EQ(plan.status, 200);
  EXPECT_TRUE(plan.head.starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_TRUE(plan.head.ends_with("\r\n\r\n"));
  EXPECT_TRUE(Has(plan, "Content-Length: 1000"));
  EXPECT_TRUE(Has(plan, "Accept-Ranges: bytes"));
  EXPECT_TRUE(Has(plan, "ETag: " + kTag));
  EXPECT_TRUE(Has(plan, "Connection: keep-alive"));
  EXPECT_EQ(plan.file_length, 1000U);
}

TEST(PlanFile, WritesTheLongestHeadToItsEnd) {
  RequestHead request = Get();
  request.range = "bytes=999999999999997-";
  Body body = FileBody("a.ipxe");
  body.size = 999'999'999'999'999;
  const ResponsePlan plan = PlanFile(request, body);
  EXPECT_EQ(plan.status, 206);
  EXPECT_TRUE(Has(plan, "Content-Range: bytes 999999999999997-999999999999998/999999999999999"));
  EXPECT_TRUE(plan.head.ends_with("\r\nETag: " + kTag + "\r\n\r\n")) << plan.head;
}

TEST(PlanFile, AnswersHeadLikeGetWithoutTheBody) {
  RequestHead head = Get();
  const std::string get = PlanFile(head, FileBody()).head;
  head.method = Method::kHead;
  const ResponsePlan plan = PlanFile(head, FileBody());
  EXPECT_EQ(plan.head, get);
  EXPECT_EQ(plan.file_length, 0U);
  EXPECT_TRUE(PlanError(head, 404, "NotFound", "x").text.empty());
  EXPECT_NE(PlanError(head, 404, "NotFound", "x").head.find("Content-Length: 29"), std::string::npos);
}

TEST(PlanFile, TypesFollowTheSuffix) {
  EXPECT_TRUE(Has(PlanFile(Get(), FileBody("snponly.efi")), "Content-Type: application/efi"));
  EXPECT_TRUE(Has(PlanFile(Get(), FileBody("boot.ipxe")), "Content-Type: text/plain; charset=utf-8"));
  EXPECT_TRUE(Has(PlanFile(Get(), FileBody("talos/configs/a.yaml")), "Content-Type: application/yaml"));
  EXPECT_TRUE(Has(PlanFile(Get(), FileBody("vmlinuz")), "Content-Type: application/octet-stream"));
}

struct RangeRow {
  const char* field;
  RangeAnswer::Kind kind;
  uint64_t first;
  uint64_t length;
};

TEST(Range, ReadsOneRangeAndIgnoresWhatItDoesNotKnow) {
  using Kind = RangeAnswer::Kind;
  const std::vector<RangeRow> rows = {
      {"bytes=0-0", Kind::kPart, 0, 1},
      {"bytes=10-", Kind::kPart, 10, 990},
      {"bytes=-10", Kind::kPart, 990, 10},
      {"bytes=-5000", Kind::kPart, 0, 1000},
      {"bytes=999-5000", Kind::kPart, 999, 1},
      {" bytes= 5 - 6 ", Kind::kPart, 5, 2},
      {"bytes=1000-", Kind::kUnsatisfiable, 0, 0},
      {"bytes=-0", Kind::kUnsatisfiable, 0, 0},
      {"bytes=5-4", Kind::kWhole, 0, 1000},
      {"bytes=0-1,5-6", Kind::kWhole, 0, 1000},
      {"bytes=-", Kind::kWhole, 0, 1000},
      {"bytes=a-b", Kind::kWhole, 0, 1000},
      {"lines=0-1", Kind::kWhole, 0, 1000},
      {"bytes=99999999999999999999-", Kind::kWhole, 0, 1000},
  };
  for (const RangeRow& row : rows) {
    EXPECT_EQ(ResolveRange(row.field, 1000), (RangeAnswer{row.kind, row.first, row.length})) << row.field;
  }
  EXPECT_EQ(ResolveRange("bytes=0-", 0).kind, Kind::kUnsatisfiable);
}

TEST(PlanFile, SendsAPartOrSaysWhyNot) {
  RequestHead head = Get();
  head.range = "bytes=100-199";
  ResponsePlan plan = PlanFile(head, FileBody());
  EXPECT_EQ(plan.status, 206);
  EXPECT_TRUE(Has(plan, "Content-Range: bytes 100-199/1000"));
  EXPECT_TRUE(Has(plan, "Content-Length: 100"));
  EXPECT_EQ(plan.file_offset, 100U);
  EXPECT_EQ(plan.file_length, 100U);
  head.range = "bytes=1000-";
  plan = PlanFile(head, FileBody());
  EXPECT_EQ(plan.status, 416);
  EXPECT_TRUE(Has(plan, "Content-Range: bytes */1000"));
  EXPECT_EQ(plan.file_length, 0U);
}

TEST(PlanFile, HonoursConditions) {
  RequestHead head = Get();
  head.if_none_match = "\"other\", W/" + kTag;
  EXPECT_EQ(PlanFile(head, FileBody()).status, 304);
  head.if_none_match = "\"other\"";
  EXPECT_EQ(PlanFile(head, FileBody()).status, 200);
  head = Get();
  head.if_match = "W/" + kTag;
  EXPECT_EQ(PlanFile(head, FileBody()).status, 412) << "weak tags never match strongly";
  head.if_match = "\"x\", " + kTag;
  EXPECT_EQ(PlanFile(head, FileBody()).status, 200);
  head = Get();
  head.range = "bytes=0-9";
  head.if_range = "\"stale\"";
  EXPECT_EQ(PlanFile(head, FileBody()).status, 200);
  head.if_range = kTag;
  EXPECT_EQ(PlanFile(head, FileBody()).status, 206);
}

TEST(PlanError, BeginsTheBodyWithWhatTalosPrintsOnItsConsole) {
  const ResponsePlan refused =
      PlanError(Get(), 403, "UnknownMachine", "02:00:00:00:ff:01 is not in the revision",
                ConsoleText(Reason::kUnknownMachine));
  EXPECT_TRUE(refused.text.starts_with("Slipway: not approved in Git\nUnknownMachine: "));
  for (int reason = 0; reason <= static_cast<int>(Reason::kDone); ++reason)
    EXPECT_LE(ConsoleText(static_cast<Reason>(reason)).size(), 32U);
  EXPECT_TRUE(Has(refused, "Content-Length: " + std::to_string(refused.text.size())));
  EXPECT_TRUE(Has(PlanError(Get(), 503, "Busy", "x"), "Retry-After: 5"));
  EXPECT_TRUE(Has(PlanError(Get(), 405, "MethodNotAllowed", "x"), "Allow: GET, HEAD"));
}

}  // namespace
}  // namespace slipway::http
