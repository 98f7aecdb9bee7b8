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
# one_update SHAPE N REPEATS SCRIPT_REPEATS: phasetop on both sides of the script, so that a change of the machine's load
# falls on either
python=${PYTHON:-python3}
one_update() {
	mkdir "$scratch/before" "$scratch/script" "$scratch/after"
	: >"$scratch/figures"
	measure "$PT_BENCH/bench_update" "$1" "$scratch/before" "$2" "$3"
	rm -rf "$scratch/before"
	"$PT_BENCH/bench_update" --make "$1" "$scratch/script" "$2"
	has_script=no
	if ! command -v "$python" >/dev/null; then
		echo "skipped: there is no $python" >"$scratch/said"
	elif "$python" tests/bench/recompute_numpy.py "$scratch/script" "$4" >"$scratch/said" 2>"$scratch/errors"; then
		has_script=yes
		cat "$scratch/said" >>"$scratch/figures"
	fi
	rm -rf "$scratch/script"
	measure "$PT_BENCH/bench_update" "$1" "$scratch/after" "$2" "$3"
	rm -rf "$scratch/after"
	printf '    phasetop: A, B, dW, read to snapshot   %8.2f ms wall, %8.2f ms CPU (medians of %s, twice)\n' \
		"$(value update_wall_ms 2)" "$(value update_cpu_ms 2)" "$3"
	printf '    phasetop: the whole run, cold          %8.2f ms wall\n' "$(value cold_ms 2)"
	if [ $has_script = yes ]; then
		printf '    the script: A, B, full recompute       %8.2f ms wall, %8.2f ms CPU (medians of %s, one BLAS thread)\n' \
			"$(value script_wall_ms 2)" "$(value script_cpu_ms 2)" "$4"
		echo "    $(sed -n 's/^versions /with /p' "$scratch/said")"
		printf '    ratio                                  %8.0f wall, %12.0f CPU\n' \
			"$(awk "BEGIN { print $(value script_wall_ms 2) / $(value update_wall_ms 2) }")" \
			"$(awk "BEGIN { print $(value script_cpu_ms 2) / $(value update_cpu_ms 2) }")"
		goal "the update is at least 100 times cheaper (CPU)" "$(value script_cpu_ms 2) >= 100 * $(value update_cpu_ms 2)"
	else
		echo "    the script: $(grep -m 1 '^skipped' "$scratch/said" || { echo failed; head -n 3 "$scratch/errors"; })"
	fi
}

for n in 80 167 1000; do
	echo "One arriving checkpoint, the ${n}th (rank 1, d = 5120 + 13824; 5 probe rows of 64, W = 50; k = 5, 10, 15)"
	one_update small $n 21 $([ $n = 1000 ] && echo 1 || echo 5)
	echo
done
echo "One arriving checkpoint of 20 MB, the 40th (32 modules of rank 8)"
one_update large 40 7 1
echo
echo "One arriving checkpoint of 20 MB, the 40th (8 modules of rank 32: four times the products of dW)"
one_update wide 40 7 1

echo
echo "Keys in a run of 1000 checkpoints, from the settings to the snapshot (medians of 21; the slowest press)"
mkdir "$scratch/keys"
: >"$scratch/figures"
measure "$PT_BENCH/bench_keys" "$scratch/keys" 1000 21
rm -rf "$scratch/keys"
for key in k k5 threshold turn_line pairing probe_window; do
	printf '    %-36s   %8.2f ms median, %8.2f ms at most\n' $key "$(value key_${key}_ms 2)" "$(value key_${key}_ms 3)"
done
for key in k k5 threshold turn_line pairing; do
	goal "$key below 2 ms (median)" "$(value key_${key}_ms 2) < 2"
done
printf '    memory                                 %8.2f KiB a checkpoint (its tensors: %.2f KiB)\n' \
	"$(value memory_kib_per_checkpoint 2)" "$(awk 'BEGIN { print (5120 + 13824) * 4 / 1024 }')"

echo
echo "The trajectory engine alone (medians; a plain read of the same bytes beside it)"
: >"$scratch/figures"
"$PT_BENCH/bench_increments" | sed 's/^/    /'

echo
echo "PCA of 1000 checkpoints (two components), and one row of probe losses (raw and detrended)"
measure "$PT_BENCH/bench_rows"
printf '    dsyevr %.2f ms, from nothing %.2f ms, one more checkpoint from the last basis %.2f ms: ratio %.0f\n' \
	"$(value pca_dsyevr_ms 2)" "$(value pca_cold_ms 2)" "$(value pca_refresh_ms 2)" \
	"$(awk "BEGIN { print $(value pca_dsyevr_ms 2) / $(value pca_refresh_ms 2) }")"
goal "the refresh is at least 50 times cheaper than dsyevr" "$(value pca_dsyevr_ms 2) >= 50 * $(value pca_refresh_ms 2)"
for probes in 64 512 4096; do
	for window in 20 100; do
		printf '    %4s probes, W = %3s                    %8.1f µs a row, with the largest eigenvalue %.1f µs\n' \
			$probes $window "$(value row_${probes}_${window}_us 2)" "$(value row_${probes}_${window}_lambda1_us 2)"
	done
done

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
echo "Keys (a finished $run, xterm-256color)"
if measure "$PT_BENCH/bench_screen" keys "$PT_PROGRAM" "$run"; then
	printf '    step cursor, four panes, 80x24         %6.0f bytes median, %.0f at most\n' "$(value cursor_bytes 2)" "$(value cursor_bytes 3)"
	goal "a cursor key below 600 bytes" "$(value cursor_bytes 3) < 600"
	printf '    hide and show a pane, 80x24            %6.0f bytes median, %.0f at most\n' "$(value hide_bytes 2)" "$(value hide_bytes 3)"
	goal "hiding a pane below 4096 bytes" "$(value hide_bytes 3) < 4096"
	for pane in cosine spectrum norms pca; do
		printf '    zoom %-8s, and back, 80x24         %6.0f and %.0f bytes\n' $pane "$(value zoom_${pane}_bytes 2)" "$(value zoom_${pane}_bytes 3)"
		goal "zooming it below 4096 bytes" "$(value zoom_${pane}_bytes 2) < 4096 && $(value zoom_${pane}_bytes 3) < 4096"
	done
	printf '    a whole screen of 500x150              %8.2f ms of CPU\n' "$(value redraw_cpu_ms 2)"
	goal "below 10 ms of CPU" "$(value redraw_cpu_ms 2) < 10"
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
