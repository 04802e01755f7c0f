#!/usr/bin/env bash
# Whole lives of simulated machines against the real binary, in network namespaces: many at once (1,000 with
# tests/run.sh --all, 50 otherwise), and one that is installed once. Needs root; skipped loudly elsewhere (exit code 77).
#
#   tests/e2e/storm/run.sh BINARY [TEST…]   all tests, or the named ones
set -euo pipefail
# shellcheck source=tests/e2e/suite.sh
. "$(dirname "$0")/../suite.sh"
need_namespaces "the simulated machines"
exec python3 -m unittest "${tests[@]}" -v
