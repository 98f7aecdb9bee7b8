#!/bin/sh
# Runs each test program given and adds up what they report; ends with "N passed, N failed[, N skipped]".
# A program is a cmocka executable, or anything whose last line is of that form. A crash counts as a failure.
passed=0 failed=0 skipped=0
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
for program in "$@"; do
	timeout "${PT_TEST_TIMEOUT:-600}" "$program" >"$log" 2>&1
	status=$?
	line=$(grep -aE '^[0-9]+ passed, [0-9]+ failed' "$log" | tail -n 1)
	if [ -n "$line" ]; then
		p=$(echo "$line" | sed -E 's/^([0-9]+) passed.*/\1/')
		f=$(echo "$line" | sed -E 's/.* ([0-9]+) failed.*/\1/')
		s=$(echo "$line" | sed -nE 's/.* ([0-9]+) skipped.*/\1/p')
	else
		p=$(sed -nE 's/^\[  PASSED  \] ([0-9]+) test\(s\).*/\1/p' "$log" | awk '{n+=$1} END {print n+0}')
		f=$(sed -nE 's/^\[  FAILED  \] (.*: )?([0-9]+) test\(s\), listed.*/\2/p' "$log" | awk '{n+=$1} END {print n+0}')
		s=$(sed -nE 's/^\[  SKIPPED \] (.*: )?([0-9]+) test\(s\), listed.*/\2/p' "$log" | awk '{n+=$1} END {print n+0}')
	fi
	: "${p:=0}" "${f:=0}" "${s:=0}"
	if [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; then f=1; fi
	if [ "$status" -eq 0 ] && [ "$p" -eq 0 ] && [ "$s" -eq 0 ]; then f=1; echo "no test ran" >>"$log"; fi
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	if [ "$f" -gt 0 ]; then
		echo "FAIL $program (exit $status)"; sed 's/^/    /' "$log" | tail -n "${PT_TEST_TAIL:-60}"
	else
		echo "ok   $program ($p${s:+, $s skipped})"
	fi
	grep -a '^SKIP' "$log"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
