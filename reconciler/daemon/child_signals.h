#pragma once

/// Signals of the daemon's child processes. Flags alone: poll() returns when one comes.
namespace slipway::child {

/// SIGTERM and SIGINT ask to stop, SIGHUP to look at once. The process gets SIGTERM when its parent ends.
void CatchSignals();
bool StopAsked();
bool SyncAsked();
bool TakeSync();  ///< SyncAsked(), and forgets it

}  // namespace slipway::child
