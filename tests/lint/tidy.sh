#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# clang-tidy over src/ and apps/, two files at a time. A file that passed is not looked at again
# until it, a header it includes, its compile command or .clang-tidy changes.
. "$(dirname "$0")/lint.sh"

# What the verdict on a file depends on, as one word.
fingerprint()
{
    local root=$1 file=$2 build=$3

    { clang-tidy --version
      cat "$source_root/.clang-tidy"
      grep -F "\"command\":" "$build/compile_commands.json" | grep -F -- "$file"
      # shellcheck disable=SC2046 # a list of names
      cat $(clang -MM -w -D_GNU_SOURCE -I"$root/include" -I"$root/src" "$file" |
          sed 's/^[^:]*://; s/\\$//'); } 2>/dev/null | sha256sum | cut -d' ' -f1
}

check_file()
{
    local root=$1 file=$2 build=$3 passed

    passed=$build/tidy/$(fingerprint "$root" "$file" "$build")
    [ ! -e "$passed" ] || return 0
    clang-tidy --quiet --config-file="$source_root/.clang-tidy" -p "$build" "$file" 2>/dev/null ||
        return 1
    : >"$passed"
}

check()
{
    local root=$1 build=${BUILD_OF_TREE:-${BUILD:-$1/build}}

    [ -f "$build/compile_commands.json" ] || { echo "no build in $build" >&2; return 1; }
    mkdir -p "$build/tidy"
    export -f check_file fingerprint
    export source_root
    c_files "$root" src apps | grep '\.c$' |
        xargs -r -P 2 -I '{}' bash -c 'check_file "$@"' tidy "$root" '{}' "$build"
}

plant_c()
{
    put src/base/x.c
    mkdir -p "$scratch/build"
    printf '[{ "directory": "%s", "command": "cc -c src/base/x.c", "file": "src/base/x.c" }]\n' \
        "$tree" >"$scratch/build/compile_commands.json"
}

plant()
{
    export BUILD_OF_TREE=$scratch/build
    echo 'int adit_f(int n); int adit_f(int n) { return n ? adit_f(n - 1) : 0; }' | plant_c
    finds "recursion"
    { echo 'int adit_f(int n); int adit_f(int n) {'; seq -f 'n += %g;' 70; echo 'return n; }'; } |
        plant_c
    finds "a function of 70 lines"
    echo 'int adit_f(int n); int adit_f(int n) { return n; }' | plant_c
    passes "a good file"
    echo 'int adit_f(int n); int adit_f(int n) { return n; }' | plant_c
    passes "a good file that was seen before"
}

lint "$@"
