#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# What the client's machine does: its names change or cannot be looked up, it runs out of descriptors,
# its clock jumps, it sleeps, an address of it goes, its disk is full.
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
    kill -STOP "$client_pid"
    forget_connection
    sleep 7
    kill -CONT "$client_pid"
}

out_of_descriptors()
{
    local busy before after

    fault="out of descriptors"
    mark
    prlimit --pid "$client_pid" --nofile="$(($(descriptors) + 1)):1024"
    hold "$local_port" ip netns exec "$near"
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
    stop "$holding"
}

# ---- names ------------------------------------------------------------------------

# stand_for ADDRESS…: what the gateway's name means from now on; nothing: it means nothing.
stand_for()
{
    local address

    for address; do
        echo "$address gateway.test"
    done >"/etc/netns/$near/hosts"
}

# nameless WORDS: as long as the name cannot be looked up adit asks again; then it is back.
nameless()
{
    mark
    gateway_killed
    stand_for
    gateway_up
    says "$1" 12
    stand_for "$far_address"
    fault_since=$(now_ms)
    until works; do
        [ $(($(now_ms) - fault_since)) -lt $((15000 * slack)) ] || fail "$fault: not back in 15 s"
        sleep 0.05
    done
    check_left
    row 11 "$fault" "$(seconds "$took")" "$1 …" "$(seconds $(($(now_ms) - fault_since)))"
}

name_is_gone()
{
    fault="the gateway's name is gone"
    echo "nameserver 127.0.0.1" >"/etc/netns/$near/resolv.conf"
    nameless "look up gateway.test: "
}

resolver_is_deaf()
{
    fault="no answer from the name server"
    printf '%s\n' "nameserver 192.0.2.99" "options timeout:1 attempts:2" \
        >"/etc/netns/$near/resolv.conf"
    nameless "look up gateway.test: "
}

# Nobody is at the first of its addresses; the other one refuses until the gateway is there.
half_dead_name()
{
    on_near nft -f - <<<"table ip fault { chain out { type filter hook output priority 0
        ip daddr 192.0.2.200 drop; }; }"
    stand_for 192.0.2.200 "$far_address"
    gateway_killed
    sleep 1
    gateway_up
}

# ---- clocks ------------------------------------------------------------------------

clock_jumps()
{
    local jump seen

    for jump in +1d -1d; do
        fault="the clock jumps by $jump"
        mark
        echo "$jump" >"$work/clock"
        seen=$("${around[@]}" date +%s)
        [ "$seen" -gt $(($(date +%s) + 80000)) ] || [ "$seen" -lt $(($(date +%s) - 80000)) ] ||
            fail "$fault: it does not"
        sleep 4
        ! said " was lost: " || fail "$fault: the connection was given up"
        ! said "went by without us" || fail "$fault: adit thinks that it slept"
        ! said "adit: keys: " || fail "$fault: new keys were made"
        still_works
        check_left
        row 36 "$fault" "-" "nothing" "-"
    done
}

# ---- addresses and disks --------------------------------------------------------------

local_address_goes()
{
    fault="a local forward's address goes"
    mark
    ip -n "$near" address del 192.0.2.50/32 dev lo
    sleep 1
    still_works
    ip -n "$near" address add 192.0.2.50/32 dev lo
    on_near socat -T 5 - TCP:192.0.2.50:3405 </dev/null >"$work/number" ||
        fail "$fault: it is back, and does not listen"
    ! said " was lost: " || fail "$fault: the connection was given up"
    check_left
    row 55 "$fault" "-" "nothing: it listens there again with the address" "-"
}

# goes_on_without NUMBER FAULT WORDS PREPARE OPTIONS…: adit says so, and there is a tunnel.
goes_on_without()
{
    local number=$1 words=$3 prepare=$4

    fault=$2
    shift 4
    : >"$work/adit.log"
    # A mount that only adit sees.
    start adit ip netns exec "$near" sh -c "$prepare"' && shift && exec "$@"' sh "$work" \
        "$ADIT" -F none -v -p "$server_port" -i "$work/user" -o BatchMode=yes \
        -o GlobalKnownHostsFile=/dev/null "$@" -L "$local_port:127.0.0.1:$far_serving" \
        "$login@$far_address"
    client_pid=$started
    await "the tunnel" on_near timeout $((2 * slack)) "$traffic" echo "$local_port" 3 2>"$work/traffic.said"
    grep -qF -- "$words" "$work/adit.log" || fail "$fault: adit does not say \"$words\""
    finish
    left="nothing"
    row "$number" "$fault" "at once" "$words …" "-"
}

disks()
{
    local new="StrictHostKeyChecking=accept-new" known="$work/disk/known_hosts"

    mkdir "$work/disk"
    goes_on_without 56 "known_hosts cannot be written" "Read-only file system" \
        'mount -t tmpfs -o ro none "$1/disk"' -o "$new" -o "UserKnownHostsFile=$known"
    goes_on_without 56 "the disk is full" "No space left on device" \
        'mount -t tmpfs -o size=4k none "$1/disk" && { cat /dev/zero >"$1/disk/full" || true; } \
            2>/dev/null' -o "$new" -o "UserKnownHostsFile=$known"
    echo "[$far_address]:$server_port $(cut -d' ' -f1,2 "$work/host.pub")" >"$work/known_hosts"
    sed "s,^root:.*,root:x:0:0:root:/nowhere:/bin/sh," /etc/passwd >"$work/passwd"
    goes_on_without 56 "no home" "logged in at" \
        'mount --bind "$1/passwd" /etc/passwd && export HOME=/nowhere' \
        -o "UserKnownHostsFile=$work/known_hosts"
    goes_on_without 55 "a local port in use, as told" "Address already in use" true \
        -o "UserKnownHostsFile=$work/known_hosts" -o ExitOnForwardFailure=no \
        -L "$near_address:$near_blocked:127.0.0.1:1"
}

title
mkdir -p "/etc/netns/$near"
stand_for "$far_address"
: >"/etc/netns/$near/resolv.conf"
known=(-o HostKeyAlias=gateway.test -o "UserKnownHostsFile=$work/gateway.keys")
gateway_name=gateway.test
gateway_up
echo "gateway.test $(cut -d' ' -f1,2 "$work/host.pub")" >"$work/gateway.keys"
begin "${known[@]}"
outage 11 "the gateway's name has a new address" 2 8 move_gateway no_mending
name_is_gone
resolver_is_deaf
finish
begin "${known[@]}" # it has grown patient
outage 11 "the first of its addresses is dead" 2 8 half_dead_name no_mending
on_near nft delete table ip fault
finish

FAULT_FULL=1 begin "${known[@]}"
outage 37 "slept, and the connection is dead" 8 5 sleep_through no_mending
on_near nft delete table ip fault
out_of_descriptors
finish

ip -n "$near" address add 192.0.2.50/32 dev lo
begin "${known[@]}" -L "192.0.2.50:3405:127.0.0.1:$far_closing"
local_address_goes
finish
near_blocked=3406
start blocker ip netns exec "$near" socat "TCP-LISTEN:$near_blocked,bind=$near_address" PIPE
await "what is in the way" listens_on "$near" "$near_blocked" >"$work/number"
disks

library=$(find /usr/lib -name libfaketime.so.1 2>/dev/null | head -n 1)
if [ -n "$library" ] && [ -z "${SANITIZE-}" ]; then
    echo +0 >"$work/clock"
    around=(env "LD_PRELOAD=$library" "FAKETIME_TIMESTAMP_FILE=$work/clock" FAKETIME_NO_CACHE=1
        FAKETIME_DONT_FAKE_MONOTONIC=1)
    begin "${known[@]}" -o RekeyLimit="1G 1h"
    clock_jumps
    finish
fi
