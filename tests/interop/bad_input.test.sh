#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Bad input from the network ends that connection, in bounded time and with a line in the log. It ends
# no program, and the tunnel beside it does not notice.
. "$(dirname "$0")/lib.sh"

bad_input=$BUILD/tests/bad_input

# says_why SERVER LINES: whether its log went on after so many lines; the gateway says in exactly one
# line why there was no login.
says_why()
{
    tail -n "+$(($2 + 1))" "$work/$1.log" >"$work/new_lines"
    case $1 in
    aditd) [ "$(grep -c 'no login: ' "$work/new_lines")" -eq 1 ] ;;
    *) [ -s "$work/new_lines" ] ;;
    esac
}

# Every case against a server, one by one and all at once, while a tunnel through it is used.
against_server()
{
    local server=$1 port name said jobs=() holding

    server_options=("LoginGraceTime 5")
    start_server "$server"
    port=$(free_port)
    start_client ssh "$port" -L "$port:127.0.0.1:$serving"
    hold "$port"

    for name in $("$bad_input"); do
        said=$(wc -l <"$work/$server.log")
        "$bad_input" connect "$server_port" "$name" || fail "$server: $name"
        is_running "$server_pid" || fail "$server has ended after $name"
        started=$server_pid
        await "$server's word about $name" says_why "$server" "$said"
    done
    for name in $("$bad_input"); do
        "$bad_input" connect "$server_port" "$name" >>"$work/storm.log" 2>&1 &
        jobs+=($!)
    done
    wait "${jobs[@]}" || fail "$server: all at once"

    stop "$holding"
    [ "$stopped" -eq 0 ] || fail "$server: the tunnel beside it suffered"
    "$traffic" push "$port" 1000000 || fail "$server: the tunnel beside it has ended"
    stop "$client_pid"
    ! grep -aP '[\x00-\x08\x0b-\x1f\x7f]' "$work/$server.log" | grep -avP '\r$' ||
        fail "$server: control characters in the log"
    stop "$server_pid"
    echo "$server: every case"
}

# Every case against a client: it ends by itself, not with success, and says why.
against_client()
{
    local client=$1 name peer

    client_options=(-o ConnectTimeout=3)
    for name in $("$bad_input"); do
        case $client:$name in
        ssh:slow-*) continue ;; # it waits for each byte anew
        esac
        rm -f "$work/port" "$work/$client.log"
        start peer "$bad_input" listen "$work/port" "$name"
        peer=$started
        await "the peer" test -s "$work/port"
        read -r server_port <"$work/port"
        echo "[127.0.0.1]:$server_port $(cut -d' ' -f1,2 "$work/host.pub")" >"$work/known_hosts"
        "run_$client" -L "$(free_port):127.0.0.1:$serving"
        client_pid=$started
        ends "$client_pid" 60 || fail "$client hangs: $name"
        case $stopped in
        0) fail "$client is content with $name" ;;
        12[0-9] | 1[3-9][0-9]) fail "$client ended with $stopped: $name" ;;
        esac
        [ "$(grep -c "^$client: " "$work/$client.log")" -eq 1 ] || [ "$client" = ssh ] ||
            fail "$client did not say in one line what was wrong with $name"
        sed "s/^/$name: /" "$work/$client.log" >>"$work/said.log"
        ends "$peer" 60 || fail "the peer hangs: $name"
        [ "$stopped" -eq 0 ] || fail "$client did not hang up: $name"
    done
    echo "$client: every case"
}

# T32: the peer of short-public-value has no strict key exchange, and goes no further where one is
# asked for; whoever has it does not notice.
strict_is_required()
{
    local missing="the peer has no strict key exchange, which is required here" peer port

    server_options=("RequireStrictKex yes")
    start_server aditd
    "$bad_input" connect "$server_port" short-public-value || fail "aditd: RequireStrictKex"
    await "the gateway's refusal" grep -q "no login: .*$missing" "$work/aditd.log"
    client_options=(-o RequireStrictKex=yes)
    port=$(free_port)
    start_client adit "$port" -L "$port:127.0.0.1:$serving"
    stop "$client_pid"
    stop "$server_pid"

    rm -f "$work/port" "$work/adit.log"
    start peer "$bad_input" listen "$work/port" short-public-value
    peer=$started
    await "the peer" test -s "$work/port"
    read -r server_port <"$work/port"
    echo "[127.0.0.1]:$server_port $(cut -d' ' -f1,2 "$work/host.pub")" >"$work/known_hosts"
    run_adit -L "$(free_port):127.0.0.1:$serving"
    ends "$started" 60 || fail "adit goes on without strict key exchange"
    [ "$stopped" -ne 0 ] || fail "adit is content without strict key exchange"
    grep -q "^adit: gateway: .*$missing" "$work/adit.log" || fail "adit does not say what is missing"
    ends "$peer" 60 || fail "adit did not hang up"
    echo "RequireStrictKex"
}

need ssh
make_keys
start_traffic
login=nobody
for program in ${*:-aditd adit}; do
    case $program in
    *d) against_server "$program" ;;
    *) against_client "$program" ;;
    esac
done
[ $# -gt 0 ] || strict_is_required
