# SPDX-License-Identifier: BSD-2-Clause
# Throughput over a line of 100 ms there and back, also with 1 Gbit/s and with a stock end; and a
# line of 1 ms, which must not pay for what the long one needs.
# shellcheck shell=bash disable=SC2034,SC2154 # variables of its neighbours

# far KEY SIDE DIRECTION BYTES: the receiver's clock starts after half of them, when the window has
# grown. One that does not grow is given some seconds.
far()
{
    sample "far $1 $3" "$2" \
        "$(load "$3" "${port_of[$2]}" "$4" 1 "$(($4 / 2))" "$(sized 4 2)")"
}

# Lines to both servers, and a tunnel over them for each side.
open_far_tunnels()
{
    local oneway_us=$1 mbit=$2 side server line_port
    declare -A lines

    shift 2
    for server in aditd sshd; do
        if [ "$server" = aditd ]; then
            open_line wan "$aditd_port" "$oneway_us" "$mbit"
        else
            open_line wan "$sshd_port" "$oneway_us" "$mbit"
        fi
        lines[$server]=$line_port
    done
    for side; do
        case $side in
        openssh | *-sshd) line_port=${lines[sshd]} ;;
        *) line_port=${lines[aditd]} ;;
        esac
        open_tunnel "$side" -c "$aes"
    done
}

far_turns()
{
    local turn direction many few

    many=$(sized 800000000 300000000)
    few=$(sized 40000000 8000000) # what a window of 2 MiB lets through in as much time
    open_world
    open_far_tunnels 50000 0 adit openssh adit-sshd ssh-aditd
    for ((turn = 0; turn < turns; turn += 2)); do
        for direction in push pull; do
            far 100ms adit "$direction" "$many"
            far 100ms openssh "$direction" "$few"
        done
        far 100ms adit-sshd pull "$many"
        far 100ms ssh-aditd push "$many"
    done
    close_world
    for direction in push pull; do
        judge 3 "100 ms, $direction" MB/s "far 100ms $direction" adit openssh '>=' 20
    done
    add_mixed adit-sshd pull
    add_mixed ssh-aditd push
}

# One end is stock: its figure stands where ours does.
add_mixed()
{
    judge 3 "100 ms, $2, $1" MB/s "far 100ms $2" "$1" openssh '>=' 20
}

gbit_turns()
{
    local turn direction bytes

    bytes=$(sized 250000000 150000000)
    open_world
    open_far_tunnels 50000 1000 adit
    for ((turn = 0; turn < turns; turn += 2)); do
        for direction in push pull; do
            far 100ms-1Gbit adit "$direction" "$bytes"
            sample "far 100ms-1Gbit $direction" line 125
        done
    done
    close_world
    for direction in push pull; do
        judge 3 "100 ms, 1 Gbit/s, $direction" MB/s "far 100ms-1Gbit $direction" adit line '>=' 0.90
    done
}

# growth KEY SIDE BEFORE: how far memory of our two ends rose above what it was, at its peak.
growth()
{
    sample "$1" "$2" "$(($(peak_kb "${client_of[adit]}" "${server_of[adit]}") - $3))"
}

near_turns()
{
    local turn direction side bytes before

    bytes=$(sized 400000000 50000000)
    open_world
    open_far_tunnels 500 0 adit openssh
    before=$(rss_kb "${client_of[adit]}" "${server_of[adit]}")
    for ((turn = 0; turn < turns; turn += 2)); do
        for direction in push pull; do
            for side in adit openssh; do
                far 1ms "$side" "$direction" "$bytes"
            done
        done
    done
    growth "growth 1ms" adit "$before"
    close_world

    # The same without a line.
    open_world
    open_tunnel adit -c "$aes"
    before=$(rss_kb "${client_of[adit]}" "${server_of[adit]}")
    for ((turn = 0; turn < turns; turn += 2)); do
        for direction in push pull; do
            far direct adit "$direction" "$bytes"
        done
    done
    growth "growth 1ms" direct "$before"
    close_world

    for direction in push pull; do
        judge 3 "1 ms, $direction" MB/s "far 1ms $direction" adit openssh '>=' 1
    done
    judge 3 "1 ms, peak growth of both ends" KB "growth 1ms" adit direct '<=' 1.1
}

row_distance()
{
    far_turns
    gbit_turns
    near_turns
}
