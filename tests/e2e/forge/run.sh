#!/usr/bin/env bash
# The daemon and forges: one of the tests' own that speaks each API as documented, always; and a real one, Gitea, built
# from its Go module, where there is a Go toolchain (contrib/FORGES.md).
#
#   tests/e2e/forge/run.sh BINARY [TEST…]         all tests, or the named ones (test_review.GitHubTest…)
#   SLIPWAY_TEST_ALL=yes tests/e2e/forge/run.sh   the slow ones too
set -euo pipefail
# shellcheck source=tests/e2e/suite.sh
. "$(dirname "$0")/../suite.sh"
need_tools "the forge tests" python3 git
exec python3 -m unittest "${tests[@]}" -v
