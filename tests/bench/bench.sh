#!/bin/sh
# The bench: what `make bench` runs. Prints the machine, the versions, each figure and whether its goal is met; a goal
# that is missed is said, and makes the exit code 1. Nothing is written but below a temporary directory.
: "${PT_PROGRAM:?run me by make bench}" "${PT_BENCH:?}"
run=sample_runs/medical
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
missed=0

# value NAME COLUMN: from the figures so far; their mean where a measurement was repeated
value() { awk -v name="$1" -v column="$2" '$1 == name { sum += $column; n++ } END { print sum / n }' "$scratch/figures"; }
measure() { "$@" >"$scratch/new" || { echo "FAILED: $*"; missed=1; cat "$scratch/new"; return 1; }; cat "$scratch/new" >>"$scratch/figures"; }
# goal TEXT CONDITION: an awk condition
goal() {
	if awk "BEGIN { exit !($2) }"; then echo "    goal met:    $1"; else echo "    goal MISSED: $1"; missed=1; fi
}

: >"$scratch/figures"
echo "machine   $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(getconf _NPROCESSORS_ONLN) processors, $(uname -sr)"
echo "load      $(cut -d' ' -f1-3 /proc/loadavg) before the bench"
echo "versions  $("$PT_PROGRAM" --version | head -n 1), $($CC --version | head -n 1), $("$PT_BENCH/bench_update" --version)"

echo
echo "One arriving checkpoint (the 167th; rank 1, d = 5120 + 13824; 5 probe rows of 64, W = 50; k = 5, 10, 15)"
mkdir "$scratch/before" "$scratch/script" "$scratch/after"
"$PT_BENCH/bench_update" --make "$scratch/script" 167
python=${PYTHON:-python3}
# on both sides of the script, so that a change of the machine's load falls on either
measure "$PT_BENCH/bench_update" "$scratch/before" 167 21
has_script=no
if ! command -v "$python" >/dev/null; then
	echo "skipped: there is no $python" >"$scratch/said"
elif "$python" tests/bench/recompute_numpy.py "$scratch/script" 7 >"$scratch/said" 2>"$scratch/errors"; then
	has_script=yes
	cat "$scratch/said" >>"$scratch/figures"
fi
measure "$PT_BENCH/bench_update" "$scratch/after" 167 21
printf '    phasetop: A, B, dW, read to snapshot   %8.2f ms wall, %8.2f ms CPU (medians of 21, twice)\n' \
	"$(value update_wall_ms 2)" "$(value update_cpu_ms 2)"
printf '    phasetop: the whole run, cold          %8.2f ms wall\n' "$(value cold_ms 2)"
if [ $has_script = yes ]; then
	printf '    the script: A, B, full recompute       %8.2f ms wall, %8.2f ms CPU (medians of 7, one BLAS thread)\n' \
		"$(value script_wall_ms 2)" "$(value script_cpu_ms 2)"
	echo "    $(sed -n 's/^versions /with /p' "$scratch/said")"
	printf '    ratio                                  %8.0f wall, %12.0f CPU\n' \
		"$(awk "BEGIN { print $(value script_wall_ms 2) / $(value update_wall_ms 2) }")" \
		"$(awk "BEGIN { print $(value script_cpu_ms 2) / $(value update_cpu_ms 2) }")"
	goal "the update is at least 100 times cheaper (CPU)" "$(value script_cpu_ms 2) >= 100 * $(value update_cpu_ms 2)"
else
	echo "    the script: $(grep -m 1 '^skipped' "$scratch/said" || { echo failed; head -n 3 "$scratch/errors"; })"
fi
rm -rf "$scratch/before" "$scratch/script" "$scratch/after"

echo
echo "The trajectory engine alone (medians; a plain read of the same bytes beside it)"
"$PT_BENCH/bench_increments" | sed 's/^/    /'

echo
echo "Bytes to the terminal (replay of $run, 80x24, xterm-256color)"
mkdir "$scratch/replay"
if measure "$PT_BENCH/bench_screen" bytes "$PT_PROGRAM" "$run" "$scratch/replay"; then
	printf '    each of %s arriving checkpoints        %6.0f median, %6.0f p95, %6.0f at most; first paint %.0f\n' \
		"$(value checkpoints 2)" "$(value checkpoint_bytes 2)" "$(value checkpoint_bytes 3)" "$(value checkpoints 3)" \
		"$(value first_paint_bytes 2)"
	goal "median below 1000 bytes" "$(value checkpoint_bytes 2) < 1000"
	goal "p95 below 2000 bytes" "$(value checkpoint_bytes 3) < 2000"
fi

echo
echo "A live run (checkpoints of $run renamed into a watched directory on $(stat -f -c %T "$scratch"))"
mkdir "$scratch/feed"
if measure "$PT_BENCH/bench_screen" live "$PT_PROGRAM" "$run" "$scratch/feed" "${IDLE_SECONDS:-30}"; then
	printf '    start to data on the screen            %8.2f ms\n' "$(value start_ms 2)"
	printf '    rename to its step on the screen       %8.2f ms median, %.2f ms at most (25)\n' \
		"$(value latency_ms 2)" "$(value latency_ms 3)"
	goal "below 50 ms (median)" "$(value latency_ms 2) < 50"
	printf '    %s idle seconds: %s context switches, in %s moment(s), %s bytes\n' "${IDLE_SECONDS:-30}" \
		"$(value idle_switches 2)" "$(value idle_switches 3)" "$(value idle_bytes 2)"
	goal "no wake-up beyond the one staleness timer" "$(value idle_switches 3) <= 1"
fi
exit $missed
