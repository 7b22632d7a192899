#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# One bit is turned, or the connection is cut, at one byte after another of a whole session. What
# adit hands on is then what was sent, or the beginning of it with a failure: never anything else;
# and no host key is trusted but the gateway's own.
. "$(dirname "$0")/world.sh"

breaker=$BUILD/tests/breaker
payload_size=8000

# One session through the breaker: its output must be what went in when it says that all went well.
session()
{
    status=0
    : >"$work/trusted"
    : >"$work/received"
    on_far timeout $((30 * slack)) "$ADIT" -F none -p "$broken_port" -i "$work/user" -o BatchMode=yes \
        -o "UserKnownHostsFile=$work/trusted" -o GlobalKnownHostsFile=/dev/null \
        -o StrictHostKeyChecking=accept-new -o ConnectTimeout=2 -o ServerAliveInterval=1 \
        -o ServerAliveCountMax=1 -o Reconnect=no -o HostKeyAlias=gateway \
        -W "127.0.0.1:$echoing" "$login@127.0.0.1" \
        <"$work/sent" >"$work/received" 2>"$work/adit.log" || status=$?
}

# judge PLACE: of the session before.
judge()
{
    local came

    came=$(stat -c %s "$work/received")
    cmp -s -n "$came" "$work/sent" "$work/received" || fail "$fault: wrong bytes were handed on"
    [ ! -s "$work/trusted" ] || cmp -s "$work/trusted" "$work/true_key" ||
        fail "$fault: a wrong host key is trusted"
    case $status in
        0)
            [ "$came" -eq "$payload_size" ] || fail "$fault: success, and bytes are missing"
            whole=$((whole + 1))
            ;;
        255)
            [ "$1" != never ] || fail "$fault: it failed where nothing was broken"
            [ "$(grep -c '^adit: ' "$work/adit.log")" -ge 1 ] || fail "$fault: not a word"
            ;;
        *) fail "$fault: adit ended with $status" ;;
    esac
}

# may_succeed PLACE: nothing was broken, or what nobody protects, or it came after the last byte, all
# of which have been compared.
may_succeed()
{
    [ "$1" = never ] || [ "$1" = padding ] || [ "$1" = sealed ]
}

# sweep NUMBER up|down flip|fin|reset|silence FIRST STEP LAST: a session for each of those bytes.
sweep()
{
    local number=$1 direction=$2 how=$3 first=$4 step=$5 last=$6 offset place count=0 since longest=0

    fault="$how, $direction"
    whole=0
    rm -f "$work/breaker.port"
    : >"$work/breaker.log"
    start breaker ip netns exec "$far" "$breaker" "$work/breaker.port" "$server_port" "$direction" \
        "$how" "$first" "$step"
    breaking=$started
    await "the breaker" test -s "$work/breaker.port"
    read -r broken_port <"$work/breaker.port"
    for ((offset = first; offset <= last; offset += step)); do
        fault="$how, $direction, byte $offset"
        since=$(now_ms)
        session
        took=$(($(now_ms) - since))
        [ "$took" -le "$longest" ] || longest=$took
        count=$((count + 1))
        started=$breaking
        await "the breaker's word" has_lines "$count"
        place=$(tail -n 1 "$work/breaker.log")
        place=${place#* }
        judge "$place"
        [ "$status" -ne 0 ] || may_succeed "$place" || fail "$fault: nobody noticed"
        [ "$place" != never ] || break
    done
    [ "$count" -gt 3 ] || fail "$fault: nothing was broken"
    stop "$breaking"
    gateway_is_empty
    row "$number" "$how ${direction}wards, $count bytes from $first" "$(seconds "$longest")" \
        "a failure each; $whole not, $(grep -c padding "$work/breaker.log" || true) in padding" "-"
}

# Half a second after its sessions have ended, or with the grace of those that were cut in silence.
gateway_is_empty()
{
    local i

    for ((i = 0; i < 50 * slack; i++)); do
        [ "$(gateway_descriptors)" -gt "$baseline" ] || break
        sleep 0.1
    done
    [ "$i" -lt $((50 * slack)) ] || fail "$fault: the gateway has $(gateway_descriptors) descriptors, not $baseline"
    left="nothing"
}

has_lines()
{
    [ "$(grep -c ' ' "$work/breaker.log")" -ge "$1" ]
}

title
# Where it is the word on the login whose length was altered, adit waits for the rest of it and the
# gateway for adit: the gateway asks for a sign of life, and does not get one.
server_options=("LoginGraceTime 2" "ClientAliveInterval 2" "ClientAliveCountMax 1"
    "ListenAddress 127.0.0.1:$server_port" "LogLevel ERROR")
gateway_up
start echo ip netns exec "$far" socat TCP-LISTEN:5555,bind=127.0.0.1,fork,reuseaddr PIPE
echoing=5555
await "the echo" listens_on "$far" "$echoing" >"$work/number"
head -c "$payload_size" /dev/urandom >"$work/sent"
echo "gateway $(cut -d' ' -f1,2 "$work/host.pub")" >"$work/true_key"

# The exchange and the login are the first 3 kB or so, then come the bytes of the payload.
fine=97 coarse=397
[ -z "${FAULT_FULL-}" ] || fine=7 coarse=37
baseline=$(gateway_descriptors)
for direction in up down; do
    sweep 40 "$direction" flip 0 "$fine" 3000
    sweep 40 "$direction" flip 3000 "$coarse" 40000
    sweep 41 "$direction" fin 0 "$coarse" 40000
    sweep 41 "$direction" reset 1 "$coarse" 40000
    sweep 41 "$direction" silence 2 $((coarse * 13)) 40000
done
