#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# When WindowMemory is used up nothing more is read from the peer: its silence is our doing then, and
# it is not given up for it, by either end.
. "$(dirname "$0")/client.sh"

need ssh
make_keys
start_traffic
start slow "$traffic" serve "$work/slow.ports" # the target that does not read
slow_pid=$started
await "the slow target" test -s "$work/slow.ports"
read -r slow _ <"$work/slow.ports"
size=$((24 << 20)) # more than all sockets on the way hold

# fill PORT: more than the sockets hold on the way to a target that has stopped.
fill()
{
    kill -STOP "$slow_pid"
    pushing=()
    for _ in 1 2 3 4; do
        start push "$traffic" push "$1" "$size"
        pushing+=("$started")
    done
}

# passes PORT [SECONDS]
passes()
{
    timeout "${2-1}" "$traffic" echo "$1" 1 2>>"$work/echo.log"
}

is_held_back()
{
    ! passes "$1"
}

# starve PID: on a machine that has other things to do it gets a moment now and then, and its keepalives
# are late each time.
starve()
{
    for _ in 1 2 3 4 5; do
        kill -STOP "$1"
        sleep 1.3
        kill -CONT "$1"
        sleep 0.05
    done
}

# goes_on WHAT SLOW OTHER PID: the process holds the peer back for longer than its keepalives allow, and
# then goes on. SLOW leads to the target that has stopped, OTHER to the one beside it.
goes_on()
{
    passes "$3" 10 || fail "$1: it does not work"
    fill "$2"
    started=$client_pid
    await "$1: to be held back" is_held_back "$3"
    sleep 3
    starve "$4"
    is_running "$client_pid" || fail "$1: the client has ended"
    is_held_back "$3" || fail "$1: it was not held back all the time"
    kill -CONT "$slow_pid"
    for started in "${pushing[@]}"; do
        ends "$started" 120 || fail "$1: a transfer hangs"
        [ "$stopped" -eq 0 ] || fail "$1: a transfer fails: $(tail -n 1 "$work/push.log")"
    done
    "$traffic" echo "$3" 10 || fail "$1: it does not go on"
    [ "$(grep -c '^aditd: login ' "$work/aditd.log")" -eq "$logins" ] || fail "$1: it came back anew"
    ! grep -E 'no sign of life|was lost' "$work/aditd.log" "$work/adit.log" || fail "$1: it was given up"
    stop "$client_pid"
}

one=$(free_port) two=$(free_port)
: >"$work/adit.log"

echo "aditd holds back a client"
server_options=("WindowMemory 64K" "ClientAliveInterval 1" "ClientAliveCountMax 2")
start_server aditd
logins=1
start_client ssh "$one" -o ServerAliveInterval=0 -L "$one:127.0.0.1:$slow" -L "$two:127.0.0.1:$serving"
goes_on "aditd" "$one" "$two" "$server_pid"
stop "$server_pid"

echo "adit holds back a gateway"
server_options=("ClientAliveInterval 0")
start_server aditd
logins=2
start_client adit "$two" -o WindowMemory=64K -o ServerAliveInterval=1 -o ServerAliveCountMax=2 \
    -R "$one:127.0.0.1:$slow" -R "$two:127.0.0.1:$serving"
goes_on "adit" "$one" "$two" "$client_pid"
