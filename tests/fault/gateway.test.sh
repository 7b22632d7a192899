#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The gateway goes: killed, stopped, restarted, as aditd and as sshd.
. "$(dirname "$0")/world.sh"

freeze()
{
    # shellcheck disable=SC2046 # several
    kill -STOP "$server_pid" $(pgrep -P "$server_pid" || true)
}

thaw()
{
    # shellcheck disable=SC2046 # several
    kill -CONT "$server_pid" $(pgrep -P "$server_pid" || true)
}

# The frozen one goes on as if nothing had been, and its dead session holds the port.
restart()
{
    stop "$server_pid"
    gateway_up
}

# A connection that comes while the tunnel is down waits for it.
up_for_who_waits()
{
    start waiting ip netns exec "$near" "$traffic" both "$local_port" 100000
    waiting=$started
    sleep 0.5
    is_running "$waiting" || fail "$fault: a connection did not wait"
    gateway_up
    ends "$waiting" 10 || fail "$fault: a connection waits for ever"
    [ "$stopped" -eq 0 ] || fail "$fault: a connection that waited was not served"
}

short_freeze()
{
    fault="$gateway stopped for a moment"
    mark
    freeze
    sleep 1
    thaw
    still_works
    ! said " was lost: " || fail "$fault: the connection was given up"
    check_left
    row 7 "$fault" "-" "nothing" "-"
}

# What is open stays open.
reload()
{
    fault="$gateway reads its configuration again"
    mark
    hold "$local_port" ip netns exec "$near"
    kill -HUP "$server_pid"
    sleep 1
    still_works
    is_running "$holding" || fail "$fault: a connection has ended"
    stop "$holding"
    [ "$stopped" -eq 0 ] || fail "$fault: a connection was broken"
    ! said " was lost: " || fail "$fault: the connection was given up"
    check_left
    row 8 "$fault" "-" "nothing" "-"
}

# sshd's sessions are processes of their own, which go on.
sshd_restarted()
{
    fault="sshd restarted"
    mark
    stop "$server_pid"
    gateway_up
    sleep 1
    still_works
    ! said " was lost: " || fail "$fault: the connection was given up"
    check_left
    row 8 "$fault" "-" "nothing: its session goes on" "-"
}

title
for gateway in aditd sshd; do
    gateway_up
    begin
    outage 6 "$gateway killed, then started again" 2 5 gateway_killed up_for_who_waits
    short_freeze
    outage 7 "$gateway stopped" "$silence" 10 freeze thaw
    reload
    [ "$gateway" = sshd ] || outage 8 "$gateway restarted" 2 5 restart no_mending
    [ "$gateway" = aditd ] || sshd_restarted
    finish
    gateway_killed
done

# aditd gives a key that comes back its own port at once.
gateway=aditd
gateway_up
FAULT_FULL='' begin # with keepalives that notice earlier than the gateway's
outage 10 "aditd holds our port for our dead self" 5 3 forget_connection no_mending
! said "refused to listen" || fail "$fault: the port was refused"
on_near nft delete table ip fault
finish
gateway_killed

# sshd keeps its session and its port until its own keepalives find out.
server_options=("ClientAliveInterval 1" "ClientAliveCountMax 3")
gateway=sshd
gateway_up
FAULT_FULL='' begin
outage 10 "sshd holds our port for our dead self" 5 20 forget_connection no_mending
said "refused to listen on port $remote_port of localhost again" || fail "$fault: nobody is told"
said "port $remote_port of localhost listens at the gateway again after" ||
    fail "$fault: nobody is told that it is over"
finish
