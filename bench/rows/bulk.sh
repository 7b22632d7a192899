# SPDX-License-Identifier: BSD-2-Clause
# CPU and throughput of one large transfer, and throughput of eight.
# shellcheck shell=bash disable=SC2034,SC2154 # variables of its neighbours

# transfer KEY SIDE DIRECTION CONNECTIONS
transfer()
{
    local bytes before after rate

    bytes=$(sized 400000000 150000000)
    before=$(cpu "${client_of[$2]}" "${server_of[$2]}")
    rate=$(load "$3" "${port_of[$2]}" "$bytes" "$4")
    after=$(cpu "${client_of[$2]}" "${server_of[$2]}")
    sample "cpu $1" "$2" "$(calc "($after - $before) / 1e3 / ($bytes / 1e9)")"
    sample "rate $1" "$2" "$rate"
}

# in_turn NAME TURNS CONNECTIONS SIDES…
in_turn()
{
    local name=$1 turns=$2 connections=$3 direction side turn

    shift 3
    for ((turn = 0; turn < turns; turn++)); do
        for direction in push pull; do
            for side; do
                transfer "$name $direction" "$side" "$direction" "$connections"
            done
        done
    done
}

row_bulk()
{
    local way

    open_world
    open_floor floor libcrypto
    open_floor floor-same-AES adit
    open_tunnel adit -c "$aes"
    open_tunnel openssh -c "$aes"
    in_turn aes128-gcm "$many_turns" 1 adit openssh floor floor-same-AES
    in_turn eight "$turns" 8 adit openssh
    stop "${client_of[adit]}" "${client_of[openssh]}"
    open_tunnel adit
    open_tunnel openssh
    in_turn default "$turns" 1 adit openssh

    for way in push pull; do
        judge 1 "CPU, aes128-gcm, $way" s/GB "cpu aes128-gcm $way" adit openssh '<=' 0.80
        judge 1 "CPU, default ciphers, $way" s/GB "cpu default $way" adit openssh '<=' 0.45
        judge 1 "CPU, aes128-gcm, $way" s/GB "cpu aes128-gcm $way" adit floor '<=' 1.15
        judge 1 "CPU, aes128-gcm, $way" s/GB "cpu aes128-gcm $way" adit floor-same-AES
        judge 2 "one connection, aes128-gcm, $way" MB/s "rate aes128-gcm $way" adit openssh '>=' 1.25
        judge 2 "eight connections, aes128-gcm, $way" MB/s "rate eight $way" adit openssh '>=' 1.5
    done
}
