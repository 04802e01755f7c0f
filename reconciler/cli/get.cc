#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "reconciler/cli/command.h"
#include "reconciler/daemon/operator_socket.h"

namespace slipway::cli {
namespace {

using nlohmann::json;

struct Options {
  std::string what = "nodes";
  std::string state_dir = "/var/lib/slipway";
  Output output = Output::kText;
};

std::string Text(const json& row, const char* key) {
  const auto found = row.find(key);
  return found != row.end() && found->is_string() ? found->get<std::string>() : "";
}

/// Columns wide enough for their content, two spaces apart.
void PrintTable(const std::vector<std::vector<std::string>>& rows) {
  std::vector<size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  for (const auto& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line.append(widths[i] - row[i].size() + 2, ' ');
    }
    std::puts(line.c_str());
  }
}

json Select(const json& status, const std::string& what) {
  if (what == "nodes") return status.value("nodes", json::array());
  if (what == "unknown") return status.value("unknownMachines", json::array());
  if (what == "events") return status.value("events", json::array());
  if (what == "conditions") return status["reconcile"].value("conditions", json::array());
  return status;
}

void PrintText(const json& selected, const std::string& what) {
  std::vector<std::vector<std::string>> rows;
  if (what == "nodes") {
    rows.push_back({"NODE", "MAC", "CLUSTER", "ROLE", "LAST REQUEST", "CONFIG FETCHED", "DEFINED IN"});
    for (const json& node : selected) {
      const json boot = node.value("lastBoot", json::object());
      rows.push_back({Text(node, "name"), Text(node, "mac"), Text(node, "cluster"), Text(node, "role"),
                      Text(boot, "lastRequest"), Text(boot, "configFetchedAt"), Text(node, "source")});
    }
  } else if (what == "unknown") {
    rows.push_back({"MAC", "LAST SEEN", "REQUEST", "REASON", "ARCH", "SERIAL", "PRODUCT"});
    for (const json& m : selected) {
      rows.push_back({Text(m, "mac"), Text(m, "lastSeen"), Text(m, "lastRequest"), Text(m, "lastReason"),
                      Text(m, "arch"), Text(m, "serial"), Text(m, "product")});
    }
  } else if (what == "events") {
    rows.push_back({"DOOR", "MAC", "NODE", "REQUEST", "OUTCOME", "REASON", "ANSWER"});
    for (const json& e : selected) {
      rows.push_back({Text(e, "door"), Text(e, "mac"), Text(e, "node"), Text(e, "request"),
                      Text(e, "outcome"), Text(e, "reason"), Text(e, "answer")});
    }
  } else {
    rows.push_back({"CONDITION", "STATUS", "REASON", "MESSAGE"});
    for (const json& c : selected) {
      rows.push_back({Text(c, "type"), Text(c, "status"), Text(c, "reason"), Text(c, "message")});
    }
  }
  PrintTable(rows);
}

int Get(const Options& options) {
  const auto reply = AskDaemon(options.state_dir, {"status", "", false, ""}, std::chrono::seconds(30));
  if (!reply) return Fail(reply.error().message);
  const json status = json::parse(reply->message, nullptr, false);
  if (!reply->ok || !status.is_object()) return Fail(reply->message);
  const json selected = Select(status, options.what);
  if (options.output == Output::kJson || options.what == "status")
    std::puts(selected.dump(2).c_str());
  else
    PrintText(selected, options.what);
  return kOk;
}

}  // namespace

void AddGet(CLI::App& app, Run& run) {
  CLI::App* command = app.add_subcommand("get", "Show what a running daemon knows");
  const auto options = std::make_shared<Options>();
  command->add_option("WHAT", options->what, "nodes, unknown, events, conditions or status")
      ->check(CLI::IsMember({"nodes", "unknown", "events", "conditions", "status"}))
      ->capture_default_str();
  command->add_option("--state-dir", options->state_dir, "the daemon's state directory")
      ->capture_default_str();
  AddOutputFlag(*command, options->output, {"text", "json"});
  command->callback([&run, options] { run = [options] { return Get(*options); }; });
}

}  // namespace slipway::cli
