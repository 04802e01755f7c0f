#!/usr/bin/env bash
# Builds Slipway and runs every test. Ends with ctest's own summary.
#
#   tests/run.sh               the `dev` preset, with the boot lab where this is root
#   tests/run.sh --preset asan the same tests under another preset (asan, tsan)
#   tests/run.sh --all         also the slow matrices
#   tests/run.sh -R NAME …     anything else goes to ctest
set -euo pipefail
cd "$(dirname "$0")/.."

preset=dev
all=no
ctest_args=()
while [ $# -gt 0 ]; do
  case "$1" in
    --preset) preset=$2; shift 2 ;;
    --all) all=yes; shift ;;
    *) ctest_args+=("$1"); shift ;;
  esac
done

groups=(build test)
if [ "$(id -u)" -eq 0 ]; then
  groups+=(lab)
else
  echo "tests/run.sh: not root, so the boot lab (network namespaces and QEMU) is skipped"
fi
./contrib/install-deps.sh "${groups[@]}"

cmake --preset "$preset" >/dev/null
cmake --build --preset "$preset"
export SLIPWAY_TEST_ALL=$all
exec ctest --test-dir "build/$preset" --output-on-failure --parallel "$(nproc)" "${ctest_args[@]}"
