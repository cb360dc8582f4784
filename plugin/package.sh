#!/bin/sh
# Builds the release archive for the platform it runs on, and prints the krew manifest for it: the
# one in arbtune.yaml, with this platform's entry only and the archive's own sha256 in it.
#
#   plugin/package.sh [DIR] > arbtune.yaml      DIR is target/package unless you name another
#   kubectl krew install --manifest=arbtune.yaml --archive=target/package/*.tar.gz
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
dir=${1:-$root/target/package}
manifest=$root/plugin/arbtune.yaml

os=$(uname -s | tr '[:upper:]' '[:lower:]')
case $(uname -m) in
x86_64 | amd64) arch=amd64 ;;
aarch64 | arm64) arch=arm64 ;;
*)
	echo "error: arbtune.yaml has no entry for this processor ($(uname -m))." >&2
	exit 1
	;;
esac
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$root/Cargo.toml" | head -n 1)
archive=kubectl-arbtune-v$version-$os-$arch.tar.gz
if ! grep -q "/$archive\$" "$manifest"; then
	echo "error: arbtune.yaml has no entry for $archive. Add one, or bring its version up to date." >&2
	exit 1
fi

cargo build --release --locked --quiet --manifest-path "$root/Cargo.toml"
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
install -m 755 "${CARGO_TARGET_DIR:-$root/target}/release/kubectl-arbtune" "$root/plugin/kubectl_complete-arbtune" "$stage"
install -m 644 "$root/LICENSE" "$root/README.md" "$stage"
# The same build gives the same archive: fixed times, owners and order.
find "$stage" -exec touch -t 198001010000 {} +
mkdir -p "$dir"
(cd "$stage" && tar -cf - --format=ustar --owner=0 --group=0 --numeric-owner \
	LICENSE README.md kubectl-arbtune kubectl_complete-arbtune) | gzip -n -9 >"$dir/$archive"

if command -v sha256sum >/dev/null; then
	sum=$(sha256sum "$dir/$archive" | cut -d ' ' -f 1)
else
	sum=$(shasum -a 256 "$dir/$archive" | cut -d ' ' -f 1)
fi
echo "Packed $dir/$archive." >&2

# Keep what stands before the platforms, and of the platforms the one whose uri is this archive.
awk -v archive="/$archive" -v sum="$sum" '
	function flush() { if (block ~ archive) printf "%s", block; block = "" }
	/^  - selector:/ { flush(); inside = 1 }
	inside && /^[^ ]/ { flush(); inside = 0 }
	/^    sha256:/ { $0 = "    sha256: \"" sum "\"" }
	/^# / { next }
	inside { block = block $0 "\n"; next }
	{ print }
	END { flush() }
' "$manifest"
