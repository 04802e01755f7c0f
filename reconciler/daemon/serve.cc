#include "reconciler/daemon/serve.h"

#include <spdlog/spdlog.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstdio>

#include "bootnet/boot_network.h"
#include "bootnet/catalog/boot_files.h"
#include "reconciler/daemon/blocked.h"
#include "reconciler/daemon/files.h"
#include "reconciler/daemon/forge_side.h"
#include "reconciler/daemon/hooks.h"
#include "reconciler/daemon/install_store.h"
#include "reconciler/daemon/operators.h"
#include "reconciler/daemon/serving.h"
#include "reconciler/daemon/supervisor.h"
#include "reconciler/status/control_face.h"
#include "reconciler/status/journal.h"

namespace slipway {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::seconds kLookForCurrentEvery{2};
constexpr std::chrono::seconds kPollAgainAfter{3};

BootNetworkConfig::DhcpMode ModeOf(DhcpSetting setting) {
  using Mode = BootNetworkConfig::DhcpMode;
  switch (setting) {
    case DhcpSetting::kProxy:
      return Mode::kProxy;
    case DhcpSetting::kServer:
      return Mode::kServer;
    case DhcpSetting::kAuto:
      return Mode::kAuto;
    case DhcpSetting::kObserve:
      return Mode::kObserve;
    case DhcpSetting::kOff:
      break;
  }
  return Mode::kOff;
}

BootNetworkConfig NetworkConfig(const DaemonConfig& daemon) {
  const BootSettings& boot = daemon.boot;
  BootNetworkConfig config;
  config.interfaces = boot.interfaces;
  config.address = boot.address;
  config.dhcp = ModeOf(boot.dhcp);
  config.lease_path = daemon.state_dir + "/leases.sqlite";
  using Probing = BootNetworkConfig::Probing;
  config.dhcp_probing = boot.dhcp_probe == DhcpProbing::kArp ? Probing::kArp : Probing::kOff;
  config.dhcp_quiet_seconds = boot.dhcp_quiet.count();
  config.dhcp_port = boot.dhcp_port;
  config.pxe_port = boot.pxe_port;
  config.tftp_port = boot.tftp_port;
  using Ports = TftpPorts::Mode;
  config.tftp_ports = {boot.tftp_single_port ? Ports::kSingle : Ports::kOwn,
                       {boot.tftp_port_range.first, boot.tftp_port_range.second}};
  config.http_port = boot.http_port;
  config.https_port = boot.https_port;
  config.tls_certificate = boot.tls_certificate;
  config.tls_key = boot.tls_key;
  config.dns_port = boot.dns_port;
  return config;
}

/// One row for each server of each place.
std::vector<ServerState> ServersOf(const std::vector<BootPlace>& places, const BootSettings& boot) {
  std::vector<ServerState> servers;
  for (const BootPlace& place : places) {
    const auto add = [&](const char* name, uint16_t wanted, uint16_t bound) {
      std::string where = (place.interface.empty() ? "" : place.interface + " ") + place.address;
      where += ':' + std::to_string(bound == 0 ? wanted : bound);
      const bool down = bound == 0;
      servers.push_back(
          {name, std::move(where), down ? (place.problem.empty() ? "down" : place.problem) : ""});
    };
    add("HTTP", boot.http_port, place.ports.http);
    if (boot.https_port) add("HTTPS", *boot.https_port, place.ports.https);
    add("TFTP", boot.tftp_port, place.ports.tftp);
    if (place.ports.dns != 0) add("DNS", boot.dns_port, place.ports.dns);
    if (boot.dhcp == DhcpSetting::kOff) continue;
    add("DHCP", boot.dhcp_port, place.ports.dhcp);
    add("PXE", boot.pxe_port, place.ports.pxe);
  }
  return servers;
}

void LogEvent(const BootEvent& event) { spdlog::info("boot {}", EncodeBootEvent(event)); }

/// Which machines are installed: as the gate sees it, and on disk.
struct Ledgers {
  std::shared_ptr<Installs> installs = std::make_shared<Installs>();
  std::unique_ptr<InstallStore> store;
};

/// The daemon's parts, and their wiring. The steps of Run() are its table of contents.
class Daemon {
 public:
  Daemon(const DaemonConfig& config, BlockedMachines blocked, BootFiles boot_files, Ledgers ledgers,
         const ChildCommands& commands)
      : config_(config),
        ledgers_(std::move(ledgers)),
        network_(
            io_, NetworkConfigWithLedger(), [this](BootEvent event) { OnBootEvent(std::move(event)); },
            std::move(boot_files)),
        serving_(config, network_, journal_, std::move(blocked)),
        hooks_(
            config.hook_secret_files, config.source.branch,
            {[this](std::string by) { PollSoon(std::move(by)); },
             [this](std::string by) { asio::post(io_, [this, by = std::move(by)] { forge_.Look(by); }); }}),
        control_([this] { return ViewWithHooks(); },
                 [this](const std::string& kind, const HookHeader& header, const std::string& body) {
                   return hooks_.Handle(kind, header, body);
                 }),
        // The running binary itself, also when an upgrade has replaced its file meanwhile.
        supervisor_(io_, {.program = "/proc/self/exe", .command = commands.worker},
                    {[this](const Message& message) { OnWorkerMessage(message); },
                     [this](const std::string& trouble) { OnWorkerTrouble(trouble); }}),
        forge_(io_, loader_, config, {commands.forge, commands.plans},
               {[this](const Message& done) { operators_.OnDone(done); },
                [this](const std::string& trouble) {
                  spdlog::error("forge.trouble {}", trouble);
                  operators_.OnGone(Operators::Child::kForge, trouble);
                },
                [this] { serving_.SetPulls(forge_.ConsoleLines()); }}),
        operators_(io_, loader_, serving_, supervisor_, forge_),
        socket_(io_, [this](OperatorRequest request, OperatorSocket::Answer answer) {
          operators_.Handle(std::move(request), std::move(answer));
        }) {}

  Result<void> Start() {
    OpenJournal();
    AdoptCurrent();
    StartBootNetwork();
    StartControlFace();
    if (auto listening = ListenToOperators(); !listening) return listening;
    supervisor_.Start();
    forge_.Start();
    ShowState();
    WatchSignals();
    WatchCurrent();
    spdlog::info("serve.started control=http://{}:{} boot_http_port={}", config_.control_host,
                 control_.port(), network_.ports().http);
    return {};
  }

  void Run() {
    io_.run();
    spdlog::info("serve.stopping");
    control_.Stop();
    supervisor_.Stop();
    forge_.Stop();
    loader_.join();
  }

 private:
  void OpenJournal() {
    if (const auto opened = journal_.Open(config_.state_dir + "/journal.sqlite"); !opened) {
      spdlog::warn("journal.memory_only {}", opened.error().message);
    }
  }

  /// Machines boot before Git answers.
  void AdoptCurrent() {
    if (const auto loaded = serving_.Reload(); !loaded)
      spdlog::error("serve.adopt {}", loaded.error().message);
    TellForge();
  }

  /// The loader's thread, or before it has work.
  void TellForge() {
    auto catalog = serving_.catalog();
    if (!catalog || catalog == told_) return;
    told_ = catalog;
    forge_.OnCatalog(std::move(catalog));
  }

  /// A port in use or an interface that is not there yet is tried again, and shown; the rest serves.
  void StartBootNetwork() {
    if (const auto started = network_.Start(); !started)
      spdlog::error("boot.start {}", started.error().message);
  }

  /// Likewise: machines boot without a page.
  void StartControlFace() {
    if (control_.port() != 0) return;
    const auto started = control_.Start(config_.control_host, config_.control_port);
    const std::string problem = started ? "" : started.error().message;
    if (problem != control_problem_ && !started) spdlog::error("control.start {}", problem);
    if (problem != control_problem_ && started) spdlog::info("control.started port={}", control_.port());
    control_problem_ = problem;
  }

  /// Likewise on a full or read-only disk. An impossible path is an error.
  Result<void> ListenToOperators() {
    if (operators_reachable_) return {};
    auto listening = socket_.Listen(config_.state_dir + '/' + kOperatorSocketName);
    operators_reachable_ = listening.has_value();
    const std::string problem = listening ? "" : listening.error().message;
    if (problem != operators_problem_ && !listening) spdlog::error("operators.listen {}", problem);
    operators_problem_ = problem;
    if (!listening && listening.error().reaction == Reaction::kRetry) return {};
    return listening;
  }

  void OnBootEvent(BootEvent event) {
    LogEvent(event);
    forge_.Note(event);
    journal_.Record(std::move(event));
  }

  BootNetworkConfig NetworkConfigWithLedger() {
    BootNetworkConfig config = NetworkConfig(config_);
    config.installs = ledgers_.installs;
    config.on_install = [this](std::vector<InstallChange> changes) {
      asio::post(loader_,
                 [this, changes = std::move(changes)]() mutable { KeepInstalls(std::move(changes)); });
    };
    return config;
  }

  /// On the loader's thread: nobody boots slower for a disk that is slow.
  void KeepInstalls(std::vector<InstallChange> changes) {
    const auto kept = ledgers_.store->Write(std::move(changes));
    const std::string problem = kept ? "" : kept.error().message;
    if (problem != ledger_problem_ && !kept) spdlog::error("installs.write {}", problem);
    ledger_problem_ = problem;
  }

  void OnWorkerMessage(const Message& message) {
    if (message.verb == "published") ReloadSoon();
    if (message.verb == "done") operators_.OnDone(message);
    if (message.verb == "pattern") asio::post(loader_, [this] { forge_.Refresh(); });
    if (message.verb == "status" || message.verb == "idle") forge_.Look("");
    if (message.verb == "idle") serving_.SetLooked(message.last_fetch_at, message.next_fetch_at);
  }

  void OnWorkerTrouble(const std::string& trouble) {
    spdlog::error("worker.trouble {}", trouble);
    serving_.SetWorkerTrouble(trouble);
    operators_.OnGone(Operators::Child::kWorker, trouble);
  }

  StatusView ViewWithHooks() const {
    StatusView view = serving_.View();
    view.hooks = hooks_.counts();
    forge_.Fill(view);
    return view;
  }

  /// Now, and once more a moment later: forges send hooks before the reference can be seen.
  void PollSoon(std::string by) {
    asio::post(io_, [this, by = std::move(by)] {
      operators_.Handle({"sync", "", false, by}, [](const OperatorReply&) {});
      poll_again_.expires_after(kPollAgainAfter);
      poll_again_.async_wait([this, by](auto error) {
        if (!error) operators_.Handle({"sync", "", false, by + ", again"}, [](const OperatorReply&) {});
      });
    });
  }

  void ReloadSoon() {
    asio::post(loader_, [this] {
      if (const auto loaded = serving_.Reload(); !loaded)
        spdlog::error("serve.reload {}", loaded.error().message);
      TellForge();
    });
  }

  void WatchSignals() {
    signals_.async_wait([this](auto error, int signal) {
      if (error) return;
      if (signal != SIGHUP) return io_.stop();
      operators_.Handle({"sync", "", false, "SIGHUP"}, [](const OperatorReply&) {});
      WatchSignals();
    });
  }

  /// The worker says when `current` moved; this is for the day when its word is lost.
  void WatchCurrent() {
    watch_.expires_after(kLookForCurrentEvery);
    watch_.async_wait([this](auto error) {
      if (error) return;
      StartControlFace();
      (void)ListenToOperators();
      ShowState();
      ReloadSoon();
      WatchCurrent();
    });
  }

  void ShowState() {
    serving_.SetWorker(supervisor_.worker_pid() != 0, supervisor_.restarts());
    std::vector<ServerState> servers = ServersOf(network_.places(), config_.boot);
    const uint16_t port = control_.port() == 0 ? config_.control_port : control_.port();
    servers.push_back({"Control", config_.control_host + ':' + std::to_string(port), control_problem_});
    if (!operators_reachable_) servers.push_back({"Operators", kOperatorSocketName, operators_problem_});
    serving_.SetServers(std::move(servers));
    serving_.SetDhcp(network_.dhcp());
  }

  const DaemonConfig& config_;
  Ledgers ledgers_;
  std::string ledger_problem_;  ///< the loader's thread
  asio::io_context io_{1};
  asio::thread_pool loader_{1};
  Journal journal_;
  BootNetwork network_;
  Serving serving_;
  Hooks hooks_;
  ControlFace control_;
  Supervisor supervisor_;
  ForgeSide forge_;
  std::shared_ptr<const Catalog> told_;  ///< the catalog that the forge's side knows; the loader's thread
  Operators operators_;
  OperatorSocket socket_;
  asio::signal_set signals_{io_, SIGTERM, SIGINT, SIGHUP};
  asio::steady_timer watch_{io_};
  asio::steady_timer poll_again_{io_};
  std::string control_problem_;
  std::string operators_problem_;
  bool operators_reachable_ = false;
};

int CouldNotStart(const Error& error) {
  std::fprintf(stderr, "slipway: %s\n", error.message.c_str());
  return 2;
}

}  // namespace

int Serve(const DaemonConfig& config, const ChildCommands& commands) {
  if (const auto made = MakeFolder(config.state_dir); !made) return CouldNotStart(made.error());
  if (const auto locked = LockForever(config.state_dir + "/serve.lock"); !locked)
    return CouldNotStart(locked.error());
  auto blocked = BlockedMachines::Load(config.state_dir);
  if (!blocked) return CouldNotStart(blocked.error());
  Ledgers ledgers;
  if (auto store = InstallStore::Open(config.state_dir, *ledgers.installs); store) {
    ledgers.store = std::move(*store);
  } else {
    return CouldNotStart(store.error());
  }
  std::vector<std::string> folders{config.boot.ipxe_dir};
  folders.insert(folders.end(), config.boot.loader_dirs.begin(), config.boot.loader_dirs.end());
  auto boot_files = BootFiles::Scan(folders);
  if (!boot_files) {
    spdlog::warn("boot.no_programs {}; machines that need one get no answer", boot_files.error().message);
    boot_files = BootFiles{};
  }
  Daemon daemon(config, std::move(*blocked), std::move(*boot_files), std::move(ledgers), commands);
  if (const auto started = daemon.Start(); !started) return CouldNotStart(started.error());
  daemon.Run();
  return 0;
}

}  // namespace slipway
