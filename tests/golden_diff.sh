#!/bin/sh
# What make golden-update has changed since the last commit: each changed frame as its rows were and as they are, new
# and lost files by name alone, and how many of each there are. Without git there is nothing to compare with.
golden=tests/golden
git rev-parse --is-inside-work-tree >/dev/null 2>&1 || { echo "no git here: look at $golden yourself"; exit 0; }
colour=never
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then colour=always; fi

lost=$(git ls-files --deleted $golden)
new=$(git ls-files --others --exclude-standard $golden; git diff --name-only --cached --diff-filter=A $golden)
changed=$(git diff --name-only --diff-filter=M HEAD $golden)
count() { # lines of the list
	printf '%s' "$1" | grep -c .
}

for file in $changed; do
	echo "== $file"
	# a row's number in the file is told, not its neighbours: a frame is read beside its file
	git --no-pager diff --color=$colour --unified=0 HEAD -- "$file" |
		sed -n '/@@ /,$p' | sed -E 's/@@ -[0-9,]+ \+([0-9]+)[0-9,]* @@.*/line \1/'
done
for file in $new; do echo "new  $file"; done
for file in $lost; do echo "lost $file"; done
echo "$(count "$changed") files changed, $(count "$new") new, $(count "$lost") lost"
