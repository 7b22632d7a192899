#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Scripts that steer ssh by -M, -S and -O do the same with adit. What ssh answers, ssh itself is
# asked for here.
. "$(dirname "$0")/client.sh"

# master PROGRAM ARGUMENTS…: its status in $status, its words in master.out and master.err.
master()
{
    local program=$1

    shift
    plain_arguments
    status=0
    "$program" -F none -S "$work/$socket" "$@" "${arguments[@]}" >"$work/master.out" \
        2>"$work/master.err" || status=$?
}

# expect STATUS WORDS: …of standard error, without what is different each time.
expect()
{
    [ "$status" -eq "$1" ] || fail "$program $what: status $status, not $1"
    [ "$(sed -E "s,$work/[a-z]+,PATH,; s/[0-9]+/N/g" "$work/master.err" | tr -d '\r')" = "$2" ] ||
        fail "$program $what: $(cat "$work/master.err")"
}

# The same words and numbers of both programs.
try_steering()
{
    local program=$1 socket=$2 port remote pid what

    port=$(free_port) remote=$(free_port)
    what="no master"
    master "$program" -O check
    expect 255 "Control socket connect(PATH): No such file or directory"
    plain_arguments
    start "$2" "$program" -F none -N -M -S "$work/$socket" "${arguments[@]}"
    pid=$started
    await "the master" test -S "$work/$socket"
    [ "$(stat -c %a "$work/$socket")" = 600 ] || fail "the socket's mode"

    what=check
    master "$program" -O check
    expect 0 "Master running (pid=N)"
    grep -q "pid=$pid)" "$work/master.err" || fail "$program check: another pid than $pid"

    what=forward
    master "$program" -O forward -L "$port:127.0.0.1:$serving"
    expect 0 ""
    "$traffic" push "$port" 1000 || fail "$program forward -L"
    master "$program" -O forward -L "$port:127.0.0.1:$serving"
    expect 0 ""
    master "$program" -O forward -R "$remote:127.0.0.1:$serving"
    expect 0 ""
    [ ! -s "$work/master.out" ] || fail "$program forward -R: $(cat "$work/master.out")"
    "$traffic" push "$remote" 1000 || fail "$program forward -R"
    master "$program" -O forward -L "127.0.0.1:$serving:127.0.0.1:$serving"
    [ "$status" -eq 255 ] || fail "$program forward of a port in use: status $status"

    what=cancel
    master "$program" -O cancel -L "$port:127.0.0.1:$serving" -R "$remote:127.0.0.1:$serving"
    expect 0 ""
    not_listening "$port" || fail "$program cancel -L"
    await "$program cancel -R" not_listening "$remote" # ssh does not wait for the server
    master "$program" -O cancel -L "$port:127.0.0.1:$serving"
    [ "$status" -eq 0 ] && grep -q "cancel" "$work/master.err" ||
        fail "$program cancel of nothing: status $status, $(cat "$work/master.err")"

    what="several of which one fails"
    master "$program" -O forward -L "127.0.0.1:$serving:127.0.0.1:$serving" \
        -L "$port:127.0.0.1:$serving" -R "$remote:127.0.0.1:$serving"
    [ "$status" -eq 255 ] || fail "$program $what: status $status"
    "$traffic" push "$port" 1000 || fail "$program $what: -L behind it"
    "$traffic" push "$remote" 1000 || fail "$program $what: -R behind it"
    master "$program" -O cancel -L "127.0.0.1:$serving:127.0.0.1:$serving" \
        -L "$port:127.0.0.1:$serving" -R "$remote:127.0.0.1:$serving"
    [ "$status" -eq 0 ] && grep -q "cancel" "$work/master.err" ||
        fail "$program cancel of $what: status $status, $(cat "$work/master.err")"
    not_listening "$port" || fail "$program cancel of $what: -L"
    await "$program cancel of $what: -R" not_listening "$remote"

    what=forward
    master "$program" -O forward -R "0:127.0.0.1:$serving"
    expect 0 ""
    remote=$(cat "$work/master.out")
    "$traffic" push "$remote" 1000 || fail "$program forward -R 0: \"$remote\""
    master "$program" -O forward -D "$port"
    expect 0 ""
    listening "$port" || fail "$program forward -D"

    what=exit
    master "$program" -O exit
    expect 0 "Exit request sent."
    ends "$pid" 60 || fail "$program: exit does not end it"
    [ ! -e "$work/$socket" ] || fail "$program: the socket stays"
    echo "steering $socket"
}

# As ssh's with -N: no more clients, the ports go on, and the end comes with the last connection.
try_stop()
{
    local program=$1 socket=stop$2 what=stop port pid

    port=$(free_port)
    plain_arguments
    start "stop$2" "$program" -F none -N -M -S "$work/$socket" -L "$port:127.0.0.1:$serving" \
        "${arguments[@]}"
    pid=$started
    await "the master" test -S "$work/$socket"
    await "its port" listening "$port"
    hold "$port"
    master "$program" -O stop
    expect 0 "Stop listening request sent."
    started=$pid
    await "the socket to go" test ! -e "$work/$socket"
    ! ends "$pid" 1 || fail "$program: stop cuts a connection off"
    "$traffic" push "$port" 1000 || fail "$program: stop closes the port"
    stop "$holding"
    [ "$stopped" -eq 0 ] || fail "$program: stop breaks a connection"
    ends "$pid" 60 || fail "$program: it goes on after the last connection"
    [ "$stopped" -eq "$3" ] || fail "$program: after stop it ends with $stopped"

    # With nothing to wait for.
    start "stop$2" "$program" -F none -N -M -S "$work/$socket" "${arguments[@]}"
    pid=$started
    await "the master" test -S "$work/$socket"
    master "$program" -O stop
    ends "$pid" 60 || fail "$program: an idle master goes on"
    echo "stop $2"
}

# What is there when a master begins.
try_beginning()
{
    local socket=taken first program=$ADIT what

    begin -N -M -S "$work/$socket"
    first=$client_pid
    await "the first master" test -S "$work/$socket"
    begin -N -M -S "$work/$socket"
    await "the second one's words" said "ControlSocket $work/$socket already exists, disabling multiplexing"
    end
    what="the first master"
    master "$ADIT" -O check
    expect 0 "Master running (pid=N)"
    kill -KILL "$first"
    ends "$first" 60 || fail "no end"
    what="a dead master"
    master "$ADIT" -O check
    expect 255 "Control socket connect(PATH): Connection refused"
    begin -N -M -S "$work/$socket"
    await "the dead master's place" check_runs
    end

    # Of a path in the configuration, with its tokens, and from the background.
    plain_arguments
    run "$ADIT" -F none -fNM -o "ControlPath=$work/by-%p" "${arguments[@]}"
    [ "$status" -eq 0 ] || fail "-fNM: status $status"
    run "$ADIT" -F none -o "ControlPath=$work/by-%p" -O exit "${arguments[@]}"
    [ "$status" -eq 0 ] || fail "-O exit by ControlPath: status $status"
    run "$ADIT" -F none -O check "${arguments[@]}"
    [ "$status" -eq 255 ] || fail "-O without a path: status $status"
    said 'No ControlPath specified for "-O" command' || fail "-O without a path"
    rejects 'adit: -O "proxy"' -F none -S "$work/$socket" -O proxy gateway
    echo "beginnings"
}

check_runs()
{
    master "$ADIT" -O check
    [ "$status" -eq 0 ] && grep -q "pid=$client_pid)" "$work/master.err"
}

need ssh
make_keys
start_traffic
# Of port 0 sshd is content with one of its two addresses, and the other may be anybody's.
server_options=("AddressFamily inet")
start_server sshd
try_steering ssh openssh
try_steering "$ADIT" own
# ssh has no status for it, and says 255.
try_stop ssh openssh 255
try_stop "$ADIT" own 0
try_beginning
