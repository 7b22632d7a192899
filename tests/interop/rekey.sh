#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# rekey.sh CLIENT SERVER: new keys for every megabyte, asked for by one side, the other, both (T41 to
# T44), while bytes go both ways.
. "$(dirname "$0")/lib.sh"

client=$1
server=$2

# How many key exchanges the programs' logs tell of.
exchanges()
{
    cat "$work/$client.log" "$work/$server.log" | grep -cE 'SSH2_MSG_NEWKEYS received|^aditd?: keys' ||
        true
}

try()
{
    local who=$1 port letter before

    server_options=("LogLevel DEBUG1")
    client_options=(-o LogLevel=DEBUG1)
    case $who in server | both) server_options+=("RekeyLimit 1M") ;; esac
    case $who in client | both) client_options+=(-o RekeyLimit=1M) ;; esac

    start_server "$server"
    for letter in L R; do
        port=$(free_port)
        start_client "$client" "$port" -$letter "$port:127.0.0.1:$serving"
        before=$(exchanges)
        "$traffic" push "$port" $((6 << 20)) || fail "$who, -$letter: push"
        "$traffic" pull "$port" $((6 << 20)) || fail "$who, -$letter: pull"
        "$traffic" both "$port" $((4 << 20)) || fail "$who, -$letter: both at once"
        "$traffic" many "$port" 20 $((1 << 18)) || fail "$who, -$letter: 20 connections"
        stop "$client_pid"
        [ $(($(exchanges) - before)) -ge 10 ] || fail "$who, -$letter: too few key exchanges"
    done
    stop "$server_pid"
    echo "$who asks for new keys"
}

# PuTTY and Dropbear cannot be told how often; two that are not ours only show that the test is right.
case "$client $server" in
"ssh sshd") sides=both ;;
plink* | dbclient*) sides=server ;;
*dropbear) sides=client ;;
*) sides="client server both" ;;
esac

make_keys
start_traffic
[ "$client" != plink ] || let_server_greet
for who in $sides; do
    try "$who"
done
! grep '^traffic:' "$work/traffic.log" || fail "the traffic server found a fault"
