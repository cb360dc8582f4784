#!/bin/sh
# Builds the plugin and puts it, with its completions for kubectl and its man pages, where a shell can find them.
#
#   plugin/install.sh [DIR]               DIR is cargo's bin directory unless you name another
#   plugin/install.sh --uninstall [DIR]   removes everything again
#
# The man pages go into share/man next to DIR, where man looks for them.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)

fail() {
	printf 'error: %s\n' "$@" >&2
	exit 1
}

uninstall=no dir=''
for argument; do
	case $argument in
	--uninstall) uninstall=yes ;;
	-h | --help)
		sed -n '2,/^set -eu/{/^#/s/^# \{0,1\}//p;}' "$0"
		exit 0
		;;
	-*) fail "$argument is not an option of this script; --help lists them." ;;
	*)
		[ -z "$dir" ] || fail "Name one directory only."
		dir=$argument
		;;
	esac
done
dir=${dir:-${CARGO_HOME:-$HOME/.cargo}/bin}
man=$(dirname -- "$dir")/share/man/man1

if [ "$uninstall" = yes ]; then
	for file in "$dir/kubectl-arbtune" "$dir/kubectl_complete-arbtune" "$man"/kubectl-arbtune.1 "$man"/kubectl-arbtune-*.1; do
		if [ -e "$file" ]; then
			rm -- "$file"
			echo "Removed $file."
		fi
	done
	exit 0
fi

wanted=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' "$root/Cargo.toml")
command -v cargo >/dev/null ||
	fail "There is no cargo on your PATH. Install Rust $wanted or later: https://rustup.rs"
found=$(rustc --version | cut -d ' ' -f 2)
# The older version is sorted first.
oldest=$(printf '%s\n%s\n' "$wanted" "${found%%-*}" | sort -t . -k 1,1n -k 2,2n | head -n 1)
[ "$oldest" = "$wanted" ] ||
	fail "Rust $found is too old; this needs $wanted or later. Update it: rustup update stable"

cargo build --release --locked --quiet --manifest-path "$root/Cargo.toml"
mkdir -p "$dir" "$man"
install -m 755 "${CARGO_TARGET_DIR:-$root/target}/release/kubectl-arbtune" "$root/plugin/kubectl_complete-arbtune" "$dir"
install -m 644 "$root"/man/*.1 "$man"
echo "Installed kubectl-arbtune and kubectl_complete-arbtune into $dir, and the man pages into $man."

case ":$PATH:" in
*":$dir:"*) ;;
*) echo "warning: $dir is not on your PATH, so kubectl cannot find the plugin yet. Add it: PATH=\"$dir:\$PATH\"" >&2 ;;
esac
command -v kubectl >/dev/null ||
	echo "warning: there is no kubectl on your PATH; kubectl-arbtune works by itself." >&2
echo "Try: kubectl arbtune --help"
