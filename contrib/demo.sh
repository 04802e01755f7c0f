#!/usr/bin/env bash
# Shows what Slipway does, on this machine alone and without privileges: a Git push approves a machine.
#
#   contrib/demo.sh         builds, serves examples/homelab on high ports (DHCP off), pushes a commit that adds a
#                           node, waits until its files are served, and keeps running until Ctrl-C
#   contrib/demo.sh --once  the same, but ends when it has shown it
#   contrib/demo.sh --vm    the same in a lab of network namespaces (root), and boots a QEMU machine to the end
set -euo pipefail
cd "$(dirname "$0")/.."

mode=stay
case "${1:-}" in
  "") ;;
  --once) mode=once ;;
  --vm) exec ./tests/e2e/run.sh --demo ;;
  *) sed -n '2,9p' "$0"; exit 2 ;;
esac

say() { printf '\n\033[1m== %s\033[0m\n' "$*"; }

say "Installing what is missing (Debian packages), then building"
./contrib/install-deps.sh build
cmake --preset release >/dev/null
cmake --build --preset release
slipway=$PWD/build/release/bin/slipway

mkdir -p build/demo
work=$(mktemp -d "$PWD/build/demo/run-XXXXXX")
free_port() { # the first free TCP port from $1 on
  local port=$1
  while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
  echo "$port"
}
http=$(free_port 8080)
page=$(free_port 8470)
tftp=$(free_port 6969)

daemon=
stop() {
  trap - EXIT INT TERM
  if [ -n "$daemon" ]; then
    kill "$daemon" 2>/dev/null && wait "$daemon" 2>/dev/null
  fi
  rm -rf "$work"
}
trap stop EXIT
trap 'echo; exit 0' INT TERM

say "Making a Git repository from examples/homelab"
git init -q --bare --initial-branch main "$work/fleet.git"
cp -r examples/homelab "$work/fleet"
# Stand-ins for Talos' kernel and initramfs, so that nothing has to be downloaded.
for part in kernel initramfs; do
  head -c 2000000 /dev/zero | tr '\0' "${part:0:1}" >"$work/$part"
done
asset() { printf -- '---\napiVersion: slipway/v1alpha1\nkind: Asset\nmetadata: {name: %s}\nspec: {url: "file://%s", sha256: %s}\n' \
  "$1" "$2" "$(sha256sum "$2" | cut -c1-64)"; }
names=$(awk '/^metadata:/ {gsub(/[{}]/, ""); print $3} /^  name:/ {print $2}' "$work/fleet/assets.yaml")
: >"$work/assets.yaml"
for name in $names; do
  case "$name" in *initramfs*) asset "$name" "$work/initramfs" ;; *) asset "$name" "$work/kernel" ;; esac
done >>"$work/assets.yaml"
cp "$work/assets.yaml" "$work/fleet/assets.yaml"
sed -i -E "s#(bootServer: *\{url: *\")[^\"]*#\1http://127.0.0.1:$http#; s#^( +url: *)\"?http://[^\" ]*:8080\"?#\1\"http://127.0.0.1:$http\"#" "$work/fleet/site.yaml"
git=(git -C "$work/fleet" -c user.name=Demo -c user.email=demo@example.org)
"${git[@]}" init -q --initial-branch main
"${git[@]}" add -A
"${git[@]}" commit -qm "Begin the fleet"
"${git[@]}" push -q "$work/fleet.git" main
# The examples' secrets are encrypted to a published identity.
install -m 0600 examples/age.txt "$work/age.txt"
"$slipway" validate "$work/fleet" --identity "$work/age.txt"

say "Starting slipway serve"
"$slipway" serve --source-url "file://$work/fleet.git" --state-dir "$work/state" --boot-dhcp off \
  --boot-http-port "$http" --boot-tftp-port "$tftp" --control-listen "127.0.0.1:$page" \
  --assets-file-roots "$work" --secrets-identity-files "$work/age.txt" >"$work/log" 2>&1 &
daemon=$!
wait_for() { # wait_for SECONDS COMMAND…
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    if [ $SECONDS -ge $end ] || ! kill -0 $daemon 2>/dev/null; then
      echo "demo: gave up waiting; the daemon's log:" >&2
      tail -20 "$work/log" >&2
      exit 1
    fi
    sleep 0.1
  done
}
fetch() { curl -sf --max-time 5 "http://127.0.0.1:$http/$1"; }
ready() { curl -sf --max-time 5 "http://127.0.0.1:$page/readyz"; }
wait_for 60 ready
ready

say "A machine that is in no revision gets nothing"
mac=52-54-00-de-40-01
printf 'GET nodes/%s.ipxe: ' $mac
curl -s --max-time 5 -o /dev/null -w 'HTTP %{http_code}\n' "http://127.0.0.1:$http/nodes/$mac.ipxe"

say "Merging is the approval: pushing a commit that adds it"
cluster=$(awk '/^kind: Cluster/ {found=1} found && /name:/ {gsub(/[{}]/, ""); print $NF; exit}' "$work"/fleet/*.yaml)
cat >"$work/fleet/nodes/demo-worker.yaml" <<NODE
apiVersion: slipway/v1alpha1
kind: Node
metadata: {name: demo-worker}
spec:
  cluster: $cluster
  role: worker
  identity: {macs: ["52:54:00:de:40:01"]}
NODE
"${git[@]}" add -A
"${git[@]}" commit -qm "Approve demo-worker"
"${git[@]}" push -q "$work/fleet.git" main
"$slipway" sync --state-dir "$work/state"
wait_for 30 fetch "nodes/$mac.ipxe"
printf 'GET nodes/%s.ipxe: HTTP 200\n\n' $mac
fetch "nodes/$mac.ipxe"

cat <<SHOW

  status page     http://127.0.0.1:$page/
  entry script    http://127.0.0.1:$http/boot.ipxe
  node's script   http://127.0.0.1:$http/nodes/$mac.ipxe
  node's config   http://127.0.0.1:$http/talos/configs/$mac.yaml
  the repository  $work/fleet   (change something, commit, git push $work/fleet.git main)
  the log         $work/log
SHOW
fetch "talos/configs/$mac.yaml" >/dev/null

if [ $mode = once ]; then
  exit 0
fi
say "Running until Ctrl-C"
wait $daemon
