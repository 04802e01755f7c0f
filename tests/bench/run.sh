#!/usr/bin/env bash
# Builds the release binary with its benchmarks, measures it against plain tools on the same data, and prints one
# table. contrib/BENCHMARKS.md says what the rows mean.
#
#   tests/bench/run.sh                    everything, about two minutes
#   tests/bench/run.sh --only validate    one part: validate, plan, fleet, talos (this one needs a Go toolchain)
#   tests/bench/run.sh --nodes 2000 …     other options go to bench.py (--help lists them)
set -euo pipefail
cd "$(dirname "$0")/../.."

cmake --preset bench >/dev/null
cmake --build --preset bench --target slipway yaml_baseline
if [ "${1:-}" = --only ] && [ "${2:-}" = talos ]; then
  shift 2
  PATH=$PATH:/usr/local/go/bin
  (cd tests/bench/talos && go build -o "$OLDPWD/build/bench/talos-bench" .)
  exec python3 tests/bench/talos.py --slipway "$PWD/build/bench/bin/slipway" --module "$PWD/build/bench/talos-bench" "$@"
fi
exec python3 tests/bench/bench.py --slipway "$PWD/build/bench/bin/slipway" \
  --yaml-baseline "$PWD/build/bench/tests/bench/yaml_baseline" --bases tests/testdata/base \
  --folder "$PWD/build/bench/measure" "$@"
