#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# pairing.sh CLIENT SERVER: all that a tunnel does, local and remote, with the two programs.
. "$(dirname "$0")/lib.sh"

client=$1
server=$2

# Two that are not ours only show that the test is right.
[[ "$client $server" == *adit* ]] || bulk=$((4 << 20))

check_tunnel()
{
    local direction=$1 open=$2 close=$3 none=$4

    echo "$client to $server, $direction"
    "$traffic" push "$open" "$bulk" || fail "$direction: push"
    "$traffic" pull "$open" "$bulk" || fail "$direction: pull"
    "$traffic" both "$open" "$((bulk / 4))" || fail "$direction: both at once"
    "$traffic" echo "$open" 200 || fail "$direction: echo"
    "$traffic" halfclose "$open" 1000000 || fail "$direction: half-close by the client"
    "$traffic" halfclose-down "$open" 1000000 || fail "$direction: half-close by the server"
    "$traffic" halfclose "$open" 0 || fail "$direction: half-close at once"
    "$traffic" closed "$close" || fail "$direction: a target that closes at once"
    "$traffic" refused "$none" || fail "$direction: a target that is not there"
    "$traffic" many "$open" 100 50000 || fail "$direction: 100 connections"
    "$traffic" push "$open" 1000 || fail "$direction: a connection after all that"
}

make_keys
start_traffic
[ "$client" != plink ] || let_server_greet
start_server "$server"

nobody=$(free_port)
for letter in L R; do
    open=$(free_port) close=$(free_port) none=$(free_port)
    start_client "$client" "$none" -$letter "$open:127.0.0.1:$serving" \
        -$letter "$close:127.0.0.1:$closing" -$letter "$none:127.0.0.1:$nobody"
    # plink opens them in an order of its own.
    await "$client" listening "$open"
    await "$client" listening "$close"
    check_tunnel "-$letter" "$open" "$close" "$none"
    stop "$client_pid"
    started=$server_pid
    await "the port's end" not_listening "$open"
done
is_running "$server_pid" || fail "$server has ended"
! grep '^traffic:' "$work/traffic.log" || fail "the traffic server found a fault"
