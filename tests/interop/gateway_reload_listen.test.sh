#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# SIGHUP and ListenAddress: what is new is listened on, what is gone is closed, sessions go on.
. "$(dirname "$0")/gateway.sh"

make_keys
start_traffic
places=() # to listen on

aditd_config()
{
    printf 'ListenAddress %s\n' "${places[@]}"
    server_config | grep -v ListenAddress
    echo "PermitOpen any"
}

# listen_on PLACE…: with SIGHUP.
listen_on()
{
    places=("$@")
    aditd_config >"$work/aditd.conf"
    mark
    kill -HUP "$server_pid"
    says '^aditd: settings reloaded$'
}

# serves PORT: a login and a connection.
serves()
{
    echo "[127.0.0.1]:$1 $(cut -d' ' -f1,2 "$work/host.pub")" >"$work/known_hosts"
    server_port=$1 may_open "127.0.0.1:$closing"
}

# goes_on: the session that was there from the beginning.
goes_on()
{
    is_running "$client_pid" || fail "$1: the session has ended"
    "$traffic" echo "$forward" 3 || fail "$1: the session suffers"
}

# The number of the socket that listens on this port of 127.0.0.1.
socket_at()
{
    awk -v at="0100007F:$(printf %04X "$1")" '$2 == at && $4 == "0A" { print $10 }' /proc/net/tcp
}

one=$(free_port) two=$(free_port) three=$(free_port)

for workers in 1 4; do
    echo "with $workers workers"
    forward=$(free_port)
    server_port=$one
    places=("127.0.0.1:$one")
    : >"$work/aditd.log"
    run_aditd
    server_pid=$started
    await "aditd" listening "$one"
    echo "[127.0.0.1]:$one $(cut -d' ' -f1,2 "$work/host.pub")" >"$work/known_hosts"
    start_client ssh "$forward" -L "$forward:127.0.0.1:$serving"

    listen_on "127.0.0.1:$one" "127.0.0.1:$two"
    said "^aditd: listening on 127\.0\.0\.1:$two\$" || fail "two: $(new_lines)"
    [ "$(grep -c 'listening' "$work/new_lines")" -eq 1 ] || fail "two: $(new_lines)"
    serves "$one"
    serves "$two"
    goes_on "two"

    listen_on "127.0.0.1:$two" "127.0.0.1:$three"
    said "^aditd: listening no more on 127\.0\.0\.1:$one\$" || fail "another: $(new_lines)"
    not_listening "$one" || fail "another: the old one is open"
    serves "$two"
    serves "$three"
    goes_on "another"

    # One that is another program's.
    listen_on "127.0.0.1:$serving" "127.0.0.1:$three" "127.0.0.1:$one"
    said "^aditd: .*$serving: Address already in use; what was listened on before stays open\$" ||
        fail "taken: $(new_lines)"
    [ "$(grep -c 'in use' "$work/new_lines")" -eq 1 ] || fail "taken: $(new_lines)"
    for port in "$one" "$two" "$three"; do
        serves "$port"
    done
    goes_on "taken"
    listen_on "127.0.0.1:$three"
    not_listening "$one" || fail "taken: one stays"
    not_listening "$two" || fail "taken: two stays"
    serves "$three"

    # An address and all addresses of a port are in each other's way.
    listen_on "0.0.0.0:$three"
    listens_at 0.0.0.0 "$three" || fail "all addresses: $(new_lines)"
    ! listens_at 127.0.0.1 "$three" || fail "all addresses: the one is there still"
    ! said 'in use' || fail "all addresses: $(new_lines)"
    serves "$three"
    listen_on "127.0.0.1:$three"
    listens_at 127.0.0.1 "$three" || fail "one address: $(new_lines)"
    ! listens_at 0.0.0.0 "$three" || fail "one address: all are there still"
    number=$(socket_at "$three")
    listen_on "192.0.2.77:$three"
    [ "$(socket_at "$three")" = "$number" ] || fail "not ours: it made way for what it was not in"
    said "^aditd: .*192\.0\.2\.77 port $three: .*; what was listened on before stays open\$" ||
        fail "not ours: $(new_lines)"
    serves "$three"

    # All addresses give way to one, but another one is not to be had: they are back.
    for place in "192.0.2.77:$three 127.0.0.1:$three" "127.0.0.1:$three 192.0.2.77:$three"; do
        listen_on "0.0.0.0:$three"
        listens_at 0.0.0.0 "$three" || fail "before $place: $(new_lines)"
        # shellcheck disable=SC2086 # two words
        listen_on $place
        said 'what was listened on before stays open' || fail "$place: $(new_lines)"
        listens_at 0.0.0.0 "$three" || fail "$place: all addresses are lost: $(new_lines)"
        ! listens_at 127.0.0.1 "$three" || fail "$place: the one is there: $(new_lines)"
        serves "$three"
    done
    listen_on "127.0.0.1:$three"
    goes_on "in the way"

    # A name, and one that stands for nothing.
    listen_on "no-such-host.invalid:$two" "127.0.0.1:$three"
    says "listen on no-such-host\.invalid: .*; what was listened on before"
    serves "$three"
    if getent ahostsv6 ip6-localhost | grep -q '^::1 '; then
        listen_on "ip6-localhost:$two" "127.0.0.1:$three"
        says "^aditd: listening on ip6-localhost:$two"
        listen_on "127.0.0.1:$three"
        said "^aditd: listening no more on ip6-localhost:$two" || fail "a name: $(new_lines)"
    fi

    # What does not change is not touched.
    number=$(socket_at "$three")
    listen_on "127.0.0.1:$three"
    [ "$(socket_at "$three")" = "$number" ] || fail "it is another socket"
    stop "$client_pid"
    stop "$server_pid"
    [ "$stopped" -eq 0 ] || fail "the gateway ended with $stopped"
    not_listening "$three" || fail "it is still there"
done
