#!/usr/bin/env bash
# The machine configs of all examples, loaded, validated and made again by Talos' own module, from secrets that sops' own
# module decrypts: GEN FLEET SECRETS SLIPWAY, where GEN-1.13, GEN-1.14, FLEET-1.13 and FLEET-1.14 are those of the releases.
set -euo pipefail
gen=$1 fleet=$2 secrets=$3 slipway=$4
examples=$(cd "$(dirname "$0")/../../examples" && pwd)
for program in "$gen"-1.13 "$gen"-1.14 "$fleet"-1.13 "$fleet"-1.14 "$secrets"; do
  [ -x "$program" ] || { echo "skipped: the referee $(basename "$program") was not built"; exit 77; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# An identity that others may read is warned about.
install -m 600 "$examples/age.txt" "$work/age.txt"
for example in "$examples"/*/; do
  name=$(basename "$example")
  rm -rf "$work/out"
  "$slipway" render "$example" --to "$work/out" --identity "$work/age.txt" >/dev/null
  configs=("$work"/out/talos/configs/*.yaml)
  cp -r "$example" "$work/$name"
  mapfile -t sealed < <(grep -rlE '^sops:' "$work/$name")
  [ ${#sealed[@]} = 0 ] || SOPS_AGE_KEY_FILE=$work/age.txt "$secrets" "${sealed[@]}"
  for release in 1.13 1.14; do
    "$gen-$release" validate "${configs[@]}"
    echo "$name: ${#configs[@]} configs are valid for Talos $release"
    "$fleet-$release" -example "$work/$name" -rendered "$work/out" | tee -a "$work/said"
  done
  grep -q "^$name: ${#configs[@]} configs are what Talos' module makes" "$work/said" ||
    { echo "$name: nobody made its configs again"; exit 1; }
done
