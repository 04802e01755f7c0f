#!/usr/bin/env bash
# The boot lab: network namespaces on a bridge, dnsmasq as the site's ordinary DHCP server, Slipway as proxyDHCP, TFTP
# and HTTP server, and QEMU machines without KVM. Needs root; skipped loudly elsewhere (exit code 77).
#
#   tests/e2e/run.sh [BINARY]   run the tests
#   tests/e2e/run.sh --demo     show it: used by contrib/demo.sh --vm
set -euo pipefail
cd "$(dirname "$0")/../.."

if [ "$(id -u)" -ne 0 ]; then
  echo "SKIPPED: the boot lab makes network namespaces and needs root; run it with sudo"
  [ "${1:-}" = --demo ] && exit 2
  exit 77
fi
if ! ip netns add slipway-probe 2>/dev/null; then
  echo "SKIPPED: this kernel or container does not let root make network namespaces"
  exit 77
fi
ip netns del slipway-probe

./contrib/install-deps.sh build lab
if [ "${1:-}" = --demo ]; then
  cmake --preset release >/dev/null
  cmake --build --preset release
  exec python3 tests/e2e/demo.py "$PWD/build/release/bin/slipway"
fi
SLIPWAY_BINARY=${1:-$PWD/build/dev/bin/slipway} exec python3 -m unittest discover -v -s tests/e2e -p 'test_*.py'
