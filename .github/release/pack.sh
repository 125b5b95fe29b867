#!/usr/bin/env bash
# Builds the program of a release from a folder with the crate, looks at it, and packs it with its checksum.
#
#   .github/release/pack.sh TARGET OUTPUT-FOLDER [CRATE-FOLDER]
#
# Linux binaries hold the C library: they need nothing of the machine that they run on, which is tried in an empty root where
# this runs as root.
set -euo pipefail
target=$1
mkdir -p "$2"
output=$(cd "$2" && pwd)
crate=$(cd "${3:-.}" && pwd)
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$crate/Cargo.toml" | head -n 1)

case $target in *-linux-*) export RUSTFLAGS="-C target-feature=+crt-static" ;; esac
cargo build --release --locked --target "$target" --manifest-path "$crate/Cargo.toml"
program=${CARGO_TARGET_DIR:-$crate/target}/$target/release/openclaw-check

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/pack" "$work/root"
cp "$program" "$crate/README.md" "$crate/LICENSE" "$work/pack/"

# With --version it has been started; this is a whole run.
printf '{ "models": { "providers": { "kimi": { "baseUrl": "https://api.kimi.com/coding/v1", "models": [ { "id": "k", "name": "K" } ] } } },
  "agents": { "defaults": { "model": { "primary": "kimi/unknown" } } } }\n' >"$work/root/openclaw.json"
cp "$program" "$work/root/"
try=("$program" "$work/root/openclaw.json")
case $target in
*-linux-*)
  if ldd "$program" >"$work/ldd" 2>&1 && ! grep -q 'statically linked' "$work/ldd"; then
    echo "$program needs libraries:" >&2
    cat "$work/ldd" >&2
    exit 1
  fi
  [ "$(id -u)" != 0 ] || try=(chroot "$work/root" /openclaw-check /openclaw.json)
  ;;
esac
status=0
"${try[@]}" --format concise >"$work/report" || status=$?
if [ "$status" != 1 ] || ! grep -q 'unknown-model' "$work/report"; then
  echo "exit code $status from: ${try[*]}" >&2
  cat "$work/report" >&2
  exit 1
fi

archive=openclaw-check-$version-$target.tar.gz
tar -czf "$output/$archive" -C "$work/pack" .
cd "$output"
if command -v sha256sum >/dev/null; then sha256sum "$archive"; else shasum -a 256 "$archive"; fi >"$archive.sha256"
echo "$output/$archive: $(wc -c <"$archive") bytes, tried as: ${try[*]/#$work/...}"
