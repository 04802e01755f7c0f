#!/usr/bin/env bash
# Lets Talos' own module and slipway judge the same random CEL expressions.
#
#   tests/oracle/cel.sh BINARY [SEED [CASES]]
set -euo pipefail
# shellcheck source=tests/oracle/module.sh
. "$(dirname "$0")/module.sh"
find_go
slipway=$(realpath "$1")
seed=${2:-1}
cases=${3:-3000}
work=$(mktemp -d)
trap 'chmod -R u+w "$work" && rm -rf "$work"' EXIT

compared=0
for version in v1.12.11 v1.13.9 v1.14.1; do
  binary=$work/cel-$version
  if ! build_with cel "$version" "$binary"; then
    echo "$version cannot be had: $(grep -v downloading "$binary.log" | head -n 1)"
    continue
  fi
  echo "Talos $version"
  "$binary" -slipway "$slipway" -minor "$(minor_of "$version")" -seed "$seed" -cases "$cases"
  compared=$((compared + 1))
done
[ $compared -gt 0 ] || skip "no release of the module could be had"
