#!/bin/sh
# Builds the release archive of one platform into dist/, and prints the krew manifest on stdout, with an entry for
# each archive of this version in dist/. The same source and compiler give the same bytes.
#
#   plugin/package.sh --repository URL --version V [--target TRIPLE] [--dist DIR] [--no-build]
#
#   --repository URL   where the archives will be: URL/releases/download/vV/ARCHIVE
#   --version V        the version; it must be the one in Cargo.toml
#   --target TRIPLE    the target to build for; this machine unless you name another
#   --dist DIR         where the archive goes; dist/ unless you name another directory
#   --no-build         only print the manifest of the archives that are in dist/ already
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)

fail() {
	echo "error: $1" >&2
	exit 2
}

usage() { sed -n '2,/^set -eu/{/^#/s/^# \{0,1\}//p;}' "$0"; }

repository='' version='' target='' dist=$root/dist build=yes
while [ $# -gt 0 ]; do
	case $1 in
	--repository | --version | --target | --dist)
		[ $# -ge 2 ] || fail "$1 needs a value."
		case $1 in
		--repository) repository=${2%/} ;;
		--version) version=${2#v} ;;
		--target) target=$2 ;;
		--dist) dist=$2 ;;
		esac
		shift 2
		;;
	--no-build)
		build=no
		shift
		;;
	-h | --help)
		usage
		exit 0
		;;
	*) fail "$1 is not an option of this script; --help lists them." ;;
	esac
done

case $repository in
'') fail "Name the repository: --repository https://github.com/OWNER/kubectl-arbtune." ;;
https://*[!A-Za-z0-9._~:/-]*) fail "The repository $repository has characters that a URL would escape." ;;
https://?*) ;;
*) fail "The repository must be an https:// URL: krew accepts no other." ;;
esac
[ -n "$version" ] || fail "Name the version: --version $(sed -n 's/^version = "\(.*\)"$/\1/p' "$root/Cargo.toml" | head -n 1)."
crate=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$root/Cargo.toml" | head -n 1)
[ "$version" = "$crate" ] || fail "The version is $version, and Cargo.toml says $crate. Make them agree first."

# The platform of a target, in the notation of krew and the archives' names.
platform() {
	case $1 in
	*-linux-*) os=linux ;;
	*-apple-darwin) os=darwin ;;
	*) fail "There is no package for $1: Linux and macOS only." ;;
	esac
	case $1 in
	x86_64-*) arch=amd64 ;;
	aarch64-*) arch=arm64 ;;
	*) fail "There is no package for $1: x86_64 and aarch64 only." ;;
	esac
	echo "$os-$arch"
}

sum() {
	if command -v sha256sum >/dev/null; then
		sha256sum "$1" | cut -d ' ' -f 1
	else
		shasum -a 256 "$1" | cut -d ' ' -f 1
	fi
}

compile() {
	flags="--remap-path-prefix=$root=/src --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo"
	case $target in
	# One file that runs on any Linux, whatever its C library. Relocations are packed, and the index of the unwinding
	# tables is left out, because a panic aborts.
	*-linux-*)
		flags="$flags -C target-feature=+crt-static"
		flags="$flags -C link-arg=-Wl,-z,pack-relative-relocs -C link-arg=-Wl,--no-eh-frame-hdr"
		;;
	esac
	# cargo-auditable puts the list of dependencies into the binary itself, where scanners look for it.
	if cargo auditable --version >/dev/null 2>&1; then
		set -- cargo auditable build
	else
		echo "note: cargo-auditable is not installed, so the binary does not list its dependencies." >&2
		set -- cargo build
	fi
	RUSTFLAGS=$flags "$@" --profile dist --locked --quiet --target "$target" --manifest-path "$root/Cargo.toml" >&2
}

pack() {
	stage=$(mktemp -d)
	trap 'rm -rf "$stage"' EXIT
	mkdir "$stage/completions" "$stage/man"
	install -m 755 "${CARGO_TARGET_DIR:-$root/target}/$target/dist/kubectl-arbtune" \
		"$root/plugin/kubectl_complete-arbtune" "$stage"
	install -m 644 "$root/LICENSE" "$root/README.md" "$root/README.ko.md" "$root/CHANGELOG.md" "$stage"
	install -m 644 "$root"/completions/* "$stage/completions"
	install -m 644 "$root"/man/* "$stage/man"
	# The same build gives the same archive: fixed times, owners and order.
	find "$stage" -exec touch -t 198001010000 {} +
	if tar --version 2>/dev/null | grep -q GNU; then
		owner='--owner=0 --group=0 --numeric-owner'
	else
		owner='--uid 0 --gid 0 --numeric-owner'
	fi
	mkdir -p "$dist"
	# shellcheck disable=SC2086 # The options are words.
	(cd "$stage" && find . -type f | sed 's|^\./||' | LC_ALL=C sort |
		tar -cf - --format=ustar $owner -T -) | gzip -n -9 >"$dist/$1.part"
	mv "$dist/$1.part" "$dist/$1"
	echo "Packed $dist/$1." >&2
}

# Prints the entry of an archive.
entry() {
	name=$(basename "$1" .tar.gz)
	pair=${name#kubectl-arbtune-v"$version"-}
	cat <<END
  - selector:
      matchLabels:
        os: ${pair%-*}
        arch: ${pair#*-}
    uri: $repository/releases/download/v$version/$name.tar.gz
    sha256: "$(sum "$1")"
    bin: kubectl-arbtune
    files:
    - from: kubectl-arbtune
      to: .
    - from: kubectl_complete-arbtune
      to: .
    - from: LICENSE
      to: .
END
}

if [ "$build" = yes ]; then
	target=${target:-$(rustc -vV | sed -n 's/^host: //p')}
	archive=kubectl-arbtune-v$version-$(platform "$target").tar.gz
	compile
	pack "$archive"
fi

set -- "$dist/kubectl-arbtune-v$version"-*-*.tar.gz
[ -e "$1" ] || fail "There is no archive of version $version in $dist."
sed -e '/^# /d' -e "s|@VERSION@|$version|" -e "s|@REPOSITORY@|$repository|" "$root/plugin/arbtune.yaml"
for archive; do entry "$archive"; done
