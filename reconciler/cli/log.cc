// log: which commit did what to a machine, and what the machine did.
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "reconciler/cli/command.h"
#include "reconciler/status/history.h"
#include "reconciler/status/view.h"

namespace slipway::cli {
namespace {

using nlohmann::json;

struct Options {
  std::string machine;
  std::string state_dir = "/var/lib/slipway";
  size_t most = 100;
  Output output = Output::kText;
};

/// Others wrote it: no control character reaches the terminal.
std::string Printable(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return text;
}

json LineJson(const HistoryLine& line) {
  const HistoryRecord& h = line.record;
  const RevisionInfo& r = line.revision;
  const bool commit = IsCommit(h.cause);
  return {{"time", UtcTime(h.time_ms / 1000)},
          {"commit", commit ? h.cause : ""},
          {"operator", commit ? "" : h.cause},
          {"kind", h.kind},
          {"mac", h.mac},
          {"node", h.node},
          {"detail", h.detail},
          {"revision", h.revision},
          {"generation", r.number},
          {"author", r.author},
          {"subject", r.subject},
          {"signer", r.signer},
          {"pullRequest", r.pull_request},
          {"committedAt", UtcTime(r.committed_at)},
          {"servedAt", UtcTime(r.published_at)}};
}

void Print(const HistoryLine& line) {
  const HistoryRecord& h = line.record;
  const RevisionInfo& r = line.revision;
  std::string text = UtcTime(h.time_ms / 1000) + "  " + h.kind + "  " + h.node + " (" + h.mac + ")";
  if (!h.detail.empty()) text += "  " + h.detail;
  text += "  " + ShortRevision(h.revision);
  const bool merged = h.kind == "approved" || h.kind == "changed" || h.kind == "withdrawn";
  if (merged && !h.cause.empty() && !IsCommit(h.cause)) {
    text += "\n    by " + h.cause;
  } else if (merged) {
    text += "\n    \"" + TitleOf(r) + "\"";
    if (!r.author.empty()) text += "  by " + r.author;
    if (!r.signer.empty()) text += "  signed by " + r.signer;
    if (r.committed_at != 0) text += "  committed " + UtcTime(r.committed_at);
    if (IsCommit(h.cause)) text += "  " + h.cause.substr(0, 12);
  }
  for (size_t start = 0; start <= text.size();) {
    const size_t end = std::min(text.find('\n', start), text.size());
    std::puts(Printable(text.substr(start, end - start)).c_str());
    start = end + 1;
  }
}

int Log(const Options& options) {
  const auto lines = ReadHistory(options.state_dir, options.machine, options.most);
  if (!lines) return Fail(lines.error().message);
  if (options.output == Output::kJson) {
    json list = json::array();
    for (const HistoryLine& line : *lines) list.push_back(LineJson(line));
    std::puts(list.dump(2, ' ', false, json::error_handler_t::replace).c_str());
  } else {
    for (const HistoryLine& line : *lines) Print(line);
  }
  if (!lines->empty()) return kOk;
  std::fprintf(stderr, "slipway: nothing is known of %s\n",
               options.machine.empty() ? "any machine" : Printable(options.machine).c_str());
  return kFoundProblems;
}

}  // namespace

void AddLog(CLI::App& app, Run& run) {
  CLI::App* command =
      app.add_subcommand("log", "Say which commit approved or changed a machine, and what it booted");
  command->footer(
      "Newest first. `approved`, `changed` and `withdrawn` name the commit that did it, or the operator;\n"
      "`fetched` and `installed` are the machine's. Reads the daemon's state directory, also while none "
      "runs.");
  const auto options = std::make_shared<Options>();
  command->add_option("MACHINE", options->machine, "a node's name or a MAC address (default: all)");
  command->add_option("--state-dir", options->state_dir, "the daemon's state directory")
      ->capture_default_str();
  command->add_option("-n,--lines", options->most, "at most so many")->capture_default_str();
  AddOutputFlag(*command, options->output, {"text", "json"});
  command->callback([&run, options] { run = [options] { return Log(*options); }; });
}

}  // namespace slipway::cli
