# SPDX-License-Identifier: BSD-2-Clause
# A client of SOCKS, byte by byte, for the tests of -D and -R without a target.
# shellcheck shell=bash

# octets HEX…: as bytes.
octets()
{
    # shellcheck disable=SC2059
    printf "$(sed 's/ //g; s/../\\x&/g' <<<"$*")"
}

# word TEXT: in hex.
word()
{
    printf %s "$1" | od -An -v -tx1 | tr -d ' \n'
}

# name5 HOST PORT, address5 A.B.C.D PORT: requests of SOCKS 5 to connect.
name5()
{
    printf '05010003%02x%s%04x' "${#1}" "$(word "$1")" "$2"
}

address5()
{
    # shellcheck disable=SC2046
    printf '05010001%02x%02x%02x%02x%04x' $(tr . ' ' <<<"$1") "$2"
}

# name4 HOST PORT: a request of SOCKS 4a.
name4()
{
    printf '0401%04x00000001%s00%s00' "$2" "$(word user)" "$(word "$1")"
}

# answer COUNT: so many bytes from the server, in hex.
answer()
{
    timeout 40 head -c "$1" <&3 | od -An -v -tx1 | tr -d ' \n'
}

# outcome5 PORT REQUEST: the code in the reply to a request of SOCKS 5.
outcome5()
{
    local reply

    exec 3<>"/dev/tcp/127.0.0.1/$1"
    octets 050100 >&3
    [ "$(answer 2)" = 0500 ] || fail "SOCKS 5: the greeting is not answered"
    octets "$2" >&3
    reply=$(answer 10)
    exec 3<&- 3>&-
    [ "${#reply}" -eq 20 ] || fail "SOCKS 5: the reply is \"$reply\""
    [ "${reply:0:2}" = 05 ] || fail "SOCKS 5: the reply begins with ${reply:0:2}"
    echo "${reply:2:2}"
}

# outcome4 PORT REQUEST
outcome4()
{
    local reply

    exec 3<>"/dev/tcp/127.0.0.1/$1"
    octets "$2" >&3
    reply=$(answer 8)
    exec 3<&- 3>&-
    [ "${#reply}" -eq 16 ] || fail "SOCKS 4: the reply is \"$reply\""
    echo "${reply:2:2}"
}

# expect WHAT IS WANTED
expect()
{
    [ "$2" = "$3" ] || fail "$1: $2, not $3"
}

# greeted_by_curl PORT HOST: curl speaks all versions of SOCKS.
greeted_by_curl()
{
    local form

    need curl
    for form in socks4 socks4a socks5 socks5-hostname; do
        expect "curl --$form $2" "$(curl -s -m 20 "--$form" "127.0.0.1:$1" "http://$2:$web/")" hello
    done
}

# try_requests PORT WHAT: every form of a request, with the data right behind it.
try_requests()
{
    local request

    for request in "$(name5 localhost "$server_port")" "$(address5 127.0.0.1 "$server_port")"; do
        expect "$2: $request" "$(outcome5 "$1" "$request")" 00
    done
    expect "$2: SOCKS 4a" "$(outcome4 "$1" "$(name4 localhost "$server_port")")" 5a
    greeted_by_curl "$1" localhost
    greeted_by_curl "$1" 127.0.0.1

    # Greeting, request and the client's data in one piece: nothing is lost.
    exec 3<>"/dev/tcp/127.0.0.1/$1"
    octets 050100 "$(name5 127.0.0.1 "$echoing")" "$(word hello)" >&3
    expect "$2: data behind the request" "$(answer 17)" "050005000001000000000000$(word hello)"
    exec 3<&- 3>&-
}

# What is not offered; where it breaks off nothing is said any more.
try_nonsense()
{
    expect "$2: BIND" "$(outcome5 "$1" 050200010a0000070001)" 07
    expect "$2: an unknown address type" "$(outcome5 "$1" 050100020a0000070001)" 08
    expect "$2: a path" "$(outcome5 "$1" "$(name5 /run/s 1)")" 01
    expect "$2: SOCKS 4 BIND" "$(outcome4 "$1" 040200500a00000700)" 5b
    exec 3<>"/dev/tcp/127.0.0.1/$1"
    octets 050102 >&3
    expect "$2: passwords only" "$(answer 3)" 05ff
    exec 3<&- 3>&-
    exec 3<>"/dev/tcp/127.0.0.1/$1"
    printf 'GET / HTTP/1.0\r\n\r\n' >&3
    expect "$2: HTTP" "$(answer 1)" ''
    exec 3<&- 3>&-
}

# An echo server on $echoing, and one of HTTP on $web.
start_small_servers()
{
    need socat
    cat >"$work/web" <<'END'
while read -r line && [ ${#line} -gt 1 ]; do :; done
printf 'HTTP/1.0 200 OK\r\n\r\nhello'
END
    echoing=$(free_port) web=$(free_port)
    start echo socat "TCP-LISTEN:$echoing,bind=127.0.0.1,fork,reuseaddr" SYSTEM:cat
    await "echo" listening "$echoing"
    start web socat "TCP-LISTEN:$web,bind=127.0.0.1,fork,reuseaddr" "SYSTEM:sh $work/web"
    await "web" listening "$web"
}

# try_traffic PORT WHAT: much data, both ways and half-closed, by another client of SOCKS.
try_traffic()
{
    local bridge

    bridge=$(free_port)
    start bridge socat -t 60 "TCP-LISTEN:$bridge,bind=127.0.0.1,fork,reuseaddr,backlog=200" \
        "SOCKS4A:127.0.0.1:localhost:$serving,socksport=$1"
    await "the bridge" listening "$bridge"
    "$traffic" both "$bridge" "$((bulk / 4))" || fail "$2: both at once"
    "$traffic" halfclose "$bridge" 1000000 || fail "$2: half-close by the client"
    "$traffic" many "$bridge" 20 50000 || fail "$2: 20 connections"
}
