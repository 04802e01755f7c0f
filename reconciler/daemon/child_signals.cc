#include "reconciler/daemon/child_signals.h"

#include <sys/prctl.h>

#include <csignal>
#include <initializer_list>

namespace slipway::child {
namespace {

volatile std::sig_atomic_t g_stop = 0;
volatile std::sig_atomic_t g_sync = 0;

void OnSignal(int signal) {
  if (signal == SIGHUP)
    g_sync = 1;
  else
    g_stop = 1;
}

}  // namespace

void CatchSignals() {
  struct sigaction action {};
  action.sa_handler = OnSignal;  // without SA_RESTART: poll() returns at once
  for (const int signal : {SIGHUP, SIGTERM, SIGINT}) ::sigaction(signal, &action, nullptr);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);  // no worker outlives its parent
}

bool StopAsked() { return g_stop != 0; }
bool SyncAsked() { return g_sync != 0; }

bool TakeSync() {
  const bool asked = g_sync != 0;
  g_sync = 0;
  return asked;
}

}  // namespace slipway::child
