#!/bin/sh
# Installs what is missing to build and test phasetop. Silent and instant when all is there.
# Debian and its kin: by apt-get, with sudo unless root. Elsewhere: names the packages and exits 1.

# package:what it is known by — a header (looked up by the compiler) or a command
wanted='gcc:cc make:make libc6-dev:stdio.h libncurses-dev:ncursesw/curses.h libopenblas-dev:cblas.h
liblapacke-dev:lapacke.h libcjson-dev:cjson/cJSON.h libutf8proc-dev:utf8proc.h
libcmocka-dev:cmocka.h libvterm-dev:vterm.h'

# One run of the preprocessor prints the headers that are missing, and "probed" when it could look at all.
missing_headers() {
	{ echo PT_MISSING probed; for entry in $wanted; do
		probe=${entry#*:}
		case $probe in
		*.h) printf '#if !__has_include(<%s>)\nPT_MISSING %s\n#endif\n' "$probe" "$probe" ;;
		esac
	done; } | ${CC:-cc} -E -P -x c - 2>/dev/null | sed -n 's/^ *PT_MISSING //p' | tr -d ' '
}

missing=
absent=
if command -v "${CC:-cc}" >/dev/null 2>&1; then absent=$(missing_headers); fi
if printf '%s\n' "$absent" | grep -qx probed; then
	for entry in $wanted; do
		package=${entry%%:*} probe=${entry#*:}
		case $probe in
		*.h) if printf '%s\n' "$absent" | grep -qx "$probe"; then missing="$missing $package"; fi ;;
		cc) ;;
		*) command -v "$probe" >/dev/null 2>&1 || missing="$missing $package" ;;
		esac
	done
else
	# Without a compiler nothing can be looked up: ask for everything; what is there already stays.
	for entry in $wanted; do missing="$missing ${entry%%:*}"; done
fi
[ -z "$missing" ] && exit 0

if ! command -v apt-get >/dev/null 2>&1; then
	cat >&2 <<END
phasetop needs what Debian calls:$missing
Install the same by your own package manager: a C compiler, and headers and libraries of ncursesw,
OpenBLAS, LAPACKE, cJSON and utf8proc; for the tests also cmocka and libvterm.
END
	exit 1
fi

sudo=
if [ "$(id -u)" -ne 0 ]; then
	if ! command -v sudo >/dev/null 2>&1; then
		echo "phasetop needs, as root: apt-get install$missing" >&2
		exit 1
	fi
	sudo=sudo
fi
echo "Installing by apt-get:$missing"
# shellcheck disable=SC2086 # a list of words
if ! $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; then
	# The lists of packages may be old or absent.
	$sudo apt-get update && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing
fi
