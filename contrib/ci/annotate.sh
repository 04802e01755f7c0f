#!/usr/bin/env bash
# Checks a fleet and puts every problem at its line: as workflow commands (GitHub, Gitea, Forgejo), or as a code quality
# report (GitLab).
#
#   contrib/ci/annotate.sh github .            # prints ::error file=…,line=…::…
#   contrib/ci/annotate.sh gitlab . > gl-code-quality-report.json
#
# Ends as `slipway validate` ends. Needs jq.
set -euo pipefail
forge=${1:?usage: annotate.sh github|gitlab FOLDER}
folder=${2:-.}

code=0
problems=$(slipway validate "$folder" --output json) || code=$?
[ "$code" -le 1 ] || exit "$code"

case "$forge" in
  github)
    jq -r '.[] | "::" + (if .severity == "error" then "error" else "warning" end) +
           " file=\(.file),line=\(.line),col=\(.column),title=\(.code)::" +
           ((.message + "; " + .fix) | gsub("%"; "%25") | gsub("\r"; "%0D") | gsub("\n"; "%0A"))' <<<"$problems"
    ;;
  gitlab)
    jq '[.[] | {description: (.message + "; " + .fix), check_name: .code,
                fingerprint: ([.code, .file, (.line | tostring), .message] | join(" ") | @base64),
                severity: (if .severity == "error" then "blocker" else "minor" end),
                location: {path: .file, lines: {begin: .line}}}]' <<<"$problems"
    ;;
  *)
    echo "annotate.sh: $forge is neither github nor gitlab" >&2
    exit 2
    ;;
esac
exit "$code"
