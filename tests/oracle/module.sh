# shellcheck shell=bash
# Sourced by the oracles: builds a Go program of this folder against one release of Talos' published module.
#
# go.mod is the list of modules for release 1.13, talos-1.N.mod for 1.N. A release without one is not in the module
# proxy; a checkout of Talos will do: TALOS_CHECKOUTS names a folder that holds <version>/pkg/machinery.

oracle=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
module=github.com/siderolabs/talos/pkg/machinery

# skip REASON…: the exit code that ctest takes for "skipped".
skip() {
  echo "skipped: $*"
  exit 77
}

find_go() {
  PATH=$PATH:/usr/local/go/bin
  command -v go >/dev/null || skip "no Go toolchain (go) on this machine"
}

# minor_of VERSION: 14 of v1.14.1.
minor_of() {
  local rest=${1#v1.}
  echo "${rest%%.*}"
}

# list_of VERSION: the file that lists the modules for it, "" when there is none.
list_of() {
  local file
  for file in "$oracle/go.mod" "$oracle/talos-1.$(minor_of "$1").mod"; do
    if grep -qs "$module $1\$" "$file"; then
      echo "$file"
      return
    fi
  done
}

# build_with PROGRAM VERSION OUT: OUT is the binary; on failure $OUT.log says why.
build_with() {
  local program=$1 version=$2 out=$3
  local list edit=() checkout=${TALOS_CHECKOUTS:-}/$2/pkg/machinery
  list=$(list_of "$version")
  if [ -n "${TALOS_CHECKOUTS:-}" ] && [ -d "$checkout" ]; then
    mkdir -p "$out.mod.d"
    list=$out.mod.d/go.mod
    {
      sed -n '1,/^go /p' "$oracle/go.mod"
      printf 'require %s %s\nreplace %s => %s\n' "$module" "$version" "$module" "$checkout"
      cat "${TALOS_CHECKOUTS}/$version.replace" 2>/dev/null || true
    } >"$list"
    sort -u "$checkout/go.sum" "$oracle/go.sum" >"$out.mod.d/go.sum"
    edit=(-mod=mod)
  elif [ -z "$list" ]; then
    echo "the module proxy does not have it" >"$out.log"
    return 1
  fi
  [ "$(minor_of "$version")" -lt 14 ] || edit+=(-tags talos114)
  echo "$list" >"$out.list"
  (cd "$oracle" && timeout 600 go build -modfile="$list" "${edit[@]}" -o "$out" "./$program") >"$out.log" 2>&1
}

# sources_of OUT: the folder of the module's sources, as built before.
sources_of() {
  (cd "$oracle" && go list -modfile="$(cat "$1.list")" -mod=mod -m -f '{{.Dir}}' "$module")
}
