#!/usr/bin/env bash
# Faults, against the real binary: `slipway serve` as an ordinary process on loopback, with its disk, its remote, its
# worker and its clients misbehaving. Root is needed for a few tests only, which say so when they are skipped.
#
#   tests/e2e/faults/run.sh BINARY [TEST…]         all tests, or the named ones (test_kill.KillTest…)
#   SLIPWAY_TEST_ALL=yes tests/e2e/faults/run.sh   the slow ones too
set -euo pipefail
# shellcheck source=tests/e2e/suite.sh
. "$(dirname "$0")/../suite.sh"
need_tools "the fault tests" python3 git
# A mount namespace of its own: what the tests mount is gone with them.
if [ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null; then
  SLIPWAY_FAULTS_MOUNTS=yes exec unshare -m python3 -m unittest "${tests[@]}" -v
fi
exec python3 -m unittest "${tests[@]}" -v
