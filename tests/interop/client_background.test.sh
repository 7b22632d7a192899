#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# adit -f, -E, signals, and the end of the gateway: scripts rely on the exit status and on the
# moment of the return.
. "$(dirname "$0")/client.sh"

# The process that -f left behind is found by its command line, which has this test's folder.
left_behind()
{
    pgrep -f -- "^$ADIT .*$work/user" || true
}

# adopt: what -f left behind becomes $client_pid, which ends with the test.
adopt()
{
    client_pid=$(left_behind)
    [ "$(wc -w <<<"$client_pid")" -eq 1 ] || fail "-f left these processes: $client_pid"
    pids+=("$client_pid")
}

# Init may take its time until it has waited for what is not our child.
gone()
{
    ! is_running "$client_pid" || [[ $(ps -o stat= "$client_pid") == Z* ]]
}

# await_gone WHAT
await_gone()
{
    started=$$
    await "$1" gone
    forget "$client_pid"
}

dismiss()
{
    kill "$client_pid"
    await_gone "the end"
}

# in_background ARGUMENTS…: returns as adit -f does, with its status.
in_background()
{
    plain_arguments
    run "$ADIT" -F none -f "$@" "${arguments[@]}"
}

# Whoever waits for the pipe's end, as `$(adit -f …)` does, must not wait for the tunnel's.
try_return()
{
    local port near far text fd i

    for ((i = 0; i < 5; i++)); do
        near=$(free_port) far=$(free_port)
        in_background -L "$near:127.0.0.1:$serving" -R "127.0.0.1:$far:127.0.0.1:$serving"
        [ "$status" -eq 0 ] || fail "-f ended with $status"
        "$traffic" push "$near" 1000 || fail "-f came back before the local forward was up"
        "$traffic" push "$far" 1000 || fail "-f came back before the remote forward was up"
        adopt
        dismiss
    done
    [ ! -s "$work/adit.log" ] || fail "-f has something to say"

    port=$(free_port)
    plain_arguments
    text=$(timeout -k 5 20 "$ADIT" -F none -f -L "$port:127.0.0.1:$serving" -R "0:127.0.0.1:1" \
        "${arguments[@]}" 2>&1) || fail "-f holds the pipe of its output open"
    [[ $text =~ ^'Allocated port '[0-9]+' for remote forward to 127.0.0.1:1'$ ]] ||
        fail "-f said: $text"
    adopt
    [ "$(ps -o tty= -o sid= "$client_pid" | xargs)" = "? $client_pid" ] || fail "it has a terminal"
    for fd in 0 1 2; do
        [ "$(readlink "/proc/$client_pid/fd/$fd")" = /dev/null ] || fail "it holds descriptor $fd"
    done
    dismiss
    await_port_end "$port"
    echo "-f comes back when all is up"
}

await_port_end()
{
    started=$$
    await "the end of port $1" not_listening "$1"
}

in_background_fails()
{
    local sentence=$1

    shift
    in_background "$@"
    expect_failure "$sentence"
    [ -z "$(left_behind)" ] || fail "a process is left behind: $sentence"
}

try_failures()
{
    local port

    port=$(free_port)
    in_background_fails "Address already in use" -L "$serving:127.0.0.1:1"
    in_background_fails "refused to listen" -L "$port:127.0.0.1:1" \
        -R "127.0.0.1:$serving:127.0.0.1:1"
    not_listening "$port" || fail "a forward is left behind"
    in_background_fails "login as $login refused" -o PubkeyAuthentication=no -o BatchMode=yes
    in_background_fails "connect to" -p "$(free_port)"
    in_background_fails "is not known" -o StrictHostKeyChecking=yes -o UserKnownHostsFile=/dev/null
    echo "-f that fails leaves nothing behind"
}

# Questions are asked before it goes to the background.
try_questions()
{
    cp "$work/user" "$work/locked"
    ssh-keygen -q -p -N 'open sesame' -f "$work/locked" >>"$work/keys.log"
    will_answer 'open sesame'
    plain_arguments
    arguments=("${arguments[@]/$work\/user/$work/locked}")
    run "$ADIT" -F none -f -L "$(free_port):127.0.0.1:1" "${arguments[@]}" -E "$work/user.said"
    [ "$status" -eq 0 ] || fail "-f with a question ended with $status"
    [ "$(questions)" -eq 1 ] || fail "-f with a question asked $(questions) times"
    adopt
    dismiss
    echo "-f asks first"
}

has_forked()
{
    [ "$(left_behind | wc -l)" -eq 2 ]
}

# If who started it is gone before it is up, nobody knows of it: it goes too.
try_orphan()
{
    local port front

    port=$(free_port)
    kill -STOP "$server_pid"
    plain_arguments
    start front "$ADIT" -F none -f -L "$port:127.0.0.1:1" "${arguments[@]}"
    front=$started
    await "the fork" has_forked
    client_pid=$(left_behind | grep -vx "$front")
    pids+=("$client_pid")
    stop "$front"
    kill -CONT "$server_pid"
    await_gone "the end of what nobody waits for"
    not_listening "$port" || fail "a forward that nobody waits for"
    echo "-f whose caller is gone goes too"
}

try_log_file()
{
    local port nobody

    port=$(free_port) nobody=$(free_port)
    echo "what was there" >"$work/said"
    in_background -E "$work/said" -L "$port:127.0.0.1:$nobody"
    [ "$status" -eq 0 ] || fail "-E: ended with $status"
    adopt
    "$traffic" refused "$port" || fail "-E: a target that is not there"
    [ "$(head -n 1 "$work/said")" = "what was there" ] || fail "-E does not append"
    started=$client_pid
    await "-E: the sentence" grep -q "^adit: server side: .*127.0.0.1:$nobody" "$work/said"
    dismiss
    [ ! -s "$work/adit.log" ] || fail "-E: a word on stderr"

    plain_arguments
    rm "$work/said"
    run "$ADIT" -F none -E "$work/said" -p "$nobody" "${arguments[@]}"
    [ "$status" -eq 255 ] || fail "-E: status $status"
    [ ! -s "$work/adit.log" ] || fail "-E: a word on stderr"
    [ "$(grep -c '^adit: gateway: ' "$work/said")" -eq 1 ] || fail "-E: not one sentence"
    [ "$(stat -c %a "$work/said")" = 600 ] || fail "-E: others may read it"
    rejects "$work/none/said: No such file" -E "$work/none/said" nowhere.invalid
    echo "messages in a file"
}

try_signals()
{
    local signal port holding

    for signal in TERM INT HUP; do
        port=$(free_port)
        # A shell lets its background processes ignore SIGINT, and adit would obey.
        plain_arguments
        : >"$work/adit.log"
        start adit env --default-signal=INT "$ADIT" -F none -v -L "$port:127.0.0.1:$serving" \
            "${arguments[@]}"
        client_pid=$started
        await "the forward" listening "$port"
        await "adit" is_settled
        # timeout(1) sends it to the process and to its group: still one wish.
        kill "-$signal" "$client_pid"
        kill "-$signal" "$client_pid" 2>/dev/null || true
        ends "$client_pid" 60 || fail "SIG$signal does not end it"
        [ "$stopped" -eq 0 ] || fail "SIG$signal: ended with $stopped"
        not_listening "$port" || fail "SIG$signal: the port is still there"
        said "asked to stop" || fail "SIG$signal: -v does not tell"
    done

    # What is in use is given time to finish, but not for ever; nohup is obeyed.
    port=$(free_port)
    plain_arguments
    : >"$work/adit.log"
    start adit nohup "$ADIT" -F none -L "$port:127.0.0.1:$serving" "${arguments[@]}"
    client_pid=$started
    await "adit" is_settled
    hold "$port"
    kill -HUP "$client_pid"
    "$traffic" push "$port" 1000000 || fail "SIGHUP ends it though it is ignored"
    kill "$client_pid"
    ends "$client_pid" 60 || fail "a connection keeps it from ending"
    [ "$stopped" -eq 0 ] || fail "a connection that is cut: ended with $stopped"
    ends "$holding" 60 || fail "a connection outlives adit"

    # Asked again later, it does not wait.
    : >"$work/adit.log"
    start adit "$ADIT" -F none -v -L "$port:127.0.0.1:$serving" "${arguments[@]}"
    client_pid=$started
    await "adit" is_settled
    hold "$port"
    "$traffic" push "$port" 1000 || fail "the connection beside it"
    kill "$client_pid"
    started=$client_pid
    await "the wish to stop" said "asked to stop"
    kill -STOP "$client_pid" # so that its time to stop does not end meanwhile
    sleep 0.6
    kill "$client_pid"
    kill -CONT "$client_pid"
    ends "$client_pid" 60 || fail "the second signal does not end it"
    [ "$stopped" -eq 143 ] || fail "the second signal: ended with $stopped"
    ends "$holding" 60 || fail "a connection outlives adit"
    echo "signals"
}

# gateway_ends SENTENCE COMMAND…: the gateway goes while the tunnel is up.
gateway_ends()
{
    local sentence=$1 port

    shift
    port=$(free_port)
    begin -o Reconnect=no -o ServerAliveInterval=1 -o ServerAliveCountMax=2 -L "$port:127.0.0.1:$serving"
    await "adit" listening "$port"
    "$@"
    ends "$client_pid" 60 || fail "$*: adit does not notice"
    status=$stopped
    expect_failure "adit: gateway: the connection to 127.0.0.1:$server_port was lost: $sentence"
    not_listening "$port" || fail "$*: the port is still there"
}

# Of sshd's processes these are the ones with our connection.
kill_session()
{
    pkill -KILL -P "$server_pid"
}

silence_session()
{
    mapfile -t silenced < <(pgrep -P "$server_pid")
    kill -STOP "${silenced[@]}"
}

try_gateway_ends()
{
    gateway_ends "the peer closed the connection" kill_session
    gateway_ends "no sign of life from the peer" silence_session
    kill -CONT "${silenced[@]}" 2>/dev/null || true
    echo "the end of the gateway"
}

# What -f left behind has nowhere else to say it.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}log_path=$work/sanitizer
UBSAN_OPTIONS=$UBSAN_OPTIONS:log_path=$work/sanitizer

need pgrep pkill ps ssh-keygen
make_keys
start_traffic
start_server sshd
try_return
try_failures
try_questions
try_orphan
try_log_file
try_signals
try_gateway_ends
! cat "$work"/sanitizer.* 2>/dev/null || fail "a sanitizer spoke"
