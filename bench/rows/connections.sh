# SPDX-License-Identifier: BSD-2-Clause
# New connections through a tunnel, eight at a time, with one echo each.
# shellcheck shell=bash disable=SC2034,SC2154 # variables of its neighbours

row_connections()
{
    local turn side

    open_world
    open_tunnel adit
    open_tunnel openssh
    for ((turn = 0; turn < many_turns; turn++)); do
        for side in adit openssh; do
            sample "per second connections" "$side" \
                "$(load conn "${port_of[$side]}" "$(sized 2500 800)" 8)"
        done
    done
    judge 5 "new connections" 1/s "per second connections" adit openssh '>=' 2
}
