#include "bootnet/boot_network.h"

#include <sys/resource.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <list>

#include "bootnet/install/watcher.h"
#include "bootnet/link.h"

namespace slipway {
namespace {

constexpr auto kLookAgain = std::chrono::seconds(2);

/// sendfile has no flag against SIGPIPE, and a thousand clients need more descriptors than the soft limit's
/// 1,024.
void PrepareProcess() {
  std::signal(SIGPIPE, SIG_IGN);
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const rlim_t wanted = std::min<rlim_t>(limit.rlim_max, 65536);
  if (limit.rlim_cur >= wanted) return;
  limit.rlim_cur = wanted;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

dhcp::LeaseSettings SettingsOf(const BootNetworkConfig& config) {
  dhcp::LeaseSettings settings;
  if (config.dhcp_probing == BootNetworkConfig::Probing::kOff) {
    settings.probing = dhcp::LeaseSettings::Probing::kOff;
  }
  return settings;
}

/// One configured interface, or the one place there is without any.
struct Place {
  std::optional<std::string> interface;
  std::unique_ptr<Link> link;
  std::string last_error;  ///< so that each is told once
  enum class Seen : uint8_t { kNotYet, kMissing, kUp } seen = Seen::kNotYet;
};

}  // namespace

struct BootNetwork::Impl : std::enable_shared_from_this<BootNetwork::Impl> {
  Impl(boost::asio::io_context& context, BootNetworkConfig settings, std::function<void(BootEvent)> sink,
       Snapshot snapshot)
      : io(context),
        config(std::move(settings)),
        services(std::make_shared<Services>(config, std::move(sink), std::move(snapshot))),
        leases(dhcp::LeaseService::Make(context, services, SettingsOf(config), config.lease_path)),
        zones(std::make_shared<dns::ZoneSource>(services)),
        timer(context),
        watcher(std::make_shared<InstallWatcher>(
            context, config.talos_api_port, config.look_for_installs_every,
            [this] { return services->PendingNow(); },
            [this](const PendingInstall& install) { services->NoteInstalled(install); })) {
    services->lease_holder = [weak = std::weak_ptr(leases)](Ipv4 address) {
      const auto held = weak.lock();
      return held ? held->HolderOf(address) : std::nullopt;
    };
  }

  void Tell(Outcome outcome, std::string reason, std::string message) {
    BootEvent event;
    event.door = Door::kDhcp;
    event.outcome = outcome;
    event.reason = std::move(reason);
    event.message = std::move(message);
    services->Report(std::move(event));
  }

  /// The link is dropped when its interface went away or came back as another one.
  void FollowInterface(Place& place) {
    const std::optional<Interface> now = FindInterface(*place.interface, config.address);
    if (place.link && now != place.link->interface()) {
      place.link.reset();
      place.last_error.clear();
    }
    if (!now) {
      if (place.seen != Place::Seen::kMissing) {
        Tell(Outcome::kFailed, "InterfaceMissing",
             "boot.interfaces: " + *place.interface +
                 " is not there, is down, or has no IPv4 address; waiting for it");
      }
      place.seen = Place::Seen::kMissing;
      return;
    }
    if (place.seen == Place::Seen::kMissing) {
      Tell(Outcome::kAnswered, "InterfaceAppeared", *place.interface + " has " + now->address.ToString());
    }
    place.seen = Place::Seen::kUp;
    if (!place.link)
      place.link = std::make_unique<Link>(io, services, leases, zones, config, now, now->address);
  }

  /// Opens what can be opened; what could not be, in words.
  std::vector<Error> Visit(Place& place) {
    if (place.interface) {
      FollowInterface(place);
    } else if (!place.link) {
      place.link = std::make_unique<Link>(io, services, leases, zones, config, std::nullopt,
                                          config.address.value_or(Ipv4{}));
    }
    if (!place.link) return {};
    std::vector<Error> errors = place.link->OpenMissing();
    std::string text;
    for (const Error& error : errors) text += (text.empty() ? "" : "; ") + error.message;
    if (text != place.last_error) {
      if (text.empty()) {
        Tell(Outcome::kAnswered, "ServersUp", "what could not be opened before is open now");
      } else {
        Tell(Outcome::kFailed, "CannotListen", text);
      }
      place.last_error = text;
    }
    return errors;
  }

  std::vector<Error> VisitAll() {
    std::vector<Error> errors;
    std::vector<Ipv4> own;
    for (Place& place : places) {
      for (Error& error : Visit(place)) errors.push_back(std::move(error));
      if (place.link && place.link->interface()) own.push_back(place.link->interface()->address);
    }
    leases->SetOwn(std::move(own));
    for (Place& place : places) {
      if (place.link) place.link->KeepAddressesReady();
    }
    return errors;
  }

  void TellRepeats() {
    if (!services->FlushRepeats(Services::Flush::kSome)) return;
    boost::asio::post(io, [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->TellRepeats();
    });
  }

  void LookAgainLater() {
    timer.expires_after(kLookAgain);
    timer.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
      const auto self = weak.lock();
      if (error || !self) return;
      self->VisitAll();
      self->TellRepeats();
      self->LookAgainLater();
    });
  }

  boost::asio::io_context& io;
  BootNetworkConfig config;
  std::shared_ptr<Services> services;
  std::shared_ptr<dhcp::LeaseService> leases;
  std::shared_ptr<dns::ZoneSource> zones;
  boost::asio::steady_timer timer;
  std::shared_ptr<InstallWatcher> watcher;
  std::list<Place> places;
};

BootNetwork::BootNetwork(boost::asio::io_context& io, BootNetworkConfig config,
                         std::function<void(BootEvent)> sink, BootFiles boot_files) {
  Snapshot snapshot;
  snapshot.boot_files = std::make_shared<const BootFiles>(std::move(boot_files));
  snapshot.ledger = std::make_shared<const Ledger>();
  snapshot.installs = config.installs;
  impl_ = std::make_shared<Impl>(io, std::move(config), std::move(sink), std::move(snapshot));
}

BootNetwork::~BootNetwork() {
  impl_->timer.cancel();
  impl_->watcher->Stop();
  impl_->places.clear();
  impl_->services->FlushRepeats(Services::Flush::kAll);
}

Result<void> BootNetwork::Start() {
  const BootNetworkConfig& config = impl_->config;
  if (config.interfaces.empty() && config.dhcp != BootNetworkConfig::DhcpMode::kOff) {
    return FixInput("boot.interfaces is empty: name the provisioning interfaces, or set boot.dhcp to off");
  }
  PrepareProcess();
  for (const std::string& name : config.interfaces) impl_->places.push_back({name, nullptr, {}, {}});
  if (config.interfaces.empty()) impl_->places.push_back({std::nullopt, nullptr, {}, {}});
  std::string text;
  Reaction reaction = Reaction::kRetry;
  for (const Error& error : impl_->VisitAll()) {
    text += (text.empty() ? "" : "; ") + error.message;
    if (error.reaction == Reaction::kFixInput) reaction = Reaction::kFixInput;
  }
  impl_->LookAgainLater();
  impl_->watcher->Start();
  if (!text.empty()) return tl::make_unexpected(Error{reaction, std::move(text)});
  return {};
}

void BootNetwork::SetCatalog(std::shared_ptr<const Catalog> catalog) {
  impl_->services->live.SetCatalog(std::move(catalog));
}

void BootNetwork::SetLedger(Ledger ledger) {
  impl_->services->live.SetLedger(std::make_shared<const Ledger>(std::move(ledger)));
}

BootPorts BootNetwork::ports() const {
  for (const Place& place : impl_->places) {
    if (place.link) return place.link->ports();
  }
  return {};
}

std::vector<BootPlace> BootNetwork::places() const {
  std::vector<BootPlace> places;
  for (const Place& place : impl_->places) {
    BootPlace& told = places.emplace_back();
    told.interface = place.interface.value_or("");
    told.problem = place.last_error;
    if (!place.link) {
      told.problem = told.interface + " is not there, is down, or has no IPv4 address; waiting for it";
      continue;
    }
    told.ports = place.link->ports();
    const auto& interface = place.link->interface();
    told.address =
        interface ? interface->address.ToString() : impl_->config.address.value_or(Ipv4{}).ToString();
  }
  return places;
}

std::shared_ptr<const Installs> BootNetwork::installs() const { return impl_->config.installs; }
DhcpStatus BootNetwork::dhcp() const {
  using Mode = BootNetworkConfig::DhcpMode;
  DhcpStatus status;
  const Mode mode = impl_->config.dhcp;
  if (mode == Mode::kServer || mode == Mode::kAuto) {
    status.pools = impl_->leases->Pools();
    status.lease_problem = impl_->leases->trouble();
  }
  for (const Place& place : impl_->places) {
    if (!place.link) continue;
    if (auto link = place.link->dhcp()) status.links.push_back(std::move(*link));
  }
  return status;
}

BootCounters BootNetwork::counters() const {
  const Services& services = *impl_->services;
  BootCounters counters;
  counters.answered = services.outcomes[static_cast<size_t>(Outcome::kAnswered)];
  counters.ignored = services.outcomes[static_cast<size_t>(Outcome::kIgnored)];
  counters.refused = services.outcomes[static_cast<size_t>(Outcome::kRefused)];
  counters.failed = services.outcomes[static_cast<size_t>(Outcome::kFailed)];
  counters.http_connections = services.http_connections;
  counters.tftp_transfers = services.tftp_transfers;
  counters.body_bytes = services.body_bytes;
  std::copy(services.dns_queries.begin(), services.dns_queries.end(), counters.dns.begin());
  return counters;
}

}  // namespace slipway
