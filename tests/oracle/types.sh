#!/usr/bin/env bash
# Compares reconciler/talos/types/types.txt with what the releases of Talos' module say that can be had here.
#
#   tests/oracle/types.sh           compare; releases that cannot be had are named
#   tests/oracle/types.sh --write   make the file anew; needs all of them (see module.sh)
set -euo pipefail
# shellcheck source=tests/oracle/module.sh
. "$(dirname "$0")/module.sh"
find_go
data=$oracle/../../reconciler/talos/types/types.txt
versions=(v1.8.4 v1.9.6 v1.10.9 v1.11.6 v1.12.11 v1.13.9 v1.14.0-rc.1)
work=$(mktemp -d)
trap 'chmod -R u+w "$work" && rm -rf "$work"' EXIT

lists=()
compared=0
for version in "${versions[@]}"; do
  binary=$work/types-$version
  if ! build_with types "$version" "$binary"; then
    echo "$version cannot be had: $(grep -v downloading "$binary.log" | head -n 1)"
    continue
  fi
  "$binary" list "$version" "$(sources_of "$version" "$binary")" >"$work/$version.txt"
  lists+=("$work/$version.txt")
  if [ "${1:-}" = --write ]; then continue; fi
  "$binary" check "$data" "$work/$version.txt"
  compared=$((compared + 1))
done

if [ "${1:-}" = --write ]; then
  [ ${#lists[@]} = ${#versions[@]} ] || { echo "not every release could be had"; exit 1; }
  "$binary" combine "${lists[@]}" >"$data"
  exit 0
fi
[ $compared -gt 0 ] || skip "no release of the module could be had"
echo "$compared of ${#versions[@]} releases compared: the same"
