#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Nothing is read from a client to whom too much of WindowMemory belongs. One that is dead is found
# out all the same.
. "$(dirname "$0")/world.sh"

server_options=("WindowMemory 64K" "ClientAliveInterval 1" "ClientAliveCountMax 2")

passes()
{
    on_near timeout 1 "$traffic" echo "$local_port" 1 2>>"$work/echo.log"
}

is_held_back()
{
    ! passes
}

ended()
{
    grep -q 'no sign of life from the peer' "$work/gateway.log"
}

title
gateway_up
# A patient client; the target of its forward stops.
begin -o ServerAliveInterval=60 -L "3334:127.0.0.1:$far_serving"
fault="a client that was held back dies"
target=$(pgrep -f "$work/far.ports" | tail -n 1)
kill -STOP "$target"
for _ in 1 2 3 4; do
    start push ip netns exec "$near" "$traffic" push 3334 $((24 << 20))
done
started=$client_pid
await "to be held back" is_held_back
sleep 5
! ended || fail "$fault: it was given up before"
ip -n "$near" link set wire down
fault_since=$(now_ms)
started=$server_pid
await "$fault" ended
row 1 "$fault" "$(seconds $(($(now_ms) - fault_since)))" "(the gateway) no sign of life from the peer" "-"
kill -CONT "$target"
