#!/usr/bin/env bash
# Replays what the packages in FOLDER recorded: FOLDER PROGRAM.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
if ! ls -d "$1"/*/ >/dev/null 2>&1; then
  echo "skipped: no package with recorded exchanges is in $1; oracle.fetch_forges says why"
  exit 77
fi
python3 "$here/recordings.py" "$1"
complete=yes
for package in fixtures PyGithub gitea client-go webhooks webhooks-examples; do
  [ -d "$1/$package/" ] || complete=
done
export SLIPWAY_RECORDINGS=$1 ${complete:+SLIPWAY_RECORDINGS_COMPLETE=yes}
exec "$2"
