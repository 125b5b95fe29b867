#!/usr/bin/env bash
# Installs real Nix for the tests that need it, on a Debian or Ubuntu machine with apt.
#
#   tests/support/install-nix.sh [FOLDER]      (default: target/nix)
#
# Two versions, because flakes behave differently in them:
#   FOLDER/old/bin/nix   the release's own nix-bin package (2.8 on Debian 12), through apt-get as root
#   FOLDER/new/bin/nix   the newest Nix that Debian packages (from sid), unpacked into FOLDER with its own
#                        libraries and started through its own dynamic loader; the machine's packages stay as they are
# Both run as a single user, offline, with stores of their own below FOLDER: nothing outside FOLDER is written to.
# Either part may fail (no apt, no root, no network); the script says which and exits 0 if one of them works.
set -euo pipefail

folder=${1:-target/nix}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

# The commands that the tests use: `nix`, `nix-instantiate`, `nix-store`, `nix-build`.
tools="nix nix-instantiate nix-store nix-build"

# One wrapper per tool: its own configuration, store and home, so that two versions never share a database.
# $1 folder of the version, $2 command line that starts the program; `TOOL` in it stands for the tool's name.
write_wrappers() {
  local root=$1 start=$2 tool
  mkdir -p "$root/bin" "$root/etc" "$root/home" "$root/state"
  cat >"$root/etc/nix.conf" <<CONF
experimental-features = nix-command flakes
sandbox = false
build-users-group =
substituters =
flake-registry =
builders =
max-jobs = 2
CONF
  for tool in $tools; do
    cat >"$root/bin/$tool" <<WRAPPER
#!/bin/sh
export NIX_CONF_DIR="$root/etc" NIX_STORE_DIR="$root/store" NIX_STATE_DIR="$root/state" NIX_LOG_DIR="$root/state/log"
export NIX_LOCALSTATE_DIR="$root/state" XDG_CACHE_HOME="$root/home/cache" XDG_CONFIG_HOME="$root/home/config" XDG_STATE_HOME="$root/home/state"
export NIX_REMOTE=local
exec ${start//TOOL/$tool} "\$@"
WRAPPER
    chmod +x "$root/bin/$tool"
  done
}

# Evaluates something through flakes' own command, so that a half-installed Nix does not count as installed.
works() { [ "$("$1/bin/nix" eval --impure --expr 'builtins.length [ 1 2 ]' 2>"$1/error.log")" = 2 ]; }

install_old() {
  local root=$folder/old nix
  if ! nix=$(command -v nix) || [ "${nix#"$folder"}" != "$nix" ]; then
    [ "$(id -u)" = 0 ] || { echo "old: not root, and no nix on PATH"; return 1; }
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nix-bin >/dev/null || return 1
    nix=$(command -v nix) || return 1
  fi
  write_wrappers "$root" "$(dirname "$nix")/TOOL"
  works "$root"
}

install_new() {
  local root=$folder/new apt=$folder/new/apt mirror loader libraries archive
  # The mirror that this machine's apt has.
  mirror=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 2>/dev/null | grep -v security | head -n 1 || true)}
  [ -n "$mirror" ] || { echo "new: apt knows no mirror of Debian, and DEBIAN_MIRROR names none"; return 1; }
  mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$apt/etc/trusted.gpg.d" "$root/tree"
  : >"$apt/status"
  cat >"$apt/sources.list" <<SOURCES
deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror sid main
SOURCES
  # An apt that believes nothing is installed, so that it brings every library.
  local options=(
    -o Dir::State="$apt" -o Dir::State::Lists="$apt/lists" -o Dir::State::status="$apt/status"
    -o Dir::Cache="$apt" -o Dir::Cache::archives="$apt/archives" -o Dir::Etc::sourcelist="$apt/sources.list"
    -o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferencesparts=/dev/null -o Dir::Etc::preferences=/dev/null -o APT::Sandbox::User=root
    -o APT::Install-Recommends=false -o Debug::NoLocking=true -o Acquire::Languages=none
  )
  apt-get "${options[@]}" -qq update || return 1
  apt-get "${options[@]}" -qq -y --download-only install nix-bin || return 1
  for archive in "$apt"/archives/*.deb; do dpkg-deb -x "$archive" "$root/tree" || return 1; done
  loader=$(find "$root/tree" -name 'ld-linux*.so.*' | head -n 1)
  [ -n "$loader" ] || return 1
  libraries=$(find "$root/tree" -name '*.so*' -printf '%h\n' | sort -u | paste -sd: -)
  # Nix would start itself again for remote builds, without its loader.
  write_wrappers "$root" "$loader --argv0 TOOL --library-path $libraries $root/tree/usr/bin/TOOL"
  echo 'build-hook =' >>"$root/etc/nix.conf"
  rm -rf "$apt"
  works "$root"
}

status=1
for version in old new; do
  if [ -x "$folder/$version/bin/nix" ] && works "$folder/$version"; then
    :
  elif ! "install_$version"; then
    echo "$version: not installed" >&2
    [ ! -s "$folder/$version/error.log" ] || cat "$folder/$version/error.log" >&2
    continue
  fi
  echo "$version: $("$folder/$version/bin/nix" --version) in $folder/$version/bin"
  status=0
done
exit $status
