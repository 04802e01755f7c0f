#!/usr/bin/env bash
# Brings the packages of packages.txt, through their package managers, into a folder of the build tree: FOLDER GO. Nothing
# of them is kept in the repository. A package that cannot be had is named, and what needs it is left out; exits with 77
# where none can.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=$1 go=$2
mkdir -p "$folder"
cd "$folder"

# bring_npm NAME VERSION, bring_pip NAME VERSION: the archive's name on standard output.
bring_npm() {
  command -v npm >/dev/null || { echo "there is no npm" >&2; return 1; }
  timeout 300 npm pack --silent "$1@$2"
}
bring_pip() {
  python3 -m pip --version >/dev/null 2>&1 || { echo "there is no pip" >&2; return 1; }
  timeout 300 python3 -m pip download --quiet --no-deps --no-binary :all: --dest . "$1==$2" >&2
  find . -maxdepth 1 -iname "$1-$2.tar.gz" -printf '%P\n'
}

# unpack ARCHIVE SUM FOLDER
unpack() {
  echo "$2  $1" | sha256sum --check --quiet >&2 || return 1
  rm -rf "$3.new" && mkdir "$3.new"
  tar -xzf "$1" -C "$3.new" --strip-components=1
  rm -rf "$3" "$1"
  mv "$3.new" "$3"
}

had=0
while read -r manager name version sum; do
  case "$manager" in '' | '#'*) continue ;; esac
  place=$(basename "${name%/v[0-9]}")
  if [ -d "$place/" ] && { [ -e "$place/.$version" ] || [ -e "$place.dir.$version" ]; }; then
    had=$((had + 1))
    continue
  fi
  if [ "$manager" = go ]; then
    if [ -x "$go" ] && said=$(timeout 300 "$go" mod download -json "$name@$version" 2>"$place.log"); then
      ln -sfn "$(jq -r .Dir <<<"$said")" "$place"
      touch "$place.dir.$version"
      had=$((had + 1))
      continue
    fi
  elif archive=$("bring_$manager" "$name" "$version" 2>"$place.log") && unpack "$archive" "$sum" "$place" 2>>"$place.log"; then
    touch "$place/.$version"
    had=$((had + 1))
    continue
  fi
  echo "left out: $name $version cannot be had ($manager): $(tail -n 1 "$place.log" 2>/dev/null)"
done <"$here/packages.txt"
if [ $had -eq 0 ]; then
  echo "skipped: none of the packages with recorded exchanges can be had"
  exit 77
fi
