#!/usr/bin/env bash
# Lets Talos' own module and slipway judge the same whole configs, each with one thing in it changed.
#
#   tests/oracle/validate.sh BINARY [SEED [CASES]]      CASES 0: all there are
set -euo pipefail
# shellcheck source=tests/oracle/module.sh
. "$(dirname "$0")/module.sh"
find_go
slipway=$(realpath "$1")
seed=${2:-${SLIPWAY_ORACLE_SEED:-$(date +%s)}}
cases=${3:-3000}
work=$(mktemp -d)
trap 'chmod -R u+w "$work" && rm -rf "$work"' EXIT

compared=0
for version in v1.13.9 v1.14.1; do
  binary=$work/validate-$version
  if ! build_with validate "$version" "$binary"; then
    echo "$version cannot be had: $(grep -v downloading "$binary.log" | head -n 1)"
    continue
  fi
  "$binary" -slipway "$slipway" -samples "$(sources_of "$binary")/config" -own "$oracle/validate/samples" \
    -minor "$(minor_of "$version")" -seed "$seed" -cases "$cases"
  compared=$((compared + 1))
done
[ $compared -gt 0 ] || skip "no release of the module could be had"
