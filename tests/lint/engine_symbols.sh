#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# What the engine asks of the world, read from its objects: memory, strings, and printing into
# memory. No socket, file, clock, thread, stdio stream or exit can be in a list that names none.
. "$(dirname "$0")/lint.sh"

libc='malloc calloc free malloc_usable_size abort
    memcpy memmove memset memcmp memchr memmem explicit_bzero
    strlen strnlen strcmp strncmp strcasecmp strncasecmp strchr strrchr strstr strspn strcspn
    strdup strndup strtoul strtoull strtol qsort bsearch
    snprintf vsnprintf __ctype_b_loc __ctype_tolower_loc __ctype_toupper_loc tolower toupper
    __stack_chk_fail __assert_fail _GLOBAL_OFFSET_TABLE_
    __memcpy_chk __memmove_chk __memset_chk __explicit_bzero_chk __snprintf_chk __vsnprintf_chk'
zlib='deflate deflateInit_ deflateInit2_ deflateReset deflateEnd deflateParams
    inflate inflateInit_ inflateInit2_ inflateReset inflateEnd'

# Lists "object symbol" for every undefined symbol that no object of the engine defines.
needed()
{
    local engine=$1

    { nm -A --defined-only "$engine" | awk '{ print "defined", $NF }'
      nm -A --undefined-only "$engine" | awk '{ print "undefined", $NF, $1 }'; } |
        awk '$1 == "defined" { defined[$2] = 1; next }
             !($2 in defined) { split($3, part, ":"); print part[2], $2 }'
}

# "object folder" for every source of the engine; two of one name in two folders are both meant.
folders()
{
    local root=$1 file

    for file in "$root"/src/*/*.c; do
        echo "$(basename "$file").o $(basename "$(dirname "$file")")"
    done
}

check()
{
    local root=$1 engine=${ENGINE:-${BUILD:-$1/build}/libadit_engine.a} object symbol

    [ -f "$engine" ] || { echo "no $engine: build first" >&2; return 1; }
    folders "$root" >"$list.folders"
    needed "$engine" >"$list" || return 1
    [ -s "$list" ] || { echo "$engine needs nothing: not read" >&2; return 1; }
    while read -r object symbol; do
        case " $(echo $libc) " in *" $symbol "*) continue ;; esac
        case " $(echo $zlib) " in
        *" $symbol "*) grep -qx "$object transport" "$list.folders" && continue ;;
        esac
        case $symbol in
        __asan_* | __ubsan_* | __sanitizer_*) continue ;;
        argon2_ctx | gcry_* | [A-Z]*_* | i2d_* | d2i_* | o2i_* | i2o_*) grep -qx "$object crypto" "$list.folders" && continue ;;
        esac
        fault "$object: needs $symbol"
    done <"$list"
    verdict
}

# A library out of one file of the tree.
plant_engine()
{
    put "src/$1/x.c"
    "${CC:-cc}" -c "$tree/src/$1/x.c" -o "$scratch/x.c.o"
    rm -f "$scratch/libadit_engine.a"
    ar rc "$scratch/libadit_engine.a" "$scratch/x.c.o"
}

plant()
{
    ENGINE=$scratch/libadit_engine.a
    echo 'int socket(int, int, int); int f(void) { return socket(1, 1, 0); }' | plant_engine session
    finds "a socket"
    echo '#include <stdio.h>
          void f(int i) { printf("%d", i); }' | plant_engine wire
    finds "printf"
    echo '#include <time.h>
          long f(void) { return time(0); }' | plant_engine auth
    finds "a clock"
    echo 'int EVP_DigestInit(void); int f(void) { return EVP_DigestInit(); }' | plant_engine keys
    finds "libcrypto outside crypto"
    echo 'int EVP_DigestInit(void); int f(void) { return EVP_DigestInit(); }' | plant_engine crypto
    passes "libcrypto in crypto"
    echo '#include <stdio.h>
          void f(char *a, int i) { snprintf(a, 9, "%d", i); }' | plant_engine wire
    passes "printing into memory"
}

lint "$@"
