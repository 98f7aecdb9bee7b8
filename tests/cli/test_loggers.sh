#!/bin/sh
# --logger NAME prints each Python file as it is in the tree, and Python 3.9's grammar takes it.
program=${PT_PROGRAM:-build/release/phasetop}
printed=$(mktemp -d) || exit 1
trap 'rm -rf "$printed"' EXIT
passed=0 failed=0 skipped=0

check() { # name of the check; the last command's status decides
	if [ "$?" -eq 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL $1"
	fi
}

printed_as_it_is() { # logger, file
	"$program" --logger "$1" >"$printed/$2" && cmp "$printed/$2" "src/app/loggers/$2"
	check "--logger $1 is not src/app/loggers/$2"
}
printed_as_it_is hf hf_logger.py
printed_as_it_is torch torch_logger.py
printed_as_it_is lightning lightning_logger.py
printed_as_it_is probes probe_set.py

for file in src/app/loggers/*.py; do
	[ -f "$printed/${file##*/}" ]
	check "no --logger prints $file"
	! LC_ALL=C grep -q '[^ -~]' "$file" # neither a tab nor what is not ASCII
	check "$file is not plain ASCII"
done

if command -v python3 >/dev/null 2>&1; then
	python3 - "$printed"/*.py <<'END'
import ast, sys
for path in sys.argv[1:]:
    ast.parse(open(path).read(), path, feature_version=(3, 9))
END
	check "a printed file is no Python 3.9"
	python3 -m py_compile "$printed"/*.py
	check "a printed file does not compile"
else
	echo "SKIP no python3: the printed files are not compiled"
	skipped=2
fi

wrong=$("$program" --logger keras 2>&1 >"$printed/out")
[ "$?" -eq 2 ]
check "a wrong name should end with 2"
[ ! -s "$printed/out" ] && [ "$wrong" = "phasetop: --logger: 'keras' is not hf, torch, lightning or probes; see 'phasetop --help'" ]
check "a wrong name should be answered with the four: $wrong"

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
