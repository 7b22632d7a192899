#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Clients that let the gateway compute and leave (CVE-2002-20001): a login beside them goes on, and
# each of them gives its place back. Counts, and no times.
. "$(dirname "$0")/gateway.sh"

make_keys
start_traffic
authorize '' user

crowd=6 each=30

# exchanges: so many, one after the other.
exchanges()
{
    local i

    for ((i = 0; i < each; i++)); do
        "$BUILD/tests/bad_input" connect "$server_port" exchange-left || return
    done
}

# may_all_connect COUNT: that many at once are served, and one more is not.
may_all_connect()
{
    local i heard fd fds=()

    for ((i = 0; i < $1; i++)); do
        exec {fd}<>"/dev/tcp/127.0.0.1/$server_port"
        fds+=("$fd")
        read -r -u "$fd" -t 20 heard || fail "connection $i of $1 is not served"
        [[ $heard == SSH-2.0-adit_* ]] || fail "connection $i hears \"$heard\""
    done
    exec {fd}<>"/dev/tcp/127.0.0.1/$server_port"
    heard=$(timeout 20 cat <&"$fd") || fail "one too many is kept"
    [ -z "$heard" ] || fail "one too many hears \"$heard\""
    for fd in "${fds[@]}"; do # LoginGraceTime
        timeout 30 cat <&"$fd" >/dev/null || fail "the time for a login is not kept"
        exec {fd}>&-
    done
}

all_have_ended()
{
    [ "$(new_lines | grep -c ', no login: ')" -ge "$1" ]
}

echo "$crowd clients with $each exchanges each"
gateway "MaxStartups $((crowd + 2))" "LoginGraceTime 4" "PermitOpen 127.0.0.1:$closing"
mark
jobs=()
for ((n = 0; n < crowd; n++)); do
    exchanges &
    jobs+=($!)
done
for ((n = 0; n < 5; n++)); do
    may_open "127.0.0.1:$closing"
done
for job in "${jobs[@]}"; do
    wait "$job" || fail "an exchange was not answered by an end"
done
started=$server_pid
await "the end of all" all_have_ended $((crowd * each))
[ "$(new_lines | grep -c '^aditd: login user=')" -eq 5 ] || fail "not five logins"
! said 'MaxStartups' || fail "a place was not given back in time"
may_all_connect $((crowd + 2))
may_open "127.0.0.1:$closing"

if ssh-audit --help 2>/dev/null | grep -q -- --dheat; then
    echo "ssh-audit --dheat"
    gateway "MaxStartups 100" "PermitOpen 127.0.0.1:$closing" # it leaves without waiting for us
    start dheat timeout -s INT 6 ssh-audit -n --dheat "$crowd:ecdh-sha2-nistp256" \
        -p "$server_port" 127.0.0.1
    load=$started
    while is_running "$load"; do
        may_open "127.0.0.1:$closing"
    done
fi
stop_gateway
