#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "reconciler/status/view.h"

namespace slipway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

StatusView Sample() {
  StatusView view;
  view.version = "0.0.1";
  view.now = 2'000'000'000;
  view.worker_running = true;
  auto manifest = std::make_shared<Manifest>();
  manifest->site = "home";
  BootEntry entry;
  entry.mac = *Mac::Parse("6c:4b:90:8b:a1:6d");
  entry.node = "worker-02";
  entry.cluster = "home";
  entry.source = "nodes/worker-02.yaml:1";
  manifest->boot = {entry};
  view.manifest = manifest;
  view.served.revision = "main@sha1:abc";
  view.served.author = "A <a@example.org>";
  view.served.subject = "Add <script>alert(1)</script>";
  view.served.published_at = 1'999'999'990;
  WorkerStatus worker;
  worker.last_attempted_revision = "main@sha1:def";
  worker.diagnostics = {
      {"nodes/worker-2.yaml", {12, 14}, 1042, Severity::kError, "duplicate key `a`", "remove one"}};
  worker.diagnostics_total = 1;
  worker.conditions = {{"Ready", "False", "SchemaViolation", "refused", 1'999'999'000, ""}};
  view.worker = worker;
  MachineRecord unknown;
  unknown.mac = *Mac::Parse("52:54:00:00:00:01");
  unknown.last_request = "DISCOVER";
  unknown.serial = "<b>\x01";
  MachineRecord phone;
  phone.mac = *Mac::Parse("52:54:00:00:00:02");
  phone.last_request = "REQUEST";
  phone.last_outcome = "answered";
  phone.last_reason = "Leased";
  view.machines = {unknown, phone};
  ForeignServer other;
  other.id = *Ipv4::Parse("10.0.0.1");
  other.mac = *Mac::Parse("52:54:00:00:00:03");
  other.gives_addresses = true;
  other.breaks_uefi = true;
  other.boot_file = "<i>pxe";
  view.dhcp.links = {{"eth1", "auto", "proxy", "10.0.0.1 gives addresses", {other}}};
  view.dhcp.pools = {{*Ipv4Prefix::Parse("10.0.0.0/24"), 100, 93, 4, 1, 1'999'999'990}};
  ForgeStatus forge;
  forge.kind = "gitea";
  forge.problem = "<i>no token";
  forge.requests["done"] = 3;
  PullNote note;
  note.number = 7;
  note.title = "<i>title";
  note.outcome = "2 approved";
  forge.pulls = {note};
  Proposal proposal;
  proposal.facts.macs = {*Mac::Parse("52:54:00:00:00:09")};
  proposal.name = "worker-03";
  forge.proposals = {proposal};
  view.forge = forge;
  view.pattern = {"nodes", {{"home", Role::kWorker, "/dev/sda", {{"worker-03", ""}, {"worker-04", ""}}}}};
  return view;
}

TEST(StatusPage, SaysWhoSignedAndWhoAcceptedWhatIsServed) {
  StatusView view = Sample();
  EXPECT_THAT(StatusPage(view), Not(HasSubstr("signed by</dt>")));
  view.served.signer = "ada <key>";
  view.served.accepted_by = "root";
  view.served.pull_request = "#12";
  const std::string page = StatusPage(view);
  EXPECT_THAT(page, HasSubstr("<dt>signed by</dt><dd>ada &lt;key&gt;</dd>"));
  EXPECT_THAT(page, HasSubstr("<dt>accepted by</dt><dd>root</dd>"));
  EXPECT_THAT(page, HasSubstr("#12</dd>"));
}

TEST(StatusPage, ShowsTheNodeThatWouldApproveAMachineWithANameThatNoProposalHas) {
  const std::string page = StatusPage(Sample());
  EXPECT_THAT(page, HasSubstr("name: worker-04"));
  EXPECT_THAT(page, HasSubstr("nodes/worker-04.yaml"));
  StatusView view = Sample();
  view.forge->proposals[0].facts.macs = {*Mac::Parse("52:54:00:00:00:01")};
  view.forge->proposals[0].state = ProposalState::kOpen;
  view.forge->proposals[0].text = "kind: Node # proposed";
  view.forge->proposals[0].url = "https://forge.example.org/pulls/8";
  const auto json = nlohmann::json::parse(StatusJson(view));
  EXPECT_EQ(json["unknownMachines"][0]["node"], "kind: Node # proposed");
  EXPECT_EQ(json["unknownMachines"][0]["pullRequest"]["state"], "open");
  EXPECT_EQ(json["forge"]["pullRequests"][0]["outcome"], "2 approved");
  EXPECT_THAT(StatusPage(view), HasSubstr("https://forge.example.org/pulls/8"));
}

TEST(StatusPage, NamesFileLineColumnAndWhatToDo) {
  const std::string page = StatusPage(Sample());
  EXPECT_THAT(page, HasSubstr("nodes/worker-2.yaml:12:14"));
  EXPECT_THAT(page, HasSubstr("SW1042"));
  EXPECT_THAT(page, HasSubstr("remove one"));
  EXPECT_THAT(page, HasSubstr("refused as a whole"));
  EXPECT_THAT(page, HasSubstr("worker-02"));
  EXPECT_THAT(page, HasSubstr("52:54:00:00:00:01"));
}

TEST(StatusPage, EscapesWhatOthersWrote) {
  const std::string page = StatusPage(Sample());
  EXPECT_THAT(page, Not(HasSubstr("<script>")));
  EXPECT_THAT(page, Not(HasSubstr("<b>")));
  EXPECT_THAT(page, Not(HasSubstr("\x01")));
}

TEST(StatusPage, ExistsBeforeAnythingIsServed) {
  EXPECT_THAT(StatusPage(StatusView{}), HasSubstr("Nothing is served yet"));
  EXPECT_TRUE(nlohmann::json::parse(StatusJson(StatusView{}))["served"].is_null());
}

TEST(StatusPage, TellsOfOtherServersAndFullPools) {
  const std::string page = StatusPage(Sample());
  EXPECT_THAT(page, HasSubstr("10.0.0.1 52:54:00:00:00:03"));
  EXPECT_THAT(page, HasSubstr("option 60 without 43"));
  EXPECT_THAT(page, HasSubstr("full: machines were turned away, first 10 s ago"));
  EXPECT_THAT(page, Not(HasSubstr("<i>")));
  const auto json = nlohmann::json::parse(StatusJson(Sample()))["dhcp"];
  EXPECT_EQ(json["links"][0]["role"], "proxy");
  EXPECT_EQ(json["links"][0]["otherServers"][0]["breaksUefi"], true);
  EXPECT_EQ(json["pools"][0]["bound"], 93);
}

TEST(StatusPage, DoesNotCallAPhoneWithALeaseAnUnknownMachine) {
  EXPECT_THAT(StatusPage(Sample()), Not(HasSubstr("52:54:00:00:00:02")));
  EXPECT_EQ(UnknownMachines(Sample()).size(), 1U);
}

TEST(StatusJson, IsJsonWithTheSameFacts) {
  const auto json = nlohmann::json::parse(StatusJson(Sample()));
  EXPECT_EQ(json["served"]["revision"], "main@sha1:abc");
  EXPECT_EQ(json["reconcile"]["diagnostics"][0]["code"], "SW1042");
  EXPECT_EQ(json["unknownMachines"][0]["mac"], "52:54:00:00:00:01");
  EXPECT_EQ(json["nodes"][0]["name"], "worker-02");
}

/// Metric names are an API: alerts are built on them. A name that is renamed or lost breaks somebody's night.
TEST(Metrics, AreTheseAndNoOthers) {
  const std::set<std::string> expected = {"slipway_boot_bytes_total counter",
                                          "slipway_boot_events_total counter",
                                          "slipway_build_info gauge",
                                          "slipway_condition gauge",
                                          "slipway_dhcp_addresses gauge",
                                          "slipway_dhcp_circuit_full_total counter",
                                          "slipway_dhcp_leases gauge",
                                          "slipway_dhcp_other_servers gauge",
                                          "slipway_dhcp_pool_full gauge",
                                          "slipway_dhcp_role gauge",
                                          "slipway_dns_queries_total counter",
                                          "slipway_files_rendered gauge",
                                          "slipway_forge_requests_total counter",
                                          "slipway_forge_up gauge",
                                          "slipway_held gauge",
                                          "slipway_journal_dropped_total counter",
                                          "slipway_last_fetch_success_timestamp_seconds gauge",
                                          "slipway_machines_approved gauge",
                                          "slipway_machines_blocked gauge",
                                          "slipway_machines_unknown gauge",
                                          "slipway_pinned gauge",
                                          "slipway_proposals gauge",
                                          "slipway_ready gauge",
                                          "slipway_served_generation gauge",
                                          "slipway_served_timestamp_seconds gauge",
                                          "slipway_source_info gauge",
                                          "slipway_start_timestamp_seconds gauge",
                                          "slipway_validation_errors gauge",
                                          "slipway_webhook_requests_total counter",
                                          "slipway_worker_restarts_total counter",
                                          "slipway_worker_up gauge"};
  std::set<std::string> found;
  std::istringstream text(MetricsText(Sample()));
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with("# TYPE ")) found.insert(line.substr(7));
  }
  EXPECT_EQ(found, expected);
}

TEST(Words, AreForPeople) {
  EXPECT_EQ(Ago(0, 10), "never");
  EXPECT_EQ(Ago(100, 112), "12 s ago");
  EXPECT_EQ(Ago(200, 100), "0 s ago");
  EXPECT_EQ(UtcTime(1'700'000'000), "2023-11-14T22:13:20Z");
  EXPECT_EQ(HumanBytes(512), "512 B");
  EXPECT_EQ(HumanBytes(12'897'485), "12.3 MiB");
}

}  // namespace
}  // namespace slipway
