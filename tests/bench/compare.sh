#!/usr/bin/env bash
# Measures Slipway beside other boot servers on this machine: builds the release binary and the load clients, unpacks
# the peers' Debian packages below build/ (nothing is installed, no service starts), runs each server in a network
# namespace of its own, and prints a Markdown table. Needs root for the namespaces.
#
#   tests/bench/compare.sh                    every topic, median of 9 interleaved pairs
#   tests/bench/compare.sh --only tftp        one topic; they are the modules of tests/bench/compare with rows()
#   tests/bench/compare.sh --pairs 3 --row lock-step   fewer pairs; only rows whose name has this in it
#   tests/bench/compare.sh --in-guest         the row of 200 clients on a bad network by netem, where the kernel here has
#                                             none: on two emulated cores, with Debian's kernel (tests/e2e/linux.py)
set -euo pipefail
cd "$(dirname "$0")/../.."

if [ "$(id -u)" -ne 0 ]; then
  echo "compare: network namespaces need root" >&2
  exit 2
fi
cmake --preset bench >/dev/null
nice cmake --build --preset bench --target slipway tftp_load http_load dhcp_load bad_link >/dev/null
exec python3 tests/bench/compare/main.py --build "$PWD/build/bench" --folder "$PWD/build/bench/compare" "$@"
