#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# A tunnel that nobody uses sleeps: both ends wake up for keepalives and for nothing else.
. "$(dirname "$0")/client.sh"

[ -z "${SANITIZE-}" ] || skip "a sanitizer has threads of its own"
make_keys
start_traffic

# How often the threads of a process have gone to sleep so far.
sleeps()
{
    awk '/^voluntary_ctxt_switches/ { n += $2 } END { print n }' "/proc/$1/task/"*/status
}

# woke_up SECONDS: how often both ends did in that time are $client and $gateway.
woke_up()
{
    client=$(sleeps "$client_pid")
    gateway=$(sleeps "$server_pid")
    sleep "$1"
    client=$(($(sleeps "$client_pid") - client))
    gateway=$(($(sleeps "$server_pid") - gateway))
}

# What has just been used may still have something to do.
quiet()
{
    local i

    for ((i = 0; i < 5; i++)); do
        woke_up 3
        [ $((client + gateway)) -ne 0 ] || return 0
    done
    fail "adit woke up $client times in 3 s, aditd $gateway times"
}

# settled PORT INTERVAL: the tunnel is used, so that all that begins with it has begun.
settled()
{
    start_client adit "$1" -o "ServerAliveInterval=$2" -L "$1:127.0.0.1:$serving"
    "$traffic" echo "$1" 3 || fail "the tunnel does not work"
}

echo "without keepalives"
server_options=("ClientAliveInterval 0")
start_server aditd
settled "$(free_port)" 0
quiet
stop "$client_pid"

echo "with one a second"
settled "$(free_port)" 1
sleep 2
since=$SECONDS
woke_up 5
took=$((SECONDS - since + 1))
# Each is a timer and an answer for one end, and a question for the other.
[ "$client" -ge 2 ] && [ "$client" -le $((3 * took)) ] || fail "adit woke up $client times in $took s"
[ "$gateway" -ge 2 ] && [ "$gateway" -le $((2 * took)) ] ||
    fail "aditd woke up $gateway times in $took s"
