#!/usr/bin/env bash
# Slipway as the site's DHCP server, as a proxy, and finding out which to be: the real binary and other people's clients,
# relays and servers, in network namespaces of their own. Needs root; skipped loudly elsewhere (exit code 77).
#
#   tests/e2e/dhcp/run.sh BINARY [TEST…]   all tests, or the named ones (test_clients.ClientTest…)
set -euo pipefail
SLIPWAY_BINARY=$(realpath "${1:-$(dirname "$0")/../../../build/dev/bin/slipway}")
export SLIPWAY_BINARY PYTHONDONTWRITEBYTECODE=1
shift || true
cd "$(dirname "$0")"
if [ "$(id -u)" -ne 0 ]; then
  echo "SKIPPED: the DHCP tests make network namespaces and need root; run them with sudo"
  exit 77
fi
if ! ip netns add slipway-dhcp-probe 2>/dev/null; then
  echo "SKIPPED: this kernel or container does not let root make network namespaces"
  exit 77
fi
ip netns del slipway-dhcp-probe
../../../contrib/install-deps.sh build lab
tests=("$@")
[ ${#tests[@]} -gt 0 ] || tests=(discover -p 'test_*.py')
# Debian's own Python, which has Debian's scapy.
# A mount namespace of its own: what the tests mount is gone with them.
runner=()
if unshare -m true 2>/dev/null; then
  export SLIPWAY_DHCP_MOUNTS=yes
  runner=(unshare -m)
fi
exec "${runner[@]}" /usr/bin/python3 -m unittest "${tests[@]}" -v
