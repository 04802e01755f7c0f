# shellcheck shell=bash
# Sourced by the oracles: builds a Go program of this folder against one release of Talos' published module.
#
# Where the module proxy does not have a release, a checkout of Talos will do: TALOS_CHECKOUTS names a folder that holds
# <version>/pkg/machinery.

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

# build_with PROGRAM VERSION OUT: OUT is the binary; on failure $OUT.log says why.
build_with() {
  local program=$1 version=$2 out=$3 work=$3.mod.d
  mkdir -p "$work"
  cp "$oracle/$program/go.mod" "$work/go.mod"
  cp "$oracle/$program/go.sum" "$work/go.sum"
  local edit=(-modfile="$work/go.mod" -mod=mod)
  # Later releases of the module raise the versions of what it needs; the file's own list is for one release.
  {
    sed -n '1,/^go /p' "$oracle/$program/go.mod"
    echo "require $module $version"
    local checkout=${TALOS_CHECKOUTS:-}/$version/pkg/machinery
    if [ -n "${TALOS_CHECKOUTS:-}" ] && [ -d "$checkout" ]; then
      echo "replace $module => $checkout"
      sort -u "$checkout/go.sum" "$oracle/$program/go.sum" >"$work/go.sum"
      cat "${TALOS_CHECKOUTS}/$version.replace" 2>/dev/null || true
    fi
  } >"$work/go.mod"
  (cd "$oracle/$program" && timeout 600 go build "${edit[@]}" -o "$out" .) >"$out.log" 2>&1
}

# sources_of VERSION OUT: the folder of the module's sources, as built before.
sources_of() {
  (cd "$oracle/types" && go list -modfile="$2.mod.d/go.mod" -mod=mod -m -f '{{.Dir}}' "$module")
}
