#!/bin/sh
# Times the tool as whole processes, each against a yardstick in the same run, and prints a table.
# It needs hyperfine, builds a release, and works below target/, on the disk that the project is on.
# RUNS sets how often each command is run.
set -eu
cd "$(dirname "$0")/.."
runs=${RUNS:-10}
command -v hyperfine >/dev/null || { echo "error: there is no hyperfine on the PATH." >&2; exit 1; }
cargo build --release --locked --quiet
tool=$PWD/target/release/kubectl-arbtune
baseline=$PWD/configs/d29_k8s/orchestrator_k8s_baseline.yaml
mkdir -p target/bench
work=$(mktemp -d "$PWD/target/bench/XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir used

config() { sed "s/^workers: .*/workers: $1/; s/^total_iterations: .*/total_iterations: $1/" "$baseline" >"$1.yaml"; }
config 10000
config 100000

# The files of a run before are moved away, not removed: a file system is slow to reuse what has just
# been freed, and that would be measured instead.
# shellcheck disable=SC2016 # The inner shell is to expand these.
away='sh -c "for d in jobs copy; do test ! -e $d || mv $d used/$$-$d; done"'

# row WHAT COMMAND YARDSTICK_NAME YARDSTICK [BYTES]: times both and prints a line of the table.
row() {
	if [ -n "$4" ]; then
		hyperfine -N --warmup 1 --runs "$runs" --prepare "$away" --export-csv times.csv "$2" "$4" >hyperfine.log 2>&1
	else
		hyperfine -N --warmup 1 --runs "$runs" --export-csv times.csv "$2" >hyperfine.log 2>&1
	fi || { cat hyperfine.log >&2; exit 1; }
	# The command, which comes first, may hold commas; the numbers after it do not.
	sed 1d times.csv | awk -F, -v what="$1" -v name="${3:--}" -v bytes="${5:-0}" '
		{ median[NR] = $(NF - 4) }
		function time(s) { return s < 0.1 ? sprintf("%.1f ms", s * 1000) : sprintf("%.2f s", s) }
		END {
			yardstick = ratio = rate = "-"
			if (NR == 2) { yardstick = time(median[2]); ratio = sprintf("%.2f", median[1] / median[2]) }
			if (bytes > 0) rate = sprintf("%.0f MB/s", bytes / median[1] / 1e6)
			printf "%-34s %9s  %-22s %9s  %5s  %9s\n", what, time(median[1]), name, yardstick, ratio, rate
		}'
}

processor=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | head -n 1)
echo "$(uname -sm), ${processor:-unknown processor}, $(getconf _NPROCESSORS_ONLN) cores, $(df --output=fstype . 2>/dev/null | sed -n 2p) file system; median of $runs runs"
printf '%-34s %9s  %-22s %9s  %5s  %9s\n' WHAT MEDIAN YARDSTICK MEDIAN RATIO RATE

"$tool" generate --k8s-config 10000.yaml -d reference -q
"$tool" generate --k8s-config 100000.yaml -q >stream.yaml
bytes=$(wc -c <stream.yaml)
row "10,000 jobs to a folder" "$tool generate --k8s-config 10000.yaml -d jobs -q" \
	"cp -r of that folder" "cp -r reference copy"
row "the same, nothing changed" "$tool generate --k8s-config 10000.yaml -d reference -q" "" ""
row "100,000 jobs to a file" "sh -c 'exec $tool generate --k8s-config 100000.yaml -q >out.yaml'" \
	"cat of that file" "sh -c 'exec cat stream.yaml >out.yaml'" "$bytes"
row "100,000 jobs to a pipe" "sh -c '$tool generate --k8s-config 100000.yaml -q | cat >/dev/null'" \
	"cat of them to a pipe" "sh -c 'cat stream.yaml | cat >/dev/null'" "$bytes"
row "2 jobs, the whole process" "$tool generate --k8s-config $baseline" "a process: true" "true"
row "plan of 100,000 workers" "$tool plan --k8s-config 100000.yaml" "" ""
row "plan --diff of 10,000 jobs" "$tool plan --k8s-config 10000.yaml --diff reference" "" ""

if [ -x /usr/bin/time ]; then
	for jobs in 2 10000 100000; do
		config "$jobs"
		peak=$(/usr/bin/time -f %M "$tool" generate --k8s-config "$jobs.yaml" -q 2>&1 >/dev/null)
		echo "peak memory of $jobs jobs to stdout: $peak KiB"
	done
else
	echo "peak memory: not measured, there is no /usr/bin/time"
fi
