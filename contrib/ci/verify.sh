#!/usr/bin/env bash
# Says which commits of a pull request are not signed by a key that the base's Site allows (spec.verify), while there still
# is a pull request: what the pull request adds to the keys does not count.
#
#   contrib/ci/verify.sh BASE HEAD       # HEAD is the pull request's own, not a merge that the forge made to test it
#
# Nothing is judged where the base's Site names no keys. What is found are warnings, because a merge that the forge makes
# and signs is judged by that signature instead. Where branches are merged by fast-forward they are what the daemon judges:
# SLIPWAY_VERIFY=require makes the job fail. Needs jq.
set -euo pipefail
base=${1:?usage: verify.sh BASE HEAD}
head=${2:?usage: verify.sh BASE HEAD}
require=
[ "${SLIPWAY_VERIFY:-}" != require ] || require=yes

# say TEXT: a workflow command where GitHub, Gitea or Forgejo runs this, a line elsewhere.
say() {
  if [ -n "${GITHUB_ACTIONS:-}" ]; then
    local text=${1//'%'/%25}
    text=${text//$'\r'/%0D}
    echo "::$([ -n "$require" ] && echo error || echo warning) title=signatures::${text//$'\n'/%0A}"
  else
    echo "$([ -n "$require" ] && echo refused || echo warning): $1"
  fi
}

code=0
problem=$(mktemp)
trap 'rm -f "$problem"' EXIT
answer=$(slipway verify "$base" "$head" --history any --only-with-keys --output json 2>"$problem") || code=$?
if [ "$code" -gt 1 ]; then
  say "signatures cannot be judged: $(cat "$problem")"
  [ -z "$require" ] || exit "$code"
  exit 0
fi
if [ "$(jq .keys <<<"$answer")" = false ]; then
  echo "verify.sh: the Site of $base names no keys (spec.verify), so no signature is judged"
  exit 0
fi
while IFS= read -r line; do
  [ -z "$line" ] || say "$line"
done < <(jq -r '.commits[] | select(.finding != "Good") | "\(.commit[:12]) \(.subject | tojson) by \(.author) \(.message)"' <<<"$answer")
jq -r '"verify.sh: \([.commits[] | select(.finding == "Good")] | length) of \(.commits | length) commits are signed by keys that count"' <<<"$answer"
[ "$code" -eq 0 ] || [ -z "$require" ] || exit 1
