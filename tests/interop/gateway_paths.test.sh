#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Sockets in the gateway's file system: closed by default, whose they are, what becomes of them.
. "$(dirname "$0")/gateway.sh"

need socat
[ -x "$ADIT" ] || skip "$ADIT is not built"

# attempt ARGUMENTS…: adit to its end, its words in adit.log.
attempt()
{
    openssh_arguments
    status=0
    timeout 40 "$ADIT" "${arguments[@]}" "$@" "$login@127.0.0.1" >"$work/adit.log" 2>&1 ||
        status=$?
}

# answers PORT: whether a connection there reaches the traffic server.
answers()
{
    "$traffic" push "$1" 1000 2>/dev/null
}

try_defaults()
{
    local port

    gateway "PermitOpen any" "PermitListen any"
    port=$(free_port)
    start_client adit "$port" -L "$port:$work/target.sock"
    ! answers "$port" || fail "a path is open by default"
    says "not allowed to open $work/target.sock: AllowStreamLocalForwarding forbids it"
    stop "$client_pid"
    attempt -R "$work/mine.sock:127.0.0.1:$serving"
    [ "$status" -eq 255 ] || fail "a path may be listened at by default"
    says "not allowed to listen at $work/mine.sock: AllowStreamLocalForwarding forbids it"

    gateway "AllowStreamLocalForwarding yes" "PermitOpen any" "SshdDefaults yes"
    port=$(free_port)
    start_client adit "$port" -L "$port:$work/target.sock"
    ! answers "$port" || fail "a path that no permit names is open"
    says "add permitopen=\"$work/target.sock\" to the key's line, or PermitOpen"
    stop "$client_pid"
    echo "closed by default"
}

# The key's own line opens what it names; the client hears why the rest is refused.
try_key_lines()
{
    local port other

    gateway "AllowStreamLocalForwarding yes"
    authorize "permitopen=\"$work/target.sock\",permitlisten=\"$work/mine.sock\"" user
    port=$(free_port) other=$(free_port)
    start_client adit "$other" -L "$port:$work/target.sock" -L "$other:$work/other.sock"
    answers "$port" || fail "the key's path is not open"
    ! answers "$other" || fail "another path is open"
    grep -qF "gateway: connections to $work/other.sock are not permitted: not allowed to open" \
        "$work/adit.log" || fail "adit does not say why"
    stop "$client_pid"
    authorize '' user
    echo "paths of a key's line"
}

mode_of()
{
    stat -c %a "$1"
}

try_listeners()
{
    local first second port

    gateway "AllowStreamLocalForwarding yes" "PermitListen $work/*.sock" \
        "PermitOpen $work/mine.sock"
    start_client adit "$(free_port_listening)" -R "$work/mine.sock:127.0.0.1:$serving"
    first=$client_pid
    await "the socket" test -S "$work/mine.sock"
    [ "$(mode_of "$work/mine.sock")" = 600 ] || fail "its mode is $(mode_of "$work/mine.sock")"
    says "listen user=tunnel key=.* path=$work/mine.sock"

    # Another key does not get it; the same key does, at once.
    user_key=second
    attempt -R "$work/mine.sock:127.0.0.1:$serving"
    [ "$status" -eq 255 ] || fail "another key got the path"
    says "$work/mine.sock is held by user=tunnel key="
    user_key=user
    port=$(free_port)
    start_client adit "$port" -R "$work/mine.sock:127.0.0.1:$serving" -L "$port:$work/mine.sock"
    second=$client_pid
    says "takeover path=$work/mine.sock"
    ends "$first" 60 || fail "the first session goes on"
    answers "$port" || fail "the path does not lead to the second session"
    stop "$second"
    await_gone "$work/mine.sock"
    echo "paths that clients listen at"
}

try_leftovers()
{
    local port

    # What somebody else left: an error, or, where that is asked for, in the way no more.
    socat "UNIX-LISTEN:$work/mine.sock,unlink-close=0" /dev/null &
    wait_for_socket "$work/mine.sock"
    kill $! && wait $! 2>/dev/null || true
    gateway "AllowStreamLocalForwarding yes" "PermitListen $work/*.sock"
    attempt -R "$work/mine.sock:127.0.0.1:$serving"
    [ "$status" -eq 255 ] || fail "a socket that is there gave way"
    says "listen at $work/mine.sock: Address already in use"
    touch "$work/file.sock"
    gateway "AllowStreamLocalForwarding yes" "PermitListen $work/*.sock" \
        "StreamLocalBindUnlink yes" "StreamLocalBindMask 0117"
    attempt -R "$work/file.sock:127.0.0.1:$serving"
    [ "$status" -eq 255 ] && [ -f "$work/file.sock" ] || fail "a file that is no socket gave way"
    port=$(free_port)
    start_client adit "$port" -R "$work/mine.sock:127.0.0.1:$serving" -L "$port:127.0.0.1:1"
    await "the mode" test "$(mode_of "$work/mine.sock")" = 660
    stop "$client_pid"
    await_gone "$work/mine.sock"
    echo "sockets that are there already"
}

# A port that listens already, for a client that opens none.
free_port_listening()
{
    echo "$serving"
}

await_gone()
{
    started=$server_pid
    await "the end of $1" test ! -e "$1"
}

wait_for_socket()
{
    local i

    for ((i = 0; i < 400; i++)); do
        [ ! -S "$1" ] || return 0
        sleep 0.05
    done
    fail "no socket at $1"
}

make_keys
make_key second ed25519
cat "$work/second.pub" >>"$work/authorized_keys"
start_traffic
start target socat "UNIX-LISTEN:$work/target.sock,fork" "TCP:127.0.0.1:$serving"
wait_for_socket "$work/target.sock"
try_defaults
try_listeners
try_leftovers
try_key_lines
