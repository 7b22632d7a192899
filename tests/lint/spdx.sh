#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Every file that people write says its licence in its first three lines.
. "$(dirname "$0")/lint.sh"

check()
{
    local root=$1 file

    while read -r file; do
        head -n 3 "$file" | grep -q 'SPDX-License-Identifier: BSD-2-Clause' ||
            fault "${file#"$root"/}: no SPDX line"
    done < <(find "$root" \( -name .git -o -path "$root/build" -o -path "$root/build-*" -o \
        -name corpus \) -prune -o \
        -type f \( -name '*.[ch]' -o -name '*.sh' -o -name '*.cmake' -o -name CMakeLists.txt -o \
        -name Makefile -o -path "$root/scripts/*" -o -path "$root/.ci/*" \) -print)
    verdict
}

plant()
{
    echo 'int x;' | put src/base/x.c
    finds "a C file without it"
    echo '#!/bin/sh' | put scripts/x
    finds "a script without it"
    printf '#!/bin/sh\n# SPDX-License-Identifier: BSD-2-Clause\n' | put scripts/x
    echo 'int x;' | put build-asan/x.c
    passes "a script with it, and what was built"
}

lint "$@"
