#!/usr/bin/env bash
# Builds a referee: GO PROGRAM BINARY, where its folder has a go.mod of its own; GO PROGRAM BINARY VERSION… makes
# BINARY-1.N of each release of Talos' module. Exits with 77 where that cannot be done, which ctest shows as skipped.
set -euo pipefail
# shellcheck source=tests/oracle/module.sh
. "$(dirname "$0")/module.sh"
go=$1 program=$2 binary=$3
shift 3
[ -x "$go" ] || skip "there is no Go toolchain"
PATH=$(dirname "$go"):$PATH
mkdir -p "$(dirname "$binary")"
if [ $# = 0 ]; then
  cd "$oracle/$program"
  go mod download >&2 || skip "the Go modules cannot be had"
  exec go build -o "$binary" .
fi
for version; do
  out=$binary-1.$(minor_of "$version")
  rm -f "$out"
  if ! build_with "$program" "$version" "$out"; then
    cat "$out.log" >&2
    # What does not compile is wrong; what the proxy does not give is missing.
    grep -qE 'proxy|dial tcp|lookup|timeout' "$out.log" || exit 1
    skip "Talos' module $version cannot be had"
  fi
done
