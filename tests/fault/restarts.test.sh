#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The gateway is restarted again and again: each time the tunnel and its port are back in three
# seconds. FAULT_FULL=1: fifty times.
. "$(dirname "$0")/world.sh"

restart()
{
    if [ $((round % 2)) -eq 0 ]; then
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
gateway_up
begin
for ((round = 1; round <= rounds; round++)); do
    outage 8 "restart $round of $rounds" 3 3 restart no_mending
    sleep 2
done
finish
