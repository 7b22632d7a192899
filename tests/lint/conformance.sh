#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# What docs/conformance.md names is there: each file of code, each file of tests, and each test in it.
. "$(dirname "$0")/lint.sh"

# The tables as lines "ROW code FILE" and "ROW test FILE [FUNCTION]". Of a row's cells the last one
# has its tests, and where there are four the third has its code.
named()
{
    awk -F '|' '
        !/^\|/ || /^\|[ -]*\|[ -]*\|/ || /\| test \|$/ { next }
        {
            row = $2; gsub(/ +$|^ +/, "", row); gsub(/ /, "_", row)
            for (column = (NF == 6 ? 4 : NF - 1); column < NF; column++) {
                cell = $column
                gsub(/\([^)]*\)|`/, "", cell)
                gsub(/: /, ":,", cell) # a file stands before its tests
                file = ""
                count = split(cell, words, /[;,]/)
                for (i = 1; i <= count; i++) {
                    word = words[i]; gsub(/^ +|[ :]+$/, "", word)
                    if (word ~ / / || word !~ /[\/_]/) continue
                    if (word ~ /\//) file = word
                    print row, (column == NF - 1 ? "test" : "code"), file, (word == file ? "" : word)
                }
            }
        }' "$1"
}

check()
{
    local root=$1 row kind file function

    named "$root/docs/conformance.md" >"$list"
    [ -s "$list" ] || fault "docs/conformance.md: no row was read"
    while read -r row kind file function; do
        if [ "$kind" = code ]; then
            [ -e "$root/src/$file" ] || [ -e "$root/apps/$file" ] || fault "$row: there is no $file"
        elif [ ! -e "$root/tests/$file" ]; then
            fault "$row: there is no tests/$file"
        elif [ -n "$function" ]; then
            grep -qE "^static void $function\(" "$root/tests/$file" ||
                fault "$row: tests/$file has no $function"
        fi
    done <"$list"
    verdict
}

# One row of a table, with its code and its tests.
plant_row()
{
    printf '| | requirement | code | test |\n|---|---|---|---|\n| T1 | a, b | %s | %s |\n' "$1" "$2" |
        put docs/conformance.md
    echo 'int x;' | put src/wire/x.c
    printf 'static void it_works(void **state)\n{\n}\n' | put tests/unit/test_x.c
}

plant()
{
    plant_row 'wire/y.c' 'unit/test_x.c: it_works'
    finds "code that is not there"
    plant_row 'wire/x.c' 'unit/test_y.c'
    finds "a test file that is not there"
    plant_row 'wire/x.c' 'unit/test_x.c: it_works, it_fails'
    finds "a test that is not there"
    plant_row 'wire/x.c' 'unit/test_x.c (what); unit/test_x.c: it_fails'
    finds "the same in the second file"
    echo 'no table' | put docs/conformance.md
    finds "a page without rows"
    plant_row 'wire/x.c, wire/' 'unit/test_x.c: it_works; unit/test_x.c (x, y)'
    passes "a good row"
}

lint "$@"
