#!/usr/bin/env bash
# Random fleets, rendered by Slipway and made again by Talos' own module in each of two releases: PROGRAM SLIPWAY, where
# PROGRAM-1.13 and PROGRAM-1.14 are the referees. The seed is printed; SLIPWAY_ORACLE_SEED sets it.
set -euo pipefail
program=$1 slipway=$2
seed=${SLIPWAY_ORACLE_SEED:-$(date +%s)}
for release in 1.13 1.14; do
  if [ ! -x "$program-$release" ]; then
    echo "skipped: the referee $release was not built (no Go toolchain, or its modules cannot be had)"
    exit 77
  fi
done
for release in 1.13 1.14; do
  "$program-$release" -slipway "$slipway" -schemas "$(dirname "$0")/../../schema" -count 280 -seed "$seed"
done
