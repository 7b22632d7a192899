#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Who starts adit is told when all is up: a service manager by sd_notify(3), a script by a descriptor
# or by -f, which returns.
. "$(dirname "$0")/client.sh"

# A manager that writes down what it is told.
cat >"$work/manager.py" <<'END'
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1].replace("@", "\0", 1))
with open(sys.argv[2], "w", buffering=1) as out:
    out.write("listening\n")
    while True:
        out.write(s.recv(4096).decode() + "\n")
END

# start_manager NAME
start_manager()
{
    rm -f "$work/told"
    start manager python3 "$work/manager.py" "$1" "$work/told"
    manager=$started
    await "the manager" test -s "$work/told"
}

told()
{
    grep -qE "^$1" "$work/told"
}

write_config()
{
    cat >"$work/config" <<END
Host db
    HostName 127.0.0.1
    Port $server_port
    User $login
    IdentityFile $work/user
    UserKnownHostsFile $work/known_hosts
    GlobalKnownHostsFile /dev/null
    LocalForward $1 127.0.0.1:$serving
    RemoteForward $2 127.0.0.1:$serving
END
}

try_manager()
{
    local name=$1 port remote

    port=$(free_port) remote=$(free_port)
    write_config "$port" "$remote"
    start_manager "$name"
    stop "$server_pid"
    start adit env NOTIFY_SOCKET="$name" WATCHDOG_USEC=400000 "$ADIT" up -F "$work/config" db
    client_pid=$started
    await "the trouble" told "STATUS=0 of 1 tunnel up; db: gateway: connect to"
    ! told READY=1 || fail "ready without a gateway"
    await "the watchdog" told WATCHDOG=1
    run_sshd
    server_pid=$started
    started=$client_pid
    await "readiness" told READY=1
    "$traffic" push "$port" 1000 || fail "ready, but -L is not"
    "$traffic" push "$remote" 1000 || fail "ready, but -R is not"
    await "the status" told "STATUS=1 of 1 tunnel up$"
    : >"$work/adit.log"
    end
    told STOPPING=1 || fail "no word of the end"
    [ "$(grep -c READY=1 "$work/told")" -eq 1 ] || fail "ready more than once"
    stop "$manager"
    echo "a service manager at $name" | sed "s,$work,FOLDER,; s,[0-9]*$,,"
}

# -R is in use: -f and --ready-fd have to wait for it.
try_confirmation()
{
    local port remote holder ready=$work/ready

    port=$(free_port) remote=$(free_port)
    write_config "$port" "$remote"
    begin -N -R "$remote:127.0.0.1:$serving"
    holder=$client_pid
    await "who holds the port" listening "$remote"
    : >"$work/up.log"
    : >"$ready"
    start up "$ADIT" up -F "$work/config" --ready-fd 5 db 5>>"$ready"
    client_pid=$started
    await "the refusal" grep -q "^adit: db: gateway: refused to listen on port $remote of localhost: it may be in use" \
        "$work/up.log"
    [ ! -s "$ready" ] || fail "--ready-fd: ready without -R"
    status=0
    "$ADIT" wait db --timeout 1 2>"$work/wait.log" || status=$?
    [ "$status" -eq 1 ] || fail "wait: ready without -R"
    kill "$holder"
    ends "$holder" 60 || fail "no end"
    await "--ready-fd" grep -qx ready "$ready"
    "$traffic" push "$remote" 1000 || fail "-R is not there"
    started=$client_pid
    "$ADIT" down db
    ends "$client_pid" 60 || fail "no end"

    run "$ADIT" up -f -E "$work/background.log" -F "$work/config" db
    [ "$status" -eq 0 ] || fail "-f: status $status"
    "$traffic" push "$remote" 1000 || fail "-f returns before -R is there"
    "$ADIT" down --all || fail "down of what is in the background"
    not_listening "$port" || fail "-f: down leaves the port"
    echo "confirmation"
}

# is_null NUMBER: that descriptor of the client.
is_null()
{
    [ "$(readlink "/proc/$client_pid/fd/$1")" = /dev/null ]
}

# The descriptor may be one of stdio, whose place then nothing else takes; it must be there.
try_descriptors()
{
    local number

    plain_arguments
    export READY=$work/ready
    for number in 1 2; do
        : >"$READY"
        start adit sh -c 'exec "$@" '"$number"'>>"$READY"' sh \
            "$ADIT" -F none -q --ready-fd "$number" "${arguments[@]}"
        client_pid=$started
        await "--ready-fd $number" grep -qx ready "$READY"
        await "its end" is_null "$number"
        end
        [ "$(cat "$READY")" = ready ] || fail "--ready-fd $number: $(cat "$READY")"

        : >"$READY"
        status=0
        "$ADIT" -F none -f -q --ready-fd "$number" "${arguments[@]}" 1>>"$READY" 2>&1 || status=$?
        [ "$status" -eq 0 ] && [ "$(cat "$READY")" = ready ] || fail "-f --ready-fd $number: $(cat "$READY")"
        "$ADIT" down --all || fail "down of what is in the background"
    done
    rejects "adit: --ready-fd 7 is not open" -F none --ready-fd 7 "${arguments[@]}" 7>&-
    rejects "adit: --ready-fd 7 is not open" up -F none --ready-fd 7 db 7>&-
    status=0
    "$ADIT" -F none --ready-fd 0 "${arguments[@]}" <&- >"$work/adit.log" 2>&1 || status=$?
    expect_failure "adit: --ready-fd 0 is not open"
    echo "descriptors"
}

try_wrong()
{
    rejects "adit: up: names of hosts" up
    rejects "adit: up: -G, -M, -O and -W" up -W a:1 db
    rejects "adit: up: no host of the configuration has forwards" up --all -F none
    rejects "adit: $work/none: No such file" up --all -F "$work/none"
    rejects "adit: down: the names of tunnels" down
    rejects "adit: add: the name of a tunnel" add db
    rejects 'adit: wait: "--json" is not understood' wait --json
    rejects 'adit: wait: "--jso" is not understood' wait --jso
    rejects 'adit: status: "--json=1" is not understood' status --json=1
    rejects "adit: wait: --timeout needs an argument: seconds" wait db --timeout
    rejects 'adit: wait: --timeout: "abc" is no number of seconds up to 2592000' wait --timeout abc db
    rejects 'adit: wait: --timeout: "2592001" is no number' wait --timeout=2592001 db
    rejects 'adit: wait: --timeout: "-1" is no number' wait --timeout -1 db
    rejects "adit: add: -L needs an argument: [bind:]port:host:hostport" add db -L
    # shellcheck disable=SC2046 # many words
    rejects "adit: add: more than 64 forwards" add db $(printf ' -L%d:a:1' {1..65})
    # shellcheck disable=SC2046
    rejects "adit: down: more than 64 names" down $(printf ' n%d' {1..65})
    rejects 'adit: status: "-x" is not understood' status -x
    rejects "adit: wait: the names" wait

    # Nothing but a local port can be wrong at the start without being tried again.
    write_config "$serving" 0
    run "$ADIT" up -F "$work/config" db
    expect_failure "client side: listen on"
    echo "what is wrong"
}

need python3
make_keys
start_traffic
start_server sshd
try_manager "$work/notify"
try_manager "@adit-test-$$"
try_confirmation
try_descriptors
try_wrong
