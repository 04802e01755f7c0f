#pragma once

#include <random>
#include <string>

#include "tests/reconciler/plan/plan_fixture.h"

namespace slipway::plan {

/// Encrypted in the fleet below, and to be seen nowhere.
inline constexpr const char* kCanary = "canary-5up3r-s3cr3t-value";

/// Opens what the fleet below has encrypted.
secrets::Decryptor OwnDecryptor();

/// A worker, with an address, and a patch of its own.
std::string WorkerText(int number, const std::string& more = "");

/// Two clusters, three control planes with a virtual IP, a worker of the other cluster and thirty workers;
/// limits for withdrawals; a patch for nodes of the rack r2 and the other cluster's base are encrypted.
Files LargeFleet();

/// Changes a fleet at random, in ways that people do, and in ways that go wrong.
class Editor {
 public:
  explicit Editor(unsigned seed) : random_(seed) {}

  void Edit(Files& files);
  size_t Pick(size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(random_); }

 private:
  void EditMachine(Files& files, int number);
  void Collide(Files& files, int number);
  void EditShared(Files& files);

  std::mt19937 random_;
};

}  // namespace slipway::plan
