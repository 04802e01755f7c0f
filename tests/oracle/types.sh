#!/usr/bin/env bash
# Compares reconciler/talos/types/types.txt with what the releases of Talos' module say that can be had here.
#
#   tests/oracle/types.sh           compare; releases that cannot be had are named
#   tests/oracle/types.sh --write   put what they say into the file; the others keep their place in it
set -euo pipefail
# shellcheck source=tests/oracle/module.sh
. "$(dirname "$0")/module.sh"
find_go
data=$oracle/../../reconciler/talos/types/types.txt
versions=(v1.8.4 v1.9.6 v1.10.9 v1.11.6 v1.12.11 v1.13.9 v1.14.1)
work=$(mktemp -d)
trap 'chmod -R u+w "$work" && rm -rf "$work"' EXIT

lists=()
for version in "${versions[@]}"; do
  binary=$work/types-$version
  if ! build_with types "$version" "$binary"; then
    echo "$version cannot be had: $(grep -v downloading "$binary.log" | head -n 1)"
    continue
  fi
  "$binary" list "$version" "$(sources_of "$binary")" >"$work/$version.txt"
  lists+=("$work/$version.txt")
  newest=$binary
done
[ ${#lists[@]} -gt 0 ] || skip "no release of the module could be had"

if [ "${1:-}" = --write ]; then
  "$newest" combine "$data" "${lists[@]}" >"$work/types.txt"
  cp "$work/types.txt" "$data"
fi
for list in "${lists[@]}"; do "$newest" check "$data" "$list"; done
echo "${#lists[@]} of ${#versions[@]} releases compared: the same"
