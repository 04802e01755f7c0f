#include "bootnet/simulate/dialogue.h"

#include <sstream>

#include "bootnet/catalog/request_path.h"
#include "bootnet/dhcp/answer.h"

namespace slipway::simulate {
namespace {

class Dialogue {
 public:
  Dialogue(const Machine& machine, const World& world) : machine_(machine), world_(world) {
    if (machine.path == Machine::Path::kSameNetwork) mac_ = machine.mac;
  }

  std::vector<Step> Run() {
    const Stage first = machine_.start == Machine::Start::kIpxe ? Stage::kIpxe : Stage::kFirmware;
    if (std::string program = AskDhcp(first); !program.empty()) Follow(first, program);
    return std::move(steps_);
  }

 private:
  void Follow(Stage stage, const std::string& boot_file) {
    if (stage == Stage::kIpxe) return RunScript(boot_file);
    const Door door = boot_file.starts_with("http://") ? Door::kHttp : Door::kTftp;
    const std::string path = door == Door::kHttp ? PathOf(boot_file) : boot_file;
    if (!Fetch(door, path)) return;
    if (path.find("shim") != path.npos) Fetch(door, FolderOf(path) + "grub" + SuffixOfShim(path));
    if (path.find("shim") != path.npos || path.find("grub") != path.npos) return RunLoader("grub/grub.cfg");
    if (path == "pxelinux.0") return RunLoader("pxelinux.cfg/01-" + machine_.mac.ToHyphens());
    if (const std::string script = AskDhcp(Stage::kIpxe); !script.empty()) RunScript(script);
  }

  static std::string FolderOf(const std::string& path) { return path.substr(0, path.rfind('/') + 1); }
  static std::string SuffixOfShim(const std::string& path) { return path.substr(path.rfind("shim") + 4); }
  static std::string PathOf(const std::string& url) {
    const size_t host = url.find("://");
    const size_t slash = host == url.npos ? host : url.find('/', host + 3);
    return slash == url.npos ? url : url.substr(slash + 1);
  }

  /// One round of DHCP; the boot file, "" where the machine gets none.
  std::string AskDhcp(Stage stage) {
    const std::string boot_file = Ask(dhcp::Port::kServer, Discover(machine_, stage), "DISCOVER to port 67");
    const bool uefi = machine_.platform != Platform::kBios && stage == Stage::kFirmware;
    if (boot_file.empty() || !uefi || machine_.start != Machine::Start::kPxe) return boot_file;
    return Ask(dhcp::Port::kPxe, BootServerRequest(machine_, stage), "boot server REQUEST to port 4011");
  }

  std::string Ask(dhcp::Port port, const std::vector<uint8_t>& packet, std::string what) {
    const dhcp::Answer answer =
        dhcp::AnswerPacket(packet, port, {world_.server, world_.http_port}, world_.snapshot);
    Step& step = steps_.emplace_back();
    step.outcome = answer.event.outcome;
    step.reason = answer.event.reason;
    step.message = answer.event.message;
    step.title = std::move(what) + " → " + (answer.reply ? answer.event.answer : "no answer");
    if (!answer.reply) return {};
    DecodedReply reply = DecodeReply(answer.reply->payload);
    step.lines = std::move(reply.lines);
    return reply.boot_file;
  }

  /// What one request would get; nothing where it is refused. A script that was fetched opens the window.
  std::optional<Decision> Fetch(Door door, const std::string& target) {
    const bool http = door == Door::kHttp;
    Step& step = steps_.emplace_back();
    step.title = (http ? "HTTP GET /" : "TFTP RRQ ") + target;
    const auto path = NormalizeRequestPath(target, http ? PathDialect::kHttp : PathDialect::kTftp);
    if (!path) {
      step.outcome = Outcome::kRefused;
      step.reason = "BadPath";
      return std::nullopt;
    }
    Client client{door, ClientOrigin::kPeer, mac_, machine_.address};
    client.script_node = script_node_;
    client.script_age_ms = script_node_.empty() ? -1 : 0;
    Decision decision = Decide(client, std::string_view(*path), world_.snapshot);
    step.outcome = decision.outcome;
    step.reason = ToString(decision.reason);
    step.message = decision.message;
    if (const auto* program = std::get_if<const BootFile*>(&decision.what))
      Describe((*program)->name, (*program)->size, (*program)->digest, step);
    if (const auto* item = std::get_if<Catalog::Item>(&decision.what))
      Describe(item->file->path, item->file->size, item->file->digest, step);
    const bool script = decision.served == Served::kScript || decision.served == Served::kWipeScript;
    if (script && decision.machine != nullptr) script_node_ = decision.machine->node;
    if (decision.outcome != Outcome::kAnswered) return std::nullopt;
    return decision;
  }

  static void Describe(const std::string& path, uint64_t size, const Sha256& digest, Step& step) {
    const std::string length = size == 0 ? "not downloaded yet" : std::to_string(size) + " bytes";
    step.lines.push_back(path + ", " + length + ", sha256:" + digest.ToHex());
  }

  /// The lines of a script that say what happens; nothing where it cannot be had.
  std::optional<std::string> FetchText(Door door, const std::string& path) {
    const auto decision = Fetch(door, path);
    if (!decision) return std::nullopt;
    const auto* item = std::get_if<Catalog::Item>(&decision->what);
    if (item == nullptr) return std::nullopt;
    auto text = world_.read(*item);
    if (!text) {
      steps_.back().message = text.error().message;
      return std::nullopt;
    }
    std::istringstream lines(*text);
    for (std::string line; std::getline(lines, line);) {
      if (!line.empty() && !line.starts_with('#')) steps_.back().lines.push_back("| " + line);
    }
    return std::move(*text);
  }

  /// The entry script, and then the machine's own, as the entry script asks for it.
  void RunScript(const std::string& url) {
    if (!FetchText(Door::kHttp, PathOf(url))) return;
    if (const auto script = FetchText(Door::kHttp, MachineScriptPath(machine_.mac)))
      FetchWhatItNames(*script);
  }

  void RunLoader(const std::string& path) {
    if (const auto config = FetchText(Door::kTftp, path)) FetchWhatItNames(*config);
  }

  /// Kernel and initramfs in the order of the script, and at last the config that the kernel line names.
  void FetchWhatItNames(const std::string& script) {
    std::istringstream lines(script);
    std::string config;
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words(line);
      for (std::string word; words >> word;) {
        while (word.ends_with(';')) word.pop_back();
        if (word.starts_with("talos.config=")) config = PathOf(word.substr(13));
        const bool asset = word.find("/assets/") != word.npos || word.starts_with("assets/");
        if (!asset) continue;
        const bool url = word.starts_with("http://");
        Fetch(url ? Door::kHttp : Door::kTftp, url ? PathOf(word) : word);
      }
    }
    if (!config.empty()) Fetch(Door::kHttp, config);
  }

  const Machine& machine_;
  const World& world_;
  std::optional<Mac> mac_;  ///< as the kernel's neighbour table would show it
  std::string script_node_;
  std::vector<Step> steps_;
};

}  // namespace

std::vector<Step> Boot(const Machine& machine, const World& world) { return Dialogue(machine, world).Run(); }

}  // namespace slipway::simulate
