#!/usr/bin/env bash
# Builds a referee: GO SOURCE_FOLDER PROGRAM. Exits with 77 where that cannot be done, which ctest shows as skipped.
set -euo pipefail
go=$1 source=$2 program=$3
if [ ! -x "$go" ]; then
  echo "skipped: there is no Go toolchain" >&2
  exit 77
fi
mkdir -p "$(dirname "$program")"
cd "$source"
if ! "$go" mod download >&2; then
  echo "skipped: the Go modules cannot be had" >&2
  exit 77
fi
"$go" build -o "$program" .
