# SPDX-License-Identifier: BSD-2-Clause
# Echoes of 64 bytes, alone and beside a bulk transfer on the same SSH connection.
# shellcheck shell=bash disable=SC2034,SC2154 # variables of its neighbours

# echoes NAME SIDE [DIRECTION]
echoes()
{
    local p50 p99 rate name=$1 side=$2

    shift 2
    read -r p50 p99 rate < <(load ping "${port_of[$side]}" "$(sized 500 300)" "$@")
    [ -n "${rate-}" ] || fail "echoes, $name, $side"
    sample "echo $name p50" "$side" "$p50"
    sample "echo $name p99" "$side" "$p99"
    [ $# -eq 0 ] || sample "rate beside echoes $1" "$side" "$rate"
}

row_echo()
{
    local turn side way

    open_world
    open_tunnel adit -c "$aes"
    open_tunnel openssh -c "$aes"
    for ((turn = 0; turn < many_turns; turn++)); do
        for side in adit openssh; do
            echoes idle "$side"
        done
        for way in push pull; do
            for side in adit openssh; do
                echoes "beside $way" "$side" "$way"
            done
        done
    done
    judge 4 "echo, idle, p50" us "echo idle p50" adit openssh '<=' 0.6
    for way in push pull; do
        judge 4 "echo beside a $way, p50" us "echo beside $way p50" adit openssh '<=' 0.6
        judge 4 "echo beside a $way, p99" us "echo beside $way p99" adit openssh '<=' 0.3
        judge 4 "that $way" MB/s "rate beside echoes $way" adit openssh '>=' 1.15
    done
}
