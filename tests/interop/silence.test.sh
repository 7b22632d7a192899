#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# A gateway that falls silent ends the attempt, whichever answer it is that does not come: adit check
# names the leg, and a tunnel that was up is lost. All of them at once: each answer to the login is
# given half a minute.
. "$(dirname "$0")/client.sh"

# answer | status of adit check | leg | who must act | what it says
cases='
identification|14|key exchange|gateway|does not answer as an SSH server: no answer in time
kexinit|14|key exchange|client side|key exchange with 127.0.0.1:PORT: no answer in time
kex-reply|14|key exchange|client side|key exchange with 127.0.0.1:PORT: no answer in time
newkeys|16|login|gateway|key exchange with 127.0.0.1:PORT: no answer in time
service|16|login|gateway|login at 127.0.0.1:PORT: no answer in time
login|16|login|gateway|login at 127.0.0.1:PORT: no answer in time
forward|17|permission|gateway|no sign of life
'

# begin_silent NAME ANSWER ADIT…: the silent gateway, and adit with what leads there.
begin_silent()
{
    local name=$1 answer=$2 port

    shift 2
    start "peer-$name" "$BUILD/tests/moody" "$work/$name.port" "$work/host" "$answer"
    await "the peer" test -s "$work/$name.port"
    read -r port <"$work/$name.port"
    echo "[127.0.0.1]:$port $(cut -d' ' -f1,2 "$work/host.pub")" >"$work/$name.known"
    start "$name" "$@" -F none -p "$port" -i "$work/user" -o IdentityAgent=none \
        -o UserKnownHostsFile="$work/$name.known" -o GlobalKnownHostsFile=/dev/null \
        -o BatchMode=yes -o ConnectTimeout=2 -o ServerAliveInterval=1 -o ServerAliveCountMax=2 \
        -o Reconnect=no -R "0:127.0.0.1:9" "tunnel@127.0.0.1"
}

# is_ended NAME STATUS SENTENCE
is_ended()
{
    local port

    ends "${ids[$1]}" 90 || fail "$1: adit waits and waits"
    read -r port <"$work/$1.port"
    [ "$stopped" -eq "$2" ] || fail "$1: adit ended with $stopped, not $2: $(cat "$work/$1.log")"
    grep -qF -- "${3/PORT/$port}" "$work/$1.log" || fail "$1: it says: $(cat "$work/$1.log")"
}

make_keys
declare -A ids
while IFS='|' read -r answer _; do
    [ -n "$answer" ] || continue
    begin_silent "check-$answer" "$answer" "$ADIT" check
    ids[check-$answer]=$started
    begin_silent "run-$answer" "$answer" "$ADIT"
    ids[run-$answer]=$started
done <<<"$cases"
while IFS='|' read -r answer status leg who sentence; do
    [ -n "$answer" ] || continue
    is_ended "check-$answer" "$status" "$sentence"
    grep -qE "^$leg +FAILED " "$work/check-$answer.log" || fail "$answer: no failure of $leg"
    grep -qx "who must act: $who" "$work/check-$answer.log" || fail "$answer: who must act"
    is_ended "run-$answer" 255 "$sentence"
    echo "$answer"
done <<<"$cases"
