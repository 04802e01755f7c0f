#!/usr/bin/env bash
# The daemon and forges: one of the tests' own that speaks each API as documented, always; and a real one, Gitea, built
# from its Go module, where there is a Go toolchain (contrib/FORGES.md).
#
#   tests/e2e/forge/run.sh BINARY [TEST…]         all tests, or the named ones (test_review.GitHubTest…)
#   SLIPWAY_TEST_ALL=yes tests/e2e/forge/run.sh   the slow ones too
set -euo pipefail
SLIPWAY_BINARY=$(realpath "${1:-$(dirname "$0")/../../../build/dev/bin/slipway}")
export SLIPWAY_BINARY PYTHONDONTWRITEBYTECODE=1
shift || true
cd "$(dirname "$0")"
for tool in python3 git; do
  if ! command -v $tool >/dev/null; then
    echo "SKIPPED: the forge tests need $tool"
    exit 77
  fi
done
tests=("$@")
[ ${#tests[@]} -gt 0 ] || tests=(discover -p 'test_*.py')
exec python3 -m unittest "${tests[@]}" -v
