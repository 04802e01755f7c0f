#!/usr/bin/env bash
# Lets Talos' own module and slipway apply the same random patches.
#
#   tests/oracle/patch.sh BINARY [SEED [CASES]]
set -euo pipefail
# shellcheck source=tests/oracle/module.sh
. "$(dirname "$0")/module.sh"
find_go
slipway=$(realpath "$1")
seed=${2:-1}
cases=${3:-250}
work=$(mktemp -d)
trap 'chmod -R u+w "$work" && rm -rf "$work"' EXIT

compared=0
for version in v1.11.6 v1.13.9 v1.14.1; do
  binary=$work/patch-$version
  if ! build_with patch "$version" "$binary"; then
    echo "$version cannot be had: $(grep -v downloading "$binary.log" | head -n 1)"
    continue
  fi
  "$binary" -slipway "$slipway" -types "$oracle/../../reconciler/talos/types/types.txt" -minor "$(minor_of "$version")" \
    -seed "$seed" -cases "$cases"
  compared=$((compared + 1))
done
[ $compared -gt 0 ] || skip "no release of the module could be had"
