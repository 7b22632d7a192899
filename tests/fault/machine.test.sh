#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# What the client's machine does: its names change, it runs out of descriptors, its clock jumps, it
# sleeps.
. "$(dirname "$0")/world.sh"

# The name stands for nobody while the gateway moves, then for its new address.
move_gateway()
{
    ip -n "$far" address add 192.0.2.9/24 dev wire
    stop "$server_pid"
    echo "192.0.2.9 gateway.test" >"/etc/netns/$near/hosts"
    far_address=192.0.2.9
    gateway_up
}

# While it sleeps a firewall forgets its connection, without a word to either side.
sleep_through()
{
    local port

    kill -STOP "$client_pid"
    port=$(on_near cat /proc/net/tcp |
        awk -v port="$(printf %04X "$server_port")" '$3 ~ ":" port "$" && $4 == "01" {
            sub(".*:", "", $2); print $2; exit }')
    on_near nft -f - <<END
table ip fault { chain in { type filter hook input priority 0; tcp dport $((0x$port)) drop; }
chain out { type filter hook output priority 0; tcp sport $((0x$port)) drop; }; }
END
    sleep 7
    kill -CONT "$client_pid"
}

out_of_descriptors()
{
    local busy before after first

    fault="out of descriptors"
    mark
    prlimit --pid "$client_pid" --nofile="$(($(descriptors) + 1)):1024"
    start first ip netns exec "$near" "$traffic" hold "$local_port"
    first=$started
    start second ip netns exec "$near" "$traffic" echo "$local_port" 3
    busy=$started
    says "cannot accept" 5
    before=$(awk '{ print $14 + $15 }' "/proc/$client_pid/stat")
    sleep 2
    after=$(awk '{ print $14 + $15 }' "/proc/$client_pid/stat")
    [ $((after - before)) -le 20 ] || fail "$fault: it spins ($((after - before)) ticks in 2 s)"
    prlimit --pid "$client_pid" --nofile=1024:1024
    ends "$busy" 10 || fail "$fault: who waited is not served"
    [ "$stopped" -eq 0 ] || fail "$fault: who waited was served badly"
    said "accepting again" || fail "$fault: nobody is told that it is over"
    row 12 "$fault" "$(seconds "$took")" "port …: cannot accept: …; trying again" "-"
    stop "$first"
}

title
mkdir -p "/etc/netns/$near"
echo "$far_address gateway.test" >"/etc/netns/$near/hosts"
gateway_name=gateway.test
gateway_up
echo "gateway.test $(cut -d' ' -f1,2 "$work/host.pub")" >"$work/gateway.keys"
begin -o HostKeyAlias=gateway.test -o "UserKnownHostsFile=$work/gateway.keys"
outage 11 "the gateway's name has a new address" 2 8 move_gateway no_mending
finish
FAULT_FULL=1 begin -o HostKeyAlias=gateway.test -o "UserKnownHostsFile=$work/gateway.keys"
outage 37 "slept, and the connection is dead" 8 5 sleep_through no_mending
on_near nft delete table ip fault
out_of_descriptors
finish
