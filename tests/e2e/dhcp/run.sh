#!/usr/bin/env bash
# Slipway as the site's DHCP server, as a proxy, and finding out which to be: the real binary and other people's clients,
# relays and servers, in network namespaces of their own. Needs root; skipped loudly elsewhere (exit code 77).
#
#   tests/e2e/dhcp/run.sh BINARY [TEST…]   all tests, or the named ones (test_clients.ClientTest…)
set -euo pipefail
# shellcheck source=tests/e2e/suite.sh
. "$(dirname "$0")/../suite.sh"
need_namespaces "the DHCP tests"
../../../contrib/install-deps.sh build lab
# Debian's own Python, which has Debian's scapy.
# A mount namespace of its own: what the tests mount is gone with them.
runner=()
if unshare -m true 2>/dev/null; then
  export SLIPWAY_DHCP_MOUNTS=yes
  runner=(unshare -m)
fi
exec "${runner[@]}" /usr/bin/python3 -m unittest "${tests[@]}" -v
