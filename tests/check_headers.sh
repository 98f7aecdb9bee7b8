#!/bin/sh
# Every public header compiles alone, without a warning, under gcc and under clang where they are there.
# Arguments: the flags to compile with.
bad=0 n=0 compilers=
for compiler in gcc clang; do
	command -v $compiler >/dev/null 2>&1 && compilers="$compilers $compiler"
done
for compiler in $compilers; do
	for header in $(find include/phasetop -name '*.h' | sort); do
		n=$((n + 1))
		printf '#include "%s"\nextern int pt_header_compiles_alone;\n' "${header#include/}" |
			$compiler "$@" -Werror -fsyntax-only -x c - || {
			echo "check-headers: $header does not compile alone under $compiler" >&2
			bad=1
		}
	done
done
[ "$n" -eq 0 ] && bad=1
[ "$bad" -eq 0 ] && echo "check-headers: fine ($n compilations:$compilers)"
exit $bad
