#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Targets that cannot be reached, through -L and -D: the application's connection is reset or gets
# SOCKS's word for it, the user is told which leg it was, and the tunnel does not care.
. "$(dirname "$0")/world.sh"

need curl

# unreachable FAULT PORT HOST:PORT WORDS SECONDS CODE…: CODE: what may stand in the SOCKS reply.
unreachable()
{
    local port=$2 target=$3 words=$4 most=$5 code

    fault="$1, $gateway"
    shift 5
    mark
    start refused ip netns exec "$near" timeout 60 "$traffic" refused "$port"
    asking=$started
    says "$words" "$most"
    ends "$asking" 5 || fail "$fault: the application still waits"
    [ "$stopped" -eq 0 ] || fail "$fault: the application saw no end, or a byte"
    code=$(on_near curl -sS --max-time 60 --socks5-hostname 127.0.0.1:1080 "http://$target/" 2>&1 |
        sed -n "s/.*(\([0-9]*\))$/\1/p" || true)
    [[ " $* " == *" $code "* ]] || fail "$fault: SOCKS says $code, not one of $*"
    on_near timeout $((2 * slack)) "$traffic" echo "$local_port" 3 || fail "$fault: nothing else works"
    ! said " was lost: " || fail "$fault: the connection was given up"
    check_left gateway
    told=$(tail -n "+$((marked + 1))" "$work/adit.log" | grep -m 1 -F -- "$words")
    row 27 "$fault" "$(seconds "$took")" "${told#adit: } (SOCKS: $code)" "-"
}

title
printf '127.0.0.1 localhost\n' >"$work/hosts"
mkdir -p "/etc/netns/$far"
cp "$work/hosts" "/etc/netns/$far/hosts"
echo "nameserver 127.0.0.1" >"/etc/netns/$far/resolv.conf"
on_far nft -f - <<<"table ip fault { chain in { type filter hook input priority 0
    iif lo tcp dport 9 drop; }; }"
for gateway in aditd sshd; do
    gateway_up
    begin -L "3401:127.0.0.1:1" -L "3402:198.51.100.1:80" -L "3403:nowhere.invalid:80" \
        -L "3404:127.0.0.1:9" -D 1080
    unreachable "nobody listens there" 3401 127.0.0.1:1 "cannot connect to 127.0.0.1:1" 5 5
    # sshd gives no reason for these two, which leaves SOCKS with "general failure".
    unreachable "no way there" 3402 198.51.100.1:80 "cannot connect to 198.51.100.1" 5 3 4 1
    unreachable "no such name there" 3403 nowhere.invalid:80 "cannot connect to nowhere" 15 4 1
    # aditd waits for half a minute, sshd for as long as its system does, which is two.
    [ "$gateway" = sshd ] || [ -z "${FAULT_FULL-}" ] ||
        unreachable "no answer from there" 3404 127.0.0.1:9 "the gateway cannot connect" 40 4 6
    finish
    gateway_killed
done
