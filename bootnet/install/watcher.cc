#include "bootnet/install/watcher.h"

#include "bootnet/install/talos_probe.h"

namespace slipway {
namespace {

constexpr size_t kMostAtOnce = 64;

}  // namespace

InstallWatcher::InstallWatcher(boost::asio::io_context& io, uint16_t port, std::chrono::milliseconds every,
                               Pending pending, Found found)
    : io_(io),
      timer_(io),
      port_(port),
      every_(every),
      pending_(std::move(pending)),
      found_(std::move(found)) {}

void InstallWatcher::Start() {
  timer_.expires_after(every_);
  timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (error || !self) return;
    self->Round();
    self->Start();
  });
}

void InstallWatcher::Stop() {
  timer_.cancel();
  pending_ = nullptr;
  found_ = nullptr;
}

void InstallWatcher::Round() {
  if (!pending_) return;
  for (const PendingInstall& install : pending_()) {
    if (under_way_.size() >= kMostAtOnce) return;
    if (!under_way_.insert(install.node).second) continue;
    ProbeTalosApi(io_, install.address, port_, install.os_ca,
                  [weak = weak_from_this(), install](const Result<void>& result) {
                    const auto self = weak.lock();
                    if (!self) return;
                    self->under_way_.erase(install.node);
                    if (result && self->found_) self->found_(install);
                  });
  }
}

}  // namespace slipway
