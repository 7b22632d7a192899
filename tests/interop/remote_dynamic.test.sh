#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# -R with a port alone: SOCKS asked for at the server and answered by adit, with the true reason of
# each failure.
. "$(dirname "$0")/client.sh"
. "$(dirname "$0")/socks.sh"

try_failures()
{
    local nobody

    nobody=$(free_port)
    expect "$2: refused" "$(outcome5 "$1" "$(name5 127.0.0.1 "$nobody")")" 05
    expect "$2: refused" "$(outcome4 "$1" "$(name4 127.0.0.1 "$nobody")")" 5b
    expect "$2: no such name" "$(outcome5 "$1" "$(name5 no-such-host.invalid 80)")" 04
    try_nonsense "$1" "$2"
}

# More than the window holds, behind the request and before the target is there.
try_impatience()
{
    local size=300000

    { octets 050100 "$(name5 127.0.0.1 "$echoing")"; head -c $size /dev/zero; } |
        timeout 40 socat -t 20 - "TCP:127.0.0.1:$1" | head -c $((size + 12)) >"$work/echoed" || true
    [ "$(stat -c %s "$work/echoed")" -eq $((size + 12)) ] || fail "$2: early data is lost"
    cmp -s <(tail -c +13 "$work/echoed") <(head -c $size /dev/zero) || fail "$2: early data differs"
}

try_server()
{
    local port bound

    start_server "$1"
    port=$(free_port) bound=$(free_port)
    begin -R "$port" -R "127.0.0.1:$bound"
    await "-R" listening "$bound"
    try_requests "$port" "$1"
    try_failures "$port" "$1"
    try_impatience "$port" "$1"
    try_traffic "$bound" "$1"
    # One who is still thinking when the tunnel ends sees its end.
    exec 4<>"/dev/tcp/127.0.0.1/$port"
    octets 0501 >&4
    end
    [ -z "$(timeout 20 head -c 1 <&4 2>/dev/null | od -An -tx1)" ] || fail "$1: bytes after the end"
    exec 4<&- 4>&-
    stop "$server_pid"
    echo "-R port at $1"
}

make_keys
start_traffic
start_small_servers
for server in aditd sshd; do
    try_server "$server"
done
! grep '^traffic:' "$work/traffic.log" || fail "the traffic server found a fault"
