#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Who may include what: own folder and lower ones, libcrypto in crypto/ only, libuv and sockets in
# net/ and above, the client nothing but the public headers and config/.
. "$(dirname "$0")/lint.sh"

below()
{
    case $1 in
    base) echo "base" ;;
    wire) echo "base wire" ;;
    crypto) echo "base wire crypto" ;;
    keys) echo "base wire crypto keys" ;;
    transport) echo "base wire crypto keys transport" ;;
    auth) echo "base wire crypto keys transport auth" ;;
    connection) echo "base wire crypto keys transport connection" ;;
    session) echo "base wire crypto keys transport auth connection session" ;;
    config) echo "base wire crypto keys transport auth connection config" ;;
    net) echo "base wire crypto keys transport auth connection session config net" ;;
    tunnel) echo "base wire crypto keys transport auth connection session config net tunnel" ;;
    aditd) echo "base wire crypto keys transport auth connection session config net tunnel" ;;
    adit) echo "config" ;;
    *) echo "" ;;
    esac
}

# Headers of the system that the engine may use: no socket, file, clock or thread among them.
engine_headers=' assert.h ctype.h inttypes.h limits.h stdarg.h stdatomic.h stdbool.h stddef.h stdint.h stdio.h stdlib.h string.h '

system_header_allowed()
{
    local layer=$1 header=$2

    case $layer:$header in
    crypto:openssl/* | crypto:gcrypt.h | crypto:argon2.h | crypto:malloc.h) return 0 ;;
    crypto:cpuid.h | crypto:sys/auxv.h | crypto:asm/hwcap.h) return 0 ;;
    *:openssl/*) return 1 ;;
    net:uv.h | tunnel:uv.h | aditd:uv.h) return 0 ;;
    *:uv.h) return 1 ;;
    transport:zlib.h) return 0 ;;
    *:zlib.h) return 1 ;;
    config:sys/socket.h | config:netinet/* | config:arpa/* | config:netdb.h) return 1 ;;
    config:* | net:* | tunnel:* | adit:* | aditd:*) return 0 ;;
    *) [[ $engine_headers == *" $header "* ]] ;;
    esac
}

own_header_allowed()
{
    local root=$1 file=$2 layer=$3 header=$4

    case $layer:$header in
    net:adit/tunnel.h | tunnel:adit/tunnel.h) return 0 ;;
    adit:adit/* | aditd:adit/*) return 0 ;;
    *:adit/tunnel.h) return 1 ;; # no business of the engine's
    *:adit/*.h) return 0 ;;
    esac
    if [[ $header != */* ]]; then # a neighbour: only the programs have them
        [[ $file == */apps/* && -f $(dirname "$file")/$header ]]
        return
    fi
    [[ " $(below "$layer") " == *" ${header%%/*} "* ]]
}

check_file()
{
    local root=$1 file=$2 layer=$3 number quote header

    while read -r number quote header; do
        if [ "$quote" = '"' ]; then
            own_header_allowed "$root" "$file" "$layer" "$header" && continue
        else
            system_header_allowed "$layer" "$header" && continue
        fi
        fault "${file#"$root"/}:$number: $layer may not include $header"
    done < <(sed -nE '=;s/^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">].*/\1 \2/p' "$file" |
        awk '/^[0-9]+$/ { line = $0; next } { print line, $0 }')
}

check_public()
{
    local root=$1 file=$2 line

    while read -r line; do
        fault "${file#"$root"/}: a public header may not include $line"
    done < <(sed -nE 's/^#include[ \t]*"([^"]+)".*/\1/p' "$file" | grep -v '^adit/')
}

check()
{
    local root=$1 file folder

    for folder in "$root"/src/*/ "$root"/apps/*/; do
        [ -d "$folder" ] || continue
        folder=${folder%/}
        [ -n "$(below "${folder##*/}")" ] || fault "${folder#"$root"/}: a folder that is no layer"
        while read -r file; do
            check_file "$root" "$file" "${folder##*/}"
        done < <(c_files "$root" "${folder#"$root"/}")
    done
    while read -r file; do
        check_public "$root" "$file"
    done < <(c_files "$root" include)
    verdict
}

plant()
{
    echo '#include "session/session.h"' | put src/wire/reader.c
    finds "wire includes session"
    echo '#include "auth/client.h"' | put src/connection/channel.h
    finds "connection includes auth"
    echo '#include <openssl/evp.h>' | put src/transport/packet.c
    finds "libcrypto outside crypto"
    echo '#include <sys/socket.h>' | put src/session/session.c
    finds "a socket in the engine"
    echo '#include <uv.h>' | put src/config/read.c
    finds "libuv below net"
    echo '#  include "net/loop.h"' | put apps/adit/main.c
    finds "the client includes net"
    echo '#include "base/span.h"' | put include/adit/adit.h
    finds "a public header includes an internal one"
    echo 'int x;' | put src/helpers/x.c
    finds "a folder that is no layer"
    printf '#include "wire/reader.h"\n#include <string.h>\n#include "base/span.h"\n' |
        put src/wire/reader.c
    echo '#include <openssl/evp.h>' | put src/crypto/hash.c
    printf '#include "options.h"\n#include "adit/tunnel.h"\n#include <unistd.h>\n' |
        put apps/adit/main.c
    echo 'int x;' | put apps/adit/options.h
    passes "lower layers, and what belongs to a layer"
}

lint "$@"
