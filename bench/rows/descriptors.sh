# SPDX-License-Identifier: BSD-2-Clause
# 20,000 connections through one tunnel, one after the other, leave no descriptor behind.
# shellcheck shell=bash disable=SC2034,SC2154 # variables of its neighbours

# none_left PID BEFORE
none_left()
{
    [ "$(descriptors "$1")" -le "$2" ]
}

row_descriptors()
{
    local end pid i
    local -A before pid_of

    open_traffic
    open_aditd
    open_tunnel adit
    pid_of=([client]=${client_of[adit]} [gateway]=$aditd_pid)
    sleep 1 # the first connection has gone
    for end in client gateway; do
        before[$end]=$(descriptors "${pid_of[$end]}")
    done
    load conn "${port_of[adit]}" "$(sized 20000 2000)" 1 >/dev/null
    for end in client gateway; do
        pid=${pid_of[$end]}
        for ((i = 0; i < 50; i++)); do
            ! none_left "$pid" "${before[$end]}" || break
            sleep 0.1
        done
        sample "descriptors $end" adit "$(($(descriptors "$pid") - before[$end]))"
        judge_value 9 "descriptors more than before, $end" '' "descriptors $end" adit '<=' 0
    done
}
