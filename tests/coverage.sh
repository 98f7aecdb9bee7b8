#!/bin/sh
# Lines and branches that the tests reach, a line a source file. Argument: the build directory of the variant.
build=${1:-build/coverage}
find "$build/src" -name '*.gcda' | sort | while read -r data; do
	gcov -b -n -o "$(dirname "$data")" "$data" 2>/dev/null | awk '
		/^File / { file = $2; gsub(/\047/, "", file) }
		/^Lines executed/ { lines = $2; sub(/executed:/, "", lines) }
		/^Branches executed/ { }
		/^Taken at least once/ { if (file ~ /^src\//) { split($0, taken, /[:%]/); printf "%-40s %s lines, %s%% of branches\n", file, lines, taken[2] } }'
done
