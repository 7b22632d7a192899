#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Tunnels are asked about and steered while they run: adit up, status, down, add, remove, wait.
. "$(dirname "$0")/client.sh"

sockets=$XDG_RUNTIME_DIR/adit

# host NAME PORT LINES…: a block of the configuration.
host()
{
    local name=$1 port=$2

    shift 2
    cat <<END
Host $name
    HostName 127.0.0.1
    Port $port
    User $login
    IdentityFile $work/user
    IdentitiesOnly yes
    UserKnownHostsFile $work/known_hosts
    GlobalKnownHostsFile /dev/null
END
    printf '    %s\n' "$@"
}

# up ARGUMENTS…
up()
{
    : >"$work/adit.log"
    start adit "$ADIT" up -F "$work/config" "$@"
    client_pid=$started
}

# field NAME EXPRESSION: what python sees as t in the status of that tunnel.
field()
{
    "$ADIT" status --json "$1" 2>/dev/null | python3 -c "
import json, sys
t = json.load(sys.stdin)[0]
f = t['forwards']
print($2)"
}

field_is()
{
    [ "$(field "$1" "$2" 2>/dev/null)" = "$3" ]
}

expect_field()
{
    field_is "$@" || fail "$1: $2 is $(field "$1" "$2"), not $3"
}

try_up()
{
    local local_port remote_port other_port

    local_port=$(free_port) remote_port=$(free_port) other_port=$(free_port)
    {
        host db "$server_port" "LocalForward $local_port 127.0.0.1:$serving" \
            "RemoteForward $remote_port 127.0.0.1:$serving" "ServerAliveInterval 1"
        host other "$server_port" "LocalForward $other_port 127.0.0.1:$serving"
        host unused "$server_port"
        host 'wild*' "$server_port" "LocalForward 1 127.0.0.1:1"
    } >"$work/config"
    up --all
    "$ADIT" wait db other --timeout 60 || fail "--all: not ready"
    "$traffic" push "$local_port" 100000 || fail "--all: -L"
    "$traffic" push "$remote_port" 200000 || fail "--all: -R"
    "$traffic" push "$other_port" 100000 || fail "--all: the second host"
    ! "$ADIT" status unused 2>/dev/null || fail "--all: a host without forwards"
    [ "$(stat -c %a "$sockets")" = 700 ] || fail "the folder's mode"
    [ "$(stat -c %a "$sockets/$client_pid.sock")" = 600 ] || fail "the socket's mode"

    await "the counts" field_is db "f[0]['bytes_sent'] >= 100000" True
    expect_field db "t['state']" up
    expect_field db "t['gateway']['port']" "$server_port"
    expect_field db "'kex' in t['algorithms'] and t['algorithms']['host_key']" ssh-ed25519
    expect_field db "t['last_failure']" None
    expect_field db "(f[0]['kind'], f[0]['listen'], f[0]['target'], f[0]['listens'])" \
        "('local', '127.0.0.1:$local_port', '127.0.0.1:$serving', True)"
    expect_field db "(f[1]['kind'], f[1]['listens'], f[1]['connections_total'])" \
        "('remote', True, 1)"
    expect_field db "f[1]['bytes_received'] >= 200000 and f[0]['bytes_sent'] < 200000" True
    expect_field db "t['bytes_sent'] == sum(i['bytes_sent'] for i in f)" True
    expect_field other "f[0]['connections_total']" 1
    "$ADIT" status >"$work/out.log" || fail "status"
    grep -q "^db: up for .*, pid $client_pid" "$work/out.log" || fail "status: $(cat "$work/out.log")"
    grep -q "^other: up for " "$work/out.log" || fail "status tells of one only"
    await "a sign of life" field_is db "(t['round_trip_us'] or 0) > 0" True
    "$ADIT" status db >"$work/out.log" || fail "status of one"
    grep -qE "^  round trip ([0-9]\.[0-9][0-9]|[0-9][0-9]\.[0-9]|[0-9]{3,}) ms$" "$work/out.log" ||
        fail "the round trip: $(cat "$work/out.log")"

    "$ADIT" down db || fail "down"
    not_listening "$local_port" || fail "down: the port is still there"
    ! "$ADIT" status db 2>/dev/null || fail "down: it is still told of"
    "$traffic" push "$other_port" 1000 || fail "down takes the other tunnel along"
    "$ADIT" down other || fail "down of the last one"
    ends "$client_pid" 60 || fail "it stays without a tunnel"
    [ "$stopped" -eq 0 ] || fail "down: ended with $stopped"
    [ ! -e "$sockets/$client_pid.sock" ] || fail "the socket is left behind"
    echo "up and down"
}

try_plain()
{
    local port first second name="$login@127.0.0.1"

    port=$(free_port)
    begin -N -L "$port:127.0.0.1:$serving"
    first=$client_pid
    "$ADIT" wait "$name" --timeout 60 || fail "a plain tunnel: not ready"
    begin -N
    second=$client_pid
    await "the second program" test -S "$sockets/$second.sock"
    [ "$("$ADIT" status --json | python3 -c 'import json, sys; print(len(json.load(sys.stdin)))')" = 2 ] ||
        fail "status does not tell of both programs"

    # A program that was killed leaves its socket; the next who looks takes it away.
    kill -KILL "$second"
    ends "$second" 60 || fail "no end"
    [ -S "$sockets/$second.sock" ] || fail "this is no test"
    expect_field "$name" "t['pid']" "$first"
    [ ! -e "$sockets/$second.sock" ] || fail "the socket of a dead program stays"

    "$ADIT" down --all || fail "down --all"
    ends "$first" 60 || fail "down --all: no end"
    [ "$stopped" -eq 0 ] || fail "down --all: ended with $stopped"
    status=0
    "$ADIT" status 2>"$work/adit.log" >"$work/out.log" || status=$?
    [ "$status" -eq 1 ] || fail "no tunnel: status $status"
    run "$ADIT" down --all
    [ "$status" -eq 1 ] && said "no tunnel is running" || fail "down --all of none: status $status"
    [ "$("$ADIT" status --json 2>/dev/null || true)" = "[]" ] || fail "no tunnel: JSON"
    status=0
    "$ADIT" wait nobody --timeout 1 2>"$work/adit.log" || status=$?
    [ "$status" -eq 1 ] || fail "wait for nobody: status $status"
    echo "plain tunnels"
}

try_changes()
{
    local port dynamic remote

    port=$(free_port) dynamic=$(free_port) remote=$(free_port)
    host db "$server_port" >"$work/config"
    up db
    "$ADIT" wait db --timeout 60 || fail "without forwards"
    "$ADIT" add db -L "$port:127.0.0.1:$serving" -D "$dynamic" -R "$remote:127.0.0.1:$serving" ||
        fail "add"
    "$traffic" push "$port" 1000 || fail "add -L"
    "$traffic" push "$remote" 1000 || fail "add -R"
    listening "$dynamic" || fail "add -D"
    "$ADIT" add db -L "$port:127.0.0.1:$serving" || fail "add of what is there"
    "$ADIT" remove db -L "$port:127.0.0.1:$serving" -R "$remote:127.0.0.1:$serving" || fail "remove"
    not_listening "$port" || fail "remove -L"
    not_listening "$remote" || fail "remove -R"
    expect_field db "[i['kind'] for i in f]" "['dynamic']"
    status=0
    "$ADIT" remove db -L "$port:127.0.0.1:$serving" 2>"$work/adit.log" || status=$?
    [ "$status" -eq 255 ] || fail "remove of what is not there: status $status"
    status=0
    "$ADIT" add db -L "$serving:127.0.0.1:1" 2>"$work/adit.log" || status=$?
    [ "$status" -eq 255 ] || fail "add of a port in use: status $status"
    grep -q "client side: " "$work/adit.log" || fail "add of a port in use: which side?"
    remote=$("$ADIT" add db -R "0:127.0.0.1:$serving")
    "$traffic" push "$remote" 1000 || fail "add -R 0: $remote"
    status=0
    "$ADIT" add nobody -L "$port:127.0.0.1:$serving" 2>"$work/adit.log" || status=$?
    [ "$status" -eq 1 ] || fail "add to nobody: status $status"
    end
    echo "forwards that come and go"
}

# The gateway is not there yet; the local port is, and who connects meanwhile waits.
try_patience()
{
    local port remote late

    port=$(free_port) remote=$(free_port) late=$(free_port)
    stop "$server_pid"
    host db "$server_port" "LocalForward $port 127.0.0.1:$serving" \
        "RemoteForward $remote 127.0.0.1:$serving" >"$work/config"
    up db
    await "the local port" listening "$port"
    await "the failure" field_is db "t['last_failure']['leg']" gateway
    status=0
    "$ADIT" wait db --timeout 0 2>"$work/wait.log" || status=$?
    [ "$status" -eq 1 ] || fail "wait: status $status without a gateway"
    grep -q "gateway: " "$work/wait.log" || fail "wait does not say why: $(cat "$work/wait.log")"
    grep -q "^adit: db: gateway: .*trying again" "$work/adit.log" || fail "no word of the failure"
    start late "$traffic" push "$port" 1000
    late=$started
    "run_$server_kind"
    server_pid=$started
    await "the gateway" listening "$server_port"
    "$ADIT" wait db --timeout 60 || fail "it does not come up"
    ends "$late" 60 || fail "who came early waits for ever"
    [ "$stopped" -eq 0 ] || fail "who came early was let down"
    "$traffic" push "$remote" 1000 || fail "-R after a late start"
    expect_field db "t['state']" up
    expect_field db "t['outages']" 0
    started=$client_pid
    end
    echo "patience"
}

# A key that is refused is said aloud, and does not end the others.
try_refusal()
{
    local port names

    port=$(free_port)
    make_key stranger ed25519
    {
        host db "$server_port" "LocalForward $port 127.0.0.1:$serving"
        host bad "$server_port" "BatchMode yes" | sed "s,$work/user,$work/stranger,"
    } >"$work/config"
    up bad db
    "$ADIT" wait db --timeout 60 || fail "one that is refused keeps another from its work"
    await "the refusal" grep -q "^adit: bad: .*trying again every minute" "$work/adit.log"
    await "its state" field_is bad "t['state']" waiting
    "$ADIT" down bad || fail "down of one that is not up"
    "$traffic" push "$port" 1000 || fail "down of the refused one ends the other"
    end

    # Whose port is in use is said by name.
    {
        host db "$server_port" "LocalForward $port 127.0.0.1:$serving"
        host other "$server_port" "LocalForward $serving 127.0.0.1:$serving"
    } >"$work/config"
    for names in "db other" "other db"; do
        # shellcheck disable=SC2086 # two words
        run "$ADIT" up -F "$work/config" $names
        [ "$status" -eq 255 ] || fail "up with a port that is in use: $status"
        grep -qxF "adit: other: client side: listen on 127.0.0.1 port $serving: Address already in use" \
            "$work/adit.log" || fail "of a port that is in use: $(cat "$work/adit.log")"
        ! grep -q "^adit: db: .*listen on\|^adit: client side" "$work/adit.log" ||
            fail "of a port that is in use, by another's name: $(cat "$work/adit.log")"
    done

    # A name that stands nowhere is no gateway that is not there yet.
    run "$ADIT" up -F "$work/config" db bda
    [ "$status" -eq 255 ] || fail "up of a name that is nowhere: $status"
    grep -qxF "adit: bda: no Host line of $work/config is for it, and it has no HostName and no forward" \
        "$work/adit.log" || fail "of a name that is nowhere: $(cat "$work/adit.log")"
    echo "refusal"
}

try_ready_fd()
{
    local port fifo=$work/ready line

    port=$(free_port)
    mkfifo "$fifo"
    exec 9<>"$fifo"
    plain_arguments
    start adit "$ADIT" -F none --ready-fd 7 -L "$port:127.0.0.1:$serving" "${arguments[@]}" 7>&9
    client_pid=$started
    read -r -t 60 line <&9 || fail "--ready-fd: nothing comes"
    [ "$line" = ready ] || fail "--ready-fd: $line"
    listening "$port" || fail "--ready-fd: too early"
    exec 9>&-
    end
    echo "readiness"
}

# check COMMAND…: what adit -O says as that command.
check()
{
    "$@" -F none -S "$sockets/$client_pid.sock" -O check anywhere >"$work/check.log" 2>&1
}

# Nobody else gets an answer, though he reach the socket.
try_foreign_user()
{
    local name="$login@127.0.0.1" words

    if [ "$(id -u)" -ne 0 ]; then
        echo "foreign users: not tried, this is not root"
        return
    fi
    begin -N
    await "adit" test -S "$sockets/$client_pid.sock"
    chmod 755 "$work" "$XDG_RUNTIME_DIR" "$sockets"
    chmod 666 "$sockets/$client_pid.sock"
    cp "$ADIT" "$work/copy"
    check "$work/copy" || fail "this is no test: its own user gets no answer"
    ! check setpriv --reuid 65534 --regid 65534 --clear-groups "$work/copy" ||
        fail "a foreign user gets an answer"
    grep -q "no answer that adit understands" "$work/check.log" || fail "$(cat "$work/check.log")"
    status=0
    "$ADIT" status "$name" 2>/dev/null || status=$?
    [ "$status" -eq 255 ] || fail "a folder that others may enter is trusted: status $status"
    for words in "status" "down --all" "down $name" "wait $name --timeout 0"; do
        # shellcheck disable=SC2086 # several words
        run "$ADIT" $words
        expect_failure "$sockets: must be a folder of ours that nobody else may use"
    done
    chmod 700 "$sockets"
    end
    chmod 711 "$work"
    echo "foreign users"
}

# begin_far NAME=VALUE… ARGUMENTS…: adit of a user whom the system does not know, in a /run of his own.
begin_far()
{
    : >"$work/far.log"
    start far "${far[@]}" "$@" -F none -v -o GlobalKnownHostsFile=/dev/null -i "$work/far/key" \
        -o "UserKnownHostsFile=$work/far/known_hosts" -p "$server_port" "$login@127.0.0.1"
}

# ask_far WORDS…: as after his login.
ask_far()
{
    run "${far[@]}" XDG_RUNTIME_DIR=/run/user/54321 "$work/copy" "$@"
}

# A unit of the machine has not the environment of a login, and may write in other folders.
try_far_folders()
{
    local name="$login@127.0.0.1" holder socket number port
    local far_pids=() far=()

    if [ "$(id -u)" -ne 0 ] || ! unshare --mount true 2>/dev/null; then
        echo "folders: not tried, there is no mount namespace"
        return
    fi
    port=$(free_port)
    mkdir -p "$work/far"
    cp "$work/user" "$work/far/key"
    cp "$work/known_hosts" "$work/far/known_hosts"
    chown -R 54321:54321 "$work/far"
    cp "$ADIT" "$work/copy"
    # shellcheck disable=SC2016 # for the inner shell
    start holder unshare --mount sh -c 'mount -t tmpfs none /run
        mkdir -p -m 755 /run/user /run/adit && mkdir -m 700 /run/user/54321 /run/adit/54321
        chown 54321:54321 /run/user/54321 /run/adit/54321
        : >"$1" && exec sleep 600' sh "$work/made"
    holder=$started
    await "a /run" test -e "$work/made"
    far=(nsenter --mount="/proc/$holder/ns/mnt" --root="/proc/$holder/root"
        setpriv --reuid 54321 --regid 54321 --clear-groups env -i HOME="$work/far")

    for socket in /run/user/54321/adit /run/adit/54321 "$work/far/.local/state/adit/run"; do
        begin_far "$work/copy" -N
        far_pids+=("$started")
        await "a socket in $socket" test -S "/proc/$holder/root$socket/$started.sock"
        # The next one cannot listen there.
        chmod 500 "/proc/$holder/root$socket"
    done
    begin_far "$work/copy" -q -N
    number=$started
    begin_far "$work/copy" -L "$port:127.0.0.1:$serving"
    await "who can listen nowhere" listening "$port"
    grep -q "^adit: adit status cannot tell of this tunnel: $work/far/.*: Permission denied" "$work/far.log" ||
        fail "no word of it: $(cat "$work/far.log")"
    stop "$started"
    started=$number
    stop "$started"

    ask_far status
    [ "$status" -eq 0 ] || fail "status: $status, $(cat "$work/adit.log")"
    [ "$(grep -o ' pid [0-9]*' "$work/out.log" | sort -n)" = "$(printf ' pid %s\n' "${far_pids[@]}" | sort -n)" ] ||
        fail "not each once: $(cat "$work/out.log")"
    ask_far wait "$name"
    [ "$status" -eq 0 ] || fail "wait: $status"
    chmod 755 "/proc/$holder/root/run/adit/54321"
    ask_far status
    [ "$status" -eq 255 ] && [ "$(grep -c ' pid ' "$work/out.log")" -eq 2 ] || fail "one folder of three: $status"
    said "/run/adit/54321: must be a folder of ours" || fail "which folder? $(cat "$work/adit.log")"
    ask_far status "$name"
    [ "$status" -eq 0 ] || fail "what was asked for is there: $status"
    chmod 700 "/proc/$holder/root/run/adit/54321" "/proc/$holder/root/run/user/54321/adit" \
        "$work/far/.local/state/adit/run"
    ask_far down --all
    [ "$status" -eq 0 ] || fail "down --all: $status"
    for started in "${far_pids[@]}"; do
        ends "$started" 60 || fail "down --all leaves one"
    done
    stop "$holder"
    echo "folders"
}

need python3 setpriv nsenter unshare
make_keys
start_traffic
# Of port 0 sshd is content with one of its two addresses, and the other may be anybody's.
server_options=("AddressFamily inet")
for server_kind in sshd aditd; do
    start_server "$server_kind"
    try_up
    try_plain
    try_changes
    try_patience
    [ "$server_kind" = sshd ] || stop "$server_pid"
    [ "$server_kind" = aditd ] || {
        try_refusal
        try_ready_fd
        try_foreign_user
        try_far_folders
        stop "$server_pid"
    }
    echo "--- with $server_kind"
done
