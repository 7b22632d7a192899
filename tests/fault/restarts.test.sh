#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The gateway is restarted again and again, told to end or killed: each time the tunnel and its port
# are back within three seconds of the gateway. The longest time is printed; a loaded machine gets
# ten. FAULT_FULL=1: fifty times.
. "$(dirname "$0")/world.sh"

# Of a sshd that is told to end, the sessions go on: only the machine's end ends those.
restart()
{
    if [ "$gateway" = aditd ] && [ $((round % 2)) -eq 0 ]; then
        stop "$server_pid"
    else
        gateway_killed
    fi
    sleep "0.$((round * 7 % 10))" # so long a restart may take
    gateway_up
}

rounds=5
[ -z "${FAULT_FULL-}" ] || rounds=50
title
for gateway in aditd sshd; do
    gateway_up
    begin
    longest=0
    latest=0
    for ((round = 1; round <= rounds; round++)); do
        fault="restart $round of $gateway"
        break_tunnel 3 10 restart no_mending
        [ "$noticed" -le "$latest" ] || latest=$noticed
        [ "$back" -le "$longest" ] || longest=$back
        sleep 2
    done
    left="nothing"
    row 8 "$rounds restarts of $gateway, at most" "$(seconds "$latest")" "$told" \
        "$(seconds "$longest")"
    finish
    gateway_killed
done
