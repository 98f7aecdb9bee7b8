#!/bin/sh
# The rules of the tree that a machine can check (CONTRIBUTING.md): which layer includes which, who owns a library,
# unique file names, and no mutable state at file scope. Arguments: object files to look at for the last one.
bad=0
complain() {
	echo "check-layers: $*" >&2
	bad=1
}

# What the sources of a layer may include of phasetop's own headers, as an extended regular expression.
allowed() {
	view='analysis/(snapshot|events|settings)\.h'
	case $1 in
	base) echo 'base/' ;;
	numeric) echo '(numeric|base)/' ;;
	runio) echo '(runio|base)/' ;;
	analysis) echo '(analysis|runio|numeric|base)/' ;;
	plot) echo '(plot|base)/' ;;
	ui) echo "(ui|plot|base)/|$view|analysis/(module_set|metric_request)\.h" ;;
	report) echo "(report|ui|plot|base)/|$view" ;;
	app) echo '' ;;
	esac
}

for layer in base numeric runio analysis plot ui report app; do
	files=$(find "src/$layer" "include/phasetop/$layer" -name '*.[ch]' 2>/dev/null)
	[ -z "$files" ] && continue
	# shellcheck disable=SC2086 # a list of names without blanks
	wrong=$(grep -nE '^ *# *include "phasetop/' $files /dev/null | grep -vE "\"phasetop/($(allowed $layer))")
	[ -n "$wrong" ] && complain "layer $layer may not include this:
$wrong"
	# Private headers are a layer's own: they are named without a path.
	# shellcheck disable=SC2086
	wrong=$(grep -nE '^ *# *include "[^"]*/' $files /dev/null | grep -v '"phasetop/')
	[ -n "$wrong" ] && complain "a private header of another directory:
$wrong"
done
wrong=$(grep -rnE '^ *# *include "phasetop/ui/terminal\.h"' src/report include/phasetop/report 2>/dev/null)
[ -n "$wrong" ] && complain "reports never touch the terminal:
$wrong"

# owner HEADER-PATTERN FILE…: only these files may include such a header
owner() {
	pattern=$1
	shift
	wrong=$(grep -rnE "^ *# *include <($pattern)>" src include 2>/dev/null)
	for file in "$@"; do wrong=$(printf '%s' "$wrong" | grep -v "^$file:"); done
	[ -n "$wrong" ] && complain "only $* may include <$pattern>:
$wrong"
}
owner '(ncursesw?/)?(curses|ncurses|term)\.h' src/ui/terminal.c src/ui/terminal_keys.c src/ui/terminal_words.c
owner '(openblas/)?(cblas|lapacke|lapack)[a-z_]*\.h' src/numeric/blas.c
owner '(cjson/)?cJSON\.h' src/runio/json.c
owner 'sys/inotify\.h' src/runio/run_watch.c
owner 'utf8proc\.h' src/base/text.c

twice=$(find src -name '*.[ch]' | sed 's|.*/||' | sort | uniq -d)
[ -n "$twice" ] && complain "file names that occur twice in src: $twice"
for header in $(find include/phasetop -name '*.h'); do
	guard=PHASETOP_$(echo "${header#include/phasetop/}" | tr 'a-z/.' 'A-Z__')
	grep -q "^#define $guard\$" "$header" || complain "$header: its guard should be $guard"
done
grep -rnE 'ffast-math' Makefile src >/dev/null && complain "-ffast-math is never used"
wrong=$(grep -rnE '(^|[^a-z_])(strcpy|strcat|sprintf|vsprintf|gets|mmap)\(' src)
[ -n "$wrong" ] && complain "unbounded or unsafe calls:
$wrong"

# Mutable state at file scope: symbols in .data and .bss (tables of constants are elsewhere).
for object in "$@"; do
	case $object in
	*/ui/terminal.o | */app/signals.o | */base/alloc.o | */app/main.o) continue ;;
	*/asan/* | */tsan/* | */coverage/*) continue ;; # the instrumentation adds its own
	esac
	state=$(objdump -t "$object" 2>/dev/null | awk 'NF > 3 && $(NF-2) ~ /^\.(data|bss|tdata|tbss)(\.[^r].*)?$/ && $(NF-1) !~ /^0+$/ {print $NF}')
	[ -n "$state" ] && complain "$object keeps mutable state: $(echo "$state" | tr '\n' ' ')"
done
[ "$bad" -eq 0 ] && echo "check-layers: fine"
exit $bad
