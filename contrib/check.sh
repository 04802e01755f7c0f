#!/usr/bin/env bash
# The gate before a review: format, tidy, shell scripts, sizes and directions. Warnings are errors in every build.
#
#   contrib/check.sh          everything, on the files of the checkout
#   contrib/check.sh --quick  without clang-tidy
set -euo pipefail
cd "$(dirname "$0")/.."
quick=no
[ "${1:-}" = --quick ] && quick=yes
./contrib/install-deps.sh build check

mapfile -t sources < <(git ls-files '*.cc' '*.h')
failed=0
problem() { echo "check: $*" >&2; failed=1; }

echo "== clang-format"
clang-format-14 --dry-run -Werror "${sources[@]}" || problem "run: clang-format-14 -i \$(git ls-files '*.cc' '*.h')"

echo "== shellcheck"
# shellcheck disable=SC2046
shellcheck -x $(git ls-files '*.sh' .ci/run contrib/hooks) || problem "shellcheck has findings"

echo "== sizes: no file over 400 lines"
long=$(git ls-files '*.cc' '*.h' '*.go' '*.sh' '*.py' | xargs wc -l | awk '$2 != "total" && $1 > 400 {print "  " $1 " " $2}')
[ -z "$long" ] || problem "split by reason to change:
$long"

echo "== directions: the halves do not know each other, schema knows neither"
wrong=$({
  git grep -nE '#include "bootnet/' -- 'reconciler/*' ':!reconciler/daemon' ':!reconciler/cli'
  git grep -nE '#include "reconciler/' -- 'bootnet/*'
  git grep -nE '#include "(reconciler|bootnet)/' -- 'schema/*'
  git grep -nE '#include "reconciler/' -- 'reconciler/trust/*' | grep -vE '#include "reconciler/(trust|talos/base64\.h)'
} || true)
[ -z "$wrong" ] || problem "includes against the directions:
$wrong"

if [ $quick = no ]; then
  echo "== clang-tidy"
  cmake --preset dev >/dev/null
  ninja -C build/dev slipway_templates slipway_fleet >/dev/null
  printf '%s\n' "${sources[@]}" | grep -E '^(schema|reconciler|bootnet)/.*\.cc$' |
    xargs -P "$(nproc)" -n 8 clang-tidy-14 -p build/dev --quiet --extra-arg=-Wno-unknown-warning-option 2>/dev/null || problem "clang-tidy has findings"
fi

if [ $failed = 0 ]; then
  echo "check: all good"
fi
exit $failed
