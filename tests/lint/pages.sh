#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# What the pages say of the tree is so: the files that they name are there, and a manual's synopsis
# has each function that it describes, each option that adit takes.
. "$(dirname "$0")/lint.sh"

# `src/x.c`, `tests/unit/test_<module>.c`, `src/wire/*.[ch]`: names with signs of the shell are
# patterns, and <…> stands for any.
check_files()
{
    local root=$1 page path

    while IFS=: read -r page path; do
        (cd "$root" && compgen -G "${path//<*>/*}") >/dev/null ||
            fault "$page: there is no $path"
    done < <(cd "$root" && find . \( -name .git -o -path './build*' \) -prune -o -name '*.md' -print |
        sed 's|^\./||' | while read -r page; do
        grep -oE '`(apps|bench|docs|examples|include|packaging|scripts|src|tests)/[^` ]*`' "$page" |
            sed "s|\`||g; s|^|$page:|" || true
    done)
}

# synopsis FILE: that part of a manual page.
synopsis()
{
    sed -n '/^\.Sh SYNOPSIS/,/^\.Sh DESCRIPTION/p' "$1"
}

check_functions()
{
    local page=$1 name

    while read -r name; do
        synopsis "$page" | grep "^\.Fn $name\( \|$\)" >/dev/null ||
            fault "${page##*/}: no prototype of $name"
    done < <(sed -n 's/^\.Fn \([a-z_0-9]*\).*/\1/p' "$page" | sort -u)
}

# The letters of the rows that --help prints.
check_letters()
{
    local options=$1 page=$2 letter count=0

    while read -r letter; do
        synopsis "$page" | grep "^\.Op Fl \($letter \|[[:alnum:]]*${letter}[[:alnum:]]*$\)" >/dev/null ||
            fault "${page##*/}: -$letter is not in its synopsis"
        count=$((count + 1))
    done < <(sed -nE "s/^    \{ '(.)', .*\", take_.*/\1/p" "$options")
    [ "$count" -gt 0 ] || fault "${options##*/}: no row was read"
}

check()
{
    local root=$1

    check_files "$root"
    check_functions "$root/docs/man/libadit.3"
    check_letters "$root/apps/adit/options.c" "$root/docs/man/adit.1"
    verdict
}

# Pages without fault.
plant_good()
{
    echo 'int x;' | put src/x.c
    printf 'See `src/x.c`, `src/*.[ch]`, `src/<name>.c` and `x/y`.\n' | put CONTRIBUTING.md
    printf '.Sh SYNOPSIS\n.Fn f "int x"\n.Fn g void\n.Sh DESCRIPTION\n.Fn f\nand\n.Fn g .\n' |
        put docs/man/libadit.3
    printf '.Sh SYNOPSIS\n.Op Fl 4v\n.Op Fl J Ar host\n.Sh DESCRIPTION\n.Op Fl z\n' | put docs/man/adit.1
    printf "    { '%s', NULL, NULL, \"%s\", %s, NULL, NULL },\n" 4 a take_setting v b take_verbose \
        J c take_jump A d refuse | put apps/adit/options.c
}

plant()
{
    plant_good
    passes "good pages"
    plant_good
    rm "$tree/src/x.c"
    finds "a file that is not there"
    plant_good
    sed -i 2d "$tree/docs/man/libadit.3"
    finds "a function without prototype"
    plant_good
    sed -i 3d "$tree/docs/man/adit.1"
    finds "an option with argument that is not in the synopsis"
    plant_good
    sed -i s/4v/4/ "$tree/docs/man/adit.1"
    finds "an option that is not in the synopsis"
    plant_good
    echo 'int x;' | put apps/adit/options.c
    finds "a table that cannot be read"
}

lint "$@"
