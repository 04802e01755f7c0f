#!/usr/bin/env bash
# Puts a plan into a pull request as one comment, and updates that comment from then on.
#
#   slipway plan origin/main --output markdown > plan.md
#   FORGE=github|gitlab|gitea API=https://… REPOSITORY=owner/name NUMBER=7 TOKEN=… contrib/ci/comment.sh plan.md
#
# API is the root of the forge's API: https://api.github.com, https://gitlab.example.org/api/v4,
# https://gitea.example.org/api/v1. REPOSITORY is, for GitLab, the project's number or its encoded path.
# Needs curl and jq. The comment is found again by the marker that `slipway plan` writes.
set -euo pipefail

: "${FORGE:?}" "${API:?}" "${REPOSITORY:?}" "${NUMBER:?}" "${TOKEN:?}"
plan=${1:?usage: comment.sh PLAN.md}
marker='<!-- slipway-plan -->'

case "$FORGE" in
  github)
    header="Authorization: Bearer $TOKEN"
    list="$API/repos/$REPOSITORY/issues/$NUMBER/comments"
    one="$API/repos/$REPOSITORY/issues/comments"
    update=PATCH
    ;;
  gitea)
    header="Authorization: token $TOKEN"
    list="$API/repos/$REPOSITORY/issues/$NUMBER/comments"
    one="$API/repos/$REPOSITORY/issues/comments"
    update=PATCH
    ;;
  gitlab)
    header="PRIVATE-TOKEN: $TOKEN"
    list="$API/projects/$REPOSITORY/merge_requests/$NUMBER/notes"
    one=$list
    update=PUT
    ;;
  *)
    echo "comment.sh: FORGE is $FORGE; it must be github, gitlab or gitea" >&2
    exit 2
    ;;
esac

# The token stands in a file of its own, so that no list of processes shows it.
secret=$(mktemp)
body=$(mktemp)
trap 'rm -f "$secret" "$body"' EXIT
printf 'header = "%s"\n' "$header" >"$secret"
jq -n --rawfile text "$plan" '{body: $text}' >"$body"

call() {
  curl --silent --show-error --fail-with-body --retry 3 --max-time 30 --config "$secret" \
    --header 'Content-Type: application/json' "$@"
}

id=
for page in 1 2 3 4 5 6 7 8 9 10; do
  comments=$(call "$list?per_page=100&limit=100&page=$page")
  id=$(jq -r --arg marker "$marker" '[.[] | select(.body | startswith($marker)) | .id][0] // empty' <<<"$comments")
  [ -z "$id" ] || break
  [ "$(jq length <<<"$comments")" -gt 0 ] || break
done

if [ -n "$id" ]; then
  call --request "$update" --data "@$body" "$one/$id" >/dev/null
  echo "comment.sh: updated comment $id"
else
  call --request POST --data "@$body" "$list" >/dev/null
  echo "comment.sh: made the comment"
fi
