# SPDX-License-Identifier: BSD-2-Clause
# What the lints share. Each defines `check ROOT` and `plant`, then calls `lint "$@"`.
#
# Without argument a lint checks the tree it stands in. With --self-test it must find each fault that
# `plant` puts into an otherwise empty tree, and be content with the good files there: a lint that
# finds nothing is shown to be able to.
# shellcheck shell=bash
set -euo pipefail
export LC_ALL=C

source_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
faults=0

# One finding, said like a compiler does.
fault()
{
    echo "$1" >&2
    faults=$((faults + 1))
}

# The C files under the named folders of ROOT, those that exist.
c_files()
{
    local root=$1 folder

    shift
    for folder; do
        [ ! -d "$root/$folder" ] || find "$root/$folder" -name '*.[ch]' -type f
    done | sort
}

# A C file without its comments and strings; each line keeps its number.
c_code()
{
    ${CC:-cc} -fpreprocessed -dD -E -w -x c "$1" | awk -v file="$1" '
        /^# [0-9]+ "/ { line = $2; next }
        { gsub(/"([^"\\]|\\.)*"/, "\"\""); while (++out < line) print ""; print; line = out + 1 }'
}

# put FILE: writes standard input there, in the tree of the self-test.
put()
{
    mkdir -p "$tree/$(dirname "$1")"
    cat >"$tree/$1"
}

# finds SENTENCE: the check must fail on what was put…
finds()
{
    if (check "$tree") >"$tree.log" 2>&1; then
        echo "not found: $1" >&2
        exit 1
    fi
    rm -rf "$tree"
    mkdir "$tree"
}

# …and passes SENTENCE: it must not.
passes()
{
    if ! (check "$tree") >"$tree.log" 2>&1; then
        echo "found though it is good: $1" >&2
        cat "$tree.log" >&2
        exit 1
    fi
    rm -rf "$tree"
    mkdir "$tree"
}

lint()
{
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    list=$scratch/list
    if [ "${1-}" = --self-test ]; then
        tree=$scratch/tree
        mkdir "$tree"
        plant
        return
    fi
    check "$source_root"
}

# The end of each check.
verdict()
{
    if [ "$faults" -gt 0 ]; then
        echo "$faults found" >&2
        return 1
    fi
}
