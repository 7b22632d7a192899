#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The shared library shows what the public headers mark ADIT_API, all of it and nothing else.
. "$(dirname "$0")/lint.sh"

declared()
{
    local root=$1 file

    while read -r file; do
        c_code "$file" | grep -v '^[ \t]*#' | tr '\n' ' ' | tr ';' '\n' |
            sed -nE 's/.*ADIT_API[^(]*[ *](adit_[a-z0-9_]+) *\(.*/\1/p'
    done < <(c_files "$root" include) | sort -u
}

check()
{
    local root=$1 library=${LIBRARY:-${BUILD:-$1/build}/libadit.so} line

    nm -D --defined-only "$library" >"$list" || return 1
    [ -s "$list" ] || { echo "$library shows nothing" >&2; return 1; }
    while read -r line; do
        fault "$line"
    done < <(diff <(declared "$root") <(awk '{ print $NF }' "$list" | sort -u) |
        sed -n 's/^< \(.*\)/\1: declared, but not shown/p; s/^> \(.*\)/\1: shown, but not declared/p')
    verdict
}

# A library that shows the named functions, and a header that declares adit_x and adit_y.
plant_library()
{
    local name

    printf 'ADIT_API ADIT_MUST_USE enum adit_err\nadit_x(int a,\n    int b);\nADIT_API char *adit_y(void);\n' |
        put include/adit/x.h
    for name; do
        echo "int $name(void); int $name(void) { return 0; }"
    done | put x.c
    LIBRARY=$scratch/libadit.so
    "${CC:-cc}" -shared -fPIC -o "$LIBRARY" "$tree/x.c"
}

plant()
{
    plant_library adit_x
    finds "a function that is not shown"
    plant_library adit_x adit_y adit_inner
    finds "a function that is not public"
    plant_library adit_x adit_y
    passes "what is declared"
}

lint "$@"
