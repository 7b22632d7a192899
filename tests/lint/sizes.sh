#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Files over 600 lines fail, over 400 they are named. The length of functions is tidy.sh's.
. "$(dirname "$0")/lint.sh"

check()
{
    local root=$1 file lines

    while read -r file; do
        lines=$(wc -l <"$file")
        if [ "$lines" -gt 600 ]; then
            fault "${file#"$root"/}: $lines lines, 600 at most"
        elif [ "$lines" -gt 400 ]; then
            echo "${file#"$root"/}: $lines lines: two concepts?"
        fi
    done < <(c_files "$root" include src apps tests examples bench)
    verdict
}

plant()
{
    seq 601 | put src/base/long.c
    finds "601 lines"
    seq 600 | put src/base/long.c
    passes "600 lines"
}

lint "$@"
