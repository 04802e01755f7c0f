#!/usr/bin/env bash
# Installs the Debian 12 packages that Slipway needs, and nothing else. Asks no question.
#
#   contrib/install-deps.sh build   compiler and libraries (default)
#   contrib/install-deps.sh test    + what the tests talk to
#   contrib/install-deps.sh lab     + QEMU, firmware, dnsmasq: the boot lab
#   contrib/install-deps.sh check   + clang-format, clang-tidy, libFuzzer
set -euo pipefail

build=(build-essential g++ cmake ninja-build pkg-config ccache git ca-certificates
  libgit2-dev libyaml-cpp-dev libcpp-httplib-dev libboost1.81-dev libvalijson-dev nlohmann-json3-dev
  libexpected-dev libspdlog-dev libcli11-dev libre2-dev libkainjow-mustache-dev libssl-dev
  libsqlite3-dev libhowardhinnant-date-dev tzdata prometheus-cpp-dev ipxe openssh-client gpgv)
tests=(libgtest-dev libgmock-dev libbenchmark-dev zlib1g-dev curl jq atftp tftp-hpa openssh-client openssh-server
  gpg gpg-agent gpgconf openssl python3 iproute2 bind9-dnsutils)
lab=(qemu-system-x86 qemu-system-arm ovmf qemu-efi-aarch64 ipxe-qemu dnsmasq-base tcpdump busybox-static cpio iproute2
  iputils-ping isc-dhcp-client dhcpcd-base kea-dhcp4-server kea-admin ethtool python3-scapy shim-signed grub-efi-amd64-signed
  u-boot-qemu)
check=(clang-14 clang-format-14 clang-tidy-14 libclang-rt-14-dev shellcheck)

wanted=("${build[@]}")
for group in "${@:-build}"; do
  case "$group" in
    build) ;;
    test) wanted+=("${tests[@]}") ;;
    lab) wanted+=("${tests[@]}" "${lab[@]}") ;;
    check) wanted+=("${tests[@]}" "${check[@]}") ;;
    *) echo "install-deps: unknown group '$group' (build, test, lab, check)" >&2; exit 2 ;;
  esac
done

missing=()
for package in $(printf '%s\n' "${wanted[@]}" | sort -u); do
  status=$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true)
  [ "$status" = "install ok installed" ] || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
  exit 0
fi

sudo=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "install-deps: not root and no sudo; run as root: apt-get install ${missing[*]}" >&2
    exit 2
  fi
  sudo=(sudo)
fi
echo "Installing ${#missing[@]} Debian packages: ${missing[*]}"
"${sudo[@]}" apt-get update -qq
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
  "${missing[@]}" >/dev/null
