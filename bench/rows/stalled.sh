# SPDX-License-Identifier: BSD-2-Clause
# 1,000 channels whose readers never read, senders at full speed. Memory stays under the ceiling
# that the programs say they have, and an honest channel beside them keeps its speed.
# shellcheck shell=bash disable=SC2034,SC2154 # variables of its neighbours

# The ceiling in KB; nothing when none is printed.
ceiling_kb()
{
    "$@" 2>/dev/null | awk 'tolower($1) == "windowmemory" {
        unit = toupper(substr($2, length($2)))
        print int($2 * (unit == "K" ? 1 : unit == "M" ? 1024 : unit == "G" ? 1048576 : 1 / 1024)) }'
}

# honest NAME DIRECTION: some times in a row, for each is short.
honest()
{
    local i

    for ((i = 0; i < 3; i++)); do
        sample "honest $2" "$1" "$(load "$2" "${port_of[adit]}" "$(sized 500000000 50000000)" 1)"
    done
}

# Whether both ends and the senders are at rest: every window is shut, and the kernel's buffers before
# it are full.
at_rest()
{
    local all=("${client_of[adit]}" "$aditd_pid" "$traffic_pid" "$started") before

    before=$(cpu "${all[@]}")
    sleep 0.5
    [ $(($(cpu "${all[@]}") - before)) -le 10 ]
}

# Stalled channels whose clients were reset are given up after some seconds, at both ends.
released()
{
    [ "$(descriptors "${client_of[adit]}")" -le "$1" ] && [ "$(descriptors "$aditd_pid")" -le "$2" ]
}

# stall DIRECTION: 1,000 channels; the honest one beside them; and they are gone again.
stall()
{
    local client_has gateway_has

    client_has=$(descriptors "${client_of[adit]}")
    gateway_has=$(descriptors "$aditd_pid")
    rm -f "$results/hold.log"
    start hold "$tools/load" hold "$stalling" "$(sized 1000 300)" "$1"
    await hold grep -qs held "$results/hold.log"
    await hold at_rest
    honest adit "$1"
    stop "$started"
    started=$aditd_pid
    await aditd released "$client_has" "$gateway_has"
}

# The channel has the line to itself, then 1,000 others beside it, in turn.
beside_stalled()
{
    local direction=$1 stalling client_before server_before turn

    open_traffic
    open_aditd
    stalling=$(free_port)
    open_tunnel adit -c "$aes" -L "127.0.0.1:$stalling:127.0.0.1:$narrow"
    for ((turn = 0; turn < turns; turn += 2)); do
        honest alone "$direction"
        [ "$turn" -gt 0 ] || client_before=$(rss_kb "${client_of[adit]}")
        [ "$turn" -gt 0 ] || server_before=$(rss_kb "$aditd_pid")
        stall "$direction"
        sample "stalled growth $direction client" adit \
            "$(($(peak_kb "${client_of[adit]}") - client_before))"
        sample "stalled growth $direction gateway" adit "$(($(peak_kb "$aditd_pid") - server_before))"
    done
    close_world
}

# judge_growth DIRECTION END CEILING
judge_growth()
{
    local key="stalled growth $1 $2" figure="growth of the $2, stalled $1"

    if [ -n "$3" ]; then
        judge_value 8 "$figure" KB "$key" adit '<=' "$3"
    else
        judge_missing 8 "$figure" "no ceiling printed" KB "$key" adit
    fi
}

row_stalled()
{
    local direction client gateway

    for direction in push pull; do
        beside_stalled "$direction"
    done
    client=$(ceiling_kb "$ADIT" -F none -G bench)
    gateway=$(ceiling_kb "$ADITD" -T -f "$results/aditd.conf")
    for direction in push pull; do
        judge_growth "$direction" client "$client"
        judge_growth "$direction" gateway "$gateway"
        judge 8 "honest $direction beside them" MB/s "honest $direction" adit alone '>=' 0.90
    done
}
