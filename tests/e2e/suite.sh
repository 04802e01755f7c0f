# shellcheck shell=bash
# Sourced by the run.sh of each suite, with its words: exports SLIPWAY_BINARY (default: of the dev build), goes to the
# suite's folder, and leaves what to run in `tests`.
SLIPWAY_BINARY=$(realpath "${1:-$(dirname "$0")/../../../build/dev/bin/slipway}")
export SLIPWAY_BINARY PYTHONDONTWRITEBYTECODE=1
shift || true
cd "$(dirname "$0")" || exit 2
tests=("$@")
[ ${#tests[@]} -gt 0 ] || tests=(discover -p 'test_*.py')

# skip WHY: the suite cannot run here; CTest reads the exit code.
skip() {
  echo "SKIPPED: $*"
  exit 77
}

# need_tools WHO TOOL…
need_tools() {
  local who=$1 tool
  shift
  for tool in "$@"; do
    command -v "$tool" >/dev/null || skip "$who need $tool"
  done
}

# need_namespaces WHO: root, and a kernel that makes network namespaces.
need_namespaces() {
  [ "$(id -u)" -eq 0 ] || skip "$1 make network namespaces and need root; run them with sudo"
  local probe="slipway-probe-$$"
  ip netns add "$probe" 2>/dev/null || skip "this kernel or container does not let root make network namespaces"
  ip netns del "$probe"
}
