#!/bin/sh
# Builds the plugin and puts it, with its completions, into a folder on the PATH.
#
#   plugin/install.sh [DIR]     DIR is cargo's bin folder unless you name another
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
dir=${1:-${CARGO_HOME:-$HOME/.cargo}/bin}

cargo build --release --locked --quiet --manifest-path "$root/Cargo.toml"
mkdir -p "$dir"
install -m 755 "${CARGO_TARGET_DIR:-$root/target}/release/kubectl-arbtune" "$dir/kubectl-arbtune"
install -m 755 "$root/plugin/kubectl_complete-arbtune" "$dir/kubectl_complete-arbtune"
echo "Installed kubectl-arbtune and kubectl_complete-arbtune into $dir."

case ":$PATH:" in
*":$dir:"*) echo "Try: kubectl arbtune --help" ;;
*) echo "warning: $dir is not on your PATH, so kubectl does not find the plugin yet." >&2 ;;
esac
