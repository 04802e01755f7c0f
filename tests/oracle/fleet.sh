#!/usr/bin/env bash
# Random fleets, rendered by Slipway and made again by Talos' own module: PROGRAM SLIPWAY. The seed is printed;
# SLIPWAY_ORACLE_SEED sets it.
set -euo pipefail
if [ ! -x "$1" ]; then
  echo "skipped: the referee was not built (no Go toolchain, or its modules cannot be had)"
  exit 77
fi
exec "$1" -slipway "$2" -schemas "$(dirname "$0")/../../schema" -count 200 ${SLIPWAY_ORACLE_SEED:+-seed "$SLIPWAY_ORACLE_SEED"}
