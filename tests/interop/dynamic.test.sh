#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# -D: SOCKS 4, 4a and 5 through adit to each server, and the true reason of each failure.
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

try_server()
{
    local port bound

    start_server "$1"
    port=$(free_port) bound=$(free_port)
    begin -D "$port" -o "DynamicForward=127.0.0.1:$bound"
    await "-D" is_settled
    [ "$(addresses_of "$port")" = '127.0.0.1 ::1' ] || fail "-D listens on $(addresses_of "$port")"
    try_requests "$port" "$1"
    try_failures "$port" "$1"
    try_traffic "$bound" "$1"

    # One who is still thinking when the tunnel ends sees its end.
    exec 4<>"/dev/tcp/127.0.0.1/$port"
    octets 0501 >&4
    end
    [ -z "$(timeout 20 head -c 1 <&4 | od -An -tx1)" ] || fail "$1: bytes after the end"
    exec 4<&- 4>&-
    stop "$server_pid"
    echo "-D to $1"
}

# The code for "not allowed".
try_policy()
{
    local port

    server_options=("PermitOpen 127.0.0.1:$echoing")
    start_server "$1"
    port=$(free_port)
    begin -D "$port"
    await "-D" listening "$port"
    expect "$1: not allowed" "$(outcome5 "$port" "$(name5 127.0.0.1 "$server_port")")" 02
    expect "$1: allowed" "$(outcome5 "$port" "$(name5 127.0.0.1 "$echoing")")" 00
    end
    stop "$server_pid"
    server_options=()
    echo "what $1 does not allow"
}

make_keys
start_traffic
start_small_servers
for server in aditd sshd; do
    try_server "$server"
    try_policy "$server"
done
! grep '^traffic:' "$work/traffic.log" || fail "the traffic server found a fault"
