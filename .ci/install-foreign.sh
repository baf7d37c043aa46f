#!/usr/bin/env bash
# Installs Debian's packages of the programs that tests talk to, where that can be done quickly. Tests of those that are not
# there are skipped, and say so.
set -uo pipefail

declare -A packages=(
  [socat]=socat
  [nc]=netcat-openbsd
  [logger]=bsdutils
  [dig]=bind9-dnsutils
  [script]=bsdutils
  [chromium]=chromium
  [iperf3]=iperf3
  [curl]=curl
  [python3]=python3
  [tcpdump]=tcpdump
  [tshark]=tshark
  [zsh]=zsh
)
missing=()
for program in "${!packages[@]}"; do
  command -v "$program" >/dev/null || missing+=("${packages[$program]}")
done
((${#missing[@]} == 0)) && exit 0
if [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
  echo "not installed here: ${missing[*]}; what needs them is skipped" >&2
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
{
  timeout 30 apt-get update -qq
  timeout 120 apt-get install -qq -y --no-install-recommends "${missing[@]}"
} </dev/null >/dev/null 2>&1 || echo "could not install ${missing[*]}; what needs them is skipped" >&2
exit 0
