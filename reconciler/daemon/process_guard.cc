#include "reconciler/daemon/process_guard.h"

#include <sys/prctl.h>
#include <sys/resource.h>

namespace slipway {
namespace {

#if defined(__SANITIZE_ADDRESS__)
#define SLIPWAY_LEAK_CHECK 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SLIPWAY_LEAK_CHECK 1
#endif
#endif

}  // namespace

void GuardProcessMemory() {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
#ifndef SLIPWAY_LEAK_CHECK  // the leak checker attaches to its own process, as a debugger does
  ::prctl(PR_SET_DUMPABLE, 0);
#endif
}

}  // namespace slipway
