#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Between the login and the gateway's word on what it is asked for: it hangs up, says no, or nothing
# at all. Losing the gateway is an outage, whenever that is; a no is the end, if it comes first.
. "$(dirname "$0")/world.sh"

moody=$BUILD/tests/moody

# moody_gateway ANSWERS: see moody.c.
moody_gateway()
{
    rm -f "$work/moody.port"
    start moody ip netns exec "$far" "$moody" "$work/moody.port" "$work/host" "$1"
    moody_pid=$started
    await "the gateway" test -s "$work/moody.port"
    read -r moody_port <"$work/moody.port"
    echo "[127.0.0.1]:$moody_port $(cut -d' ' -f1,2 "$work/host.pub")" >"$work/moody_keys"
}

# ask ANSWERS [OPTIONS…]: adit at such a gateway.
ask()
{
    moody_gateway "$1"
    shift
    : >"$work/adit.log"
    marked=0
    start adit ip netns exec "$far" "$ADIT" -F none -v -p "$moody_port" -i "$work/user" -o BatchMode=yes \
        -o "UserKnownHostsFile=$work/moody_keys" -o GlobalKnownHostsFile=/dev/null \
        -o ServerAliveInterval=0 "$@" -L "$local_port:127.0.0.1:1" \
        -R "$remote_port:127.0.0.1:$far_serving" anybody@127.0.0.1
    client_pid=$started
    since=$(now_ms)
}

# ends_with FAULT WORDS SECONDS
ends_with()
{
    ends "$client_pid" "$3" || fail "$1: adit goes on"
    [ "$stopped" -eq 255 ] || fail "$1: adit ended with $stopped"
    said "$2" || fail "$1: not a word of \"$2\""
    left="nothing"
    row - "$1" "$(seconds $(($(now_ms) - since)))" "$2 …" "-"
    stop "$moody_pid"
}

hung_up()
{
    local words=" was lost: " back

    fault=$1
    ask "$2"
    says "$words" 10
    noticed=$took
    says "port $remote_port of localhost listens at the gateway" 10
    back=$took
    is_running "$client_pid" || fail "$fault: adit has ended"
    held=$(listens_on "$far" "$local_port") || fail "$fault: the local port does not listen"
    finish
    left="nothing"
    row - "$fault" "$(seconds "$noticed")" "the connection was lost: …; up again" "$(seconds "$back")"
    stop "$moody_pid"
}

# Who wants a port closed is told so when the connection is: that closes it, too.
mute_at_the_end()
{
    fault="no answer to the end of a forward"
    mkdir -m 700 "$work/control"
    ask y- -o "ControlPath=$work/control/adit" -M
    says "port $remote_port of localhost listens at the gateway" 10
    start drop ip netns exec "$far" "$ADIT" -S "$work/control/adit" -O cancel -F none \
        -R "$remote_port:127.0.0.1:$far_serving" -p "$moody_port" anybody@127.0.0.1
    dropping=$started
    mark
    says "no answer to the request to stop listening on port $remote_port of localhost" 45
    ends "$dropping" 5 || fail "$fault: who asked for it still waits"
    [ "$stopped" -eq 0 ] || fail "$fault: who asked for it was told $stopped"
    noticed=$took
    says "up again after " 10
    finish
    left="nothing"
    row - "$fault" "$(seconds "$noticed")" "no answer to the request to stop …; up again" "$(seconds "$took")"
    stop "$moody_pid"
}

title
hung_up "hung up instead of an answer" xy
hung_up "hung up, then refused, then not" xny
ask n
ends_with "refused to listen at first" "refused to listen on port $remote_port of localhost" 10
mute_at_the_end
ask -
ends_with "no answer to the request to listen" "no answer to the request to listen on" 45
