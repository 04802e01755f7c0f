#!/usr/bin/env bash
# The machine configs of all examples, loaded and validated by Talos' own module: REFEREE SLIPWAY, where REFEREE-1.13 and
# REFEREE-1.14 are those of the base configs.
set -euo pipefail
referee=$1 slipway=$2
examples=$(cd "$(dirname "$0")/../../examples" && pwd)
for release in 1.13 1.14; do
  [ -x "$referee-$release" ] || { echo "skipped: the referee $release was not built"; exit 77; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# An identity that others may read is warned about.
install -m 600 "$examples/age.txt" "$work/age.txt"
for example in "$examples"/*/; do
  rm -rf "$work/out"
  "$slipway" render "$example" --to "$work/out" --identity "$work/age.txt" >/dev/null
  configs=("$work"/out/talos/configs/*.yaml)
  for release in 1.13 1.14; do
    "$referee-$release" validate "${configs[@]}"
    echo "$(basename "$example"): ${#configs[@]} configs are valid for Talos $release"
  done
done
