# SPDX-License-Identifier: BSD-2-Clause
# An idle tunnel sleeps: without a keepalive nobody wakes up, with one only for it.
# shellcheck shell=bash disable=SC2034,SC2154 # variables of its neighbours

# Each keepalive is a timer, a write and an answer; two wake-ups, and one to spare for each end.
wakeups_per_keepalive=3

# nap NAME SECONDS: both sides in the same seconds.
nap()
{
    local name=$1 seconds=$2 side
    local -A before

    sleep 2 # the end of the last traffic
    for side in adit openssh; do
        before[$side.client]=$(wakeups "${client_of[$side]}")
        before[$side.gateway]=$(wakeups "${server_of[$side]}")
    done
    sleep "$seconds"
    for side in adit openssh; do
        sample "wake-ups $name client" "$side" \
            "$(($(wakeups "${client_of[$side]}") - before[$side.client]))"
        sample "wake-ups $name gateway" "$side" \
            "$(($(wakeups "${server_of[$side]}") - before[$side.gateway]))"
    done
}

# night NAME SECONDS ALIVE BOUND
night()
{
    local alive=$3 end

    open_world
    open_tunnel adit
    open_tunnel openssh
    nap "$1" "$2"
    close_world
    for end in client gateway; do
        judge_value 10 "wake-ups in $2 s, keepalive $1, $end" '' "wake-ups $1 $end" adit '<=' "$4" \
            openssh
    done
}

row_idle()
{
    local seconds

    seconds=$(sized 6 3)
    night off "$seconds" 0 0
    # Both ends ask once a second, and each also hears the other's question.
    night "every second" "$seconds" 1 $((2 * wakeups_per_keepalive * (seconds + 1)))
}
