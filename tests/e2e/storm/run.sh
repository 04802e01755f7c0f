#!/usr/bin/env bash
# Whole lives of simulated machines against the real binary, in network namespaces: many at once (1,000 with
# tests/run.sh --all, 50 otherwise), and one that is installed once. Needs root; skipped loudly elsewhere (exit code 77).
#
#   tests/e2e/storm/run.sh BINARY [TEST…]   all tests, or the named ones
set -euo pipefail
SLIPWAY_BINARY=$(realpath "${1:-$(dirname "$0")/../../../build/dev/bin/slipway}")
export SLIPWAY_BINARY PYTHONDONTWRITEBYTECODE=1
shift || true
cd "$(dirname "$0")"
if [ "$(id -u)" -ne 0 ]; then
  echo "SKIPPED: the simulated machines live in network namespaces and need root; run them with sudo"
  exit 77
fi
if ! ip netns add slipway-storm-probe 2>/dev/null; then
  echo "SKIPPED: this kernel or container does not let root make network namespaces"
  exit 77
fi
ip netns del slipway-storm-probe
tests=("$@")
[ ${#tests[@]} -gt 0 ] || tests=(discover -p 'test_*.py')
exec python3 -m unittest "${tests[@]}" -v
