#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# clang-format has nothing to change; --fix lets it.
. "$(dirname "$0")/lint.sh"

check()
{
    local root=$1

    c_files "$root" include src apps tests examples bench |
        xargs -r clang-format --style=file:"$source_root/.clang-format" --dry-run -Werror
}

plant()
{
    echo 'int  x ;' | put src/base/x.c
    finds "spaces that do not belong there"
    echo 'int x;' | put src/base/x.c
    passes "a formatted file"
}

if [ "${1-}" = --fix ]; then
    c_files "$source_root" include src apps tests examples bench | xargs -r clang-format -i
    exit
fi
lint "$@"
