#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# A gateway with several workers: sessions on all of them, one key's ports taken over from one to
# another, reload and stop under load, and a log of whole lines.
. "$(dirname "$0")/gateway.sh"

[ -x "$ADIT" ] || skip "$ADIT is not built"
sessions=12
workers=4
make_keys
start_traffic
allowed=127.0.0.1:$serving

threads()
{
    local all=("/proc/$server_pid/task/"*)

    echo ${#all[@]}
}

has_threads()
{
    [ "$(threads)" -eq "$1" ]
}

# How many descriptors each epoll of the gateway has, the fullest first.
loops()
{
    local info

    for info in "/proc/$server_pid/fdinfo/"*; do
        grep -c '^tfd:' "$info" 2>/dev/null || true
    done | sort -rn
}

# spread COUNT: so many loops have equally many descriptors, and more than the others.
spread()
{
    [ "$(loops | uniq -c | head -n 1 | awk '{ print $1 }')" -eq "$1" ]
}

said_times()
{
    new_lines >"$work/new_lines"
    [ "$(grep -cE -- "$2" "$work/new_lines")" -eq "$1" ]
}

says_times()
{
    started=$server_pid
    await "$1 times in the log: $2" said_times "$1" "$2"
}

# A sanitizer has threads of its own.
if [ -z "${SANITIZE-}" ]; then
    echo "threads"
    for workers in 1 2 16; do
        gateway
        await "$workers workers in threads" has_threads $((workers == 1 ? 1 : 1 + workers))
    done
    stop_gateway
    server_port=$(free_port)
    aditd_config >"$work/aditd.conf"
    start aditd "$ADITD" -d -o Workers=4 -f "$work/aditd.conf"
    server_pid=$started
    await "aditd -d" listening "$server_port"
    has_threads 1 || fail "-d: $(threads) threads"
    stop_gateway
    workers=4
fi

echo "$sessions sessions on $workers workers"
gateway "PermitOpen $allowed" "PidFile $work/pid" "ClientAliveInterval 0"
locals=() remotes=() clients=()
# one_more INDEX
one_more()
{
    locals[$1]=$(free_port)
    start_client adit "${locals[$1]}" -L "${locals[$1]}:$allowed"
    clients[$1]=$client_pid
}
for ((i = 0; i < sessions; i++)); do
    one_more "$i"
done
started=$server_pid
await "the sessions to be spread" spread "$workers"
# All those of one worker end: it has the fewest, and gets all the next ones.
for ((i = 0; i < sessions; i += workers)); do
    stop "${clients[i]}"
done
says_times $((sessions / workers)) '^aditd: end '
! spread "$workers" || fail "which sessions end makes no difference: $(loops | xargs)"
for ((i = 0; i < sessions; i += workers)); do
    one_more "$i"
done
started=$server_pid
await "the new sessions to be where there is room" spread "$workers"
mark
for ((i = 0; i < sessions; i++)); do
    stop "${clients[i]}"
done
says_times "$sessions" '^aditd: end '
clients=() locals=()
for ((i = 0; i < sessions; i++)); do
    locals+=("$(free_port)") remotes+=("$(free_port)")
    run_adit -o ServerAliveInterval=0 -L "${locals[i]}:$allowed" -R "${remotes[i]}:$allowed"
    clients+=("$started")
done
for ((i = 0; i < sessions; i++)); do
    started=${clients[i]}
    await "adit" listening "${locals[i]}"
    await "adit -R" listening "${remotes[i]}"
done
says_times "$sessions" '^aditd: listen '

# What every thread of the gateway has slept so far, in times.
sleeps()
{
    cat "/proc/$server_pid/task/"*/status | awk '/^voluntary_ctxt_switches/ { n += $2 } END { print n }'
}
quiet()
{
    local before

    before=$(sleeps)
    sleep 1
    [ "$(sleeps)" -eq "$before" ]
}
started=$server_pid
if [ -z "${SANITIZE-}" ]; then
    echo "nothing wakes up"
    await "a second of sleep" quiet
fi

echo "traffic on all at once"
# on_all COMMAND ARGUMENTS…: behind each client's ports, at the same time.
on_all()
{
    local port running=() command=$1

    shift
    for port in "${locals[@]}" "${remotes[@]}"; do
        start load "$traffic" "$command" "$port" "$@"
        running+=("$started")
    done
    for port in "${running[@]}"; do
        ends "$port" 120 || fail "$command hangs"
        [ "$stopped" -eq 0 ] || fail "$command: $(cat "$work/load.log")"
    done
}
on_all both $((bulk / 64))
on_all many 8 20000

echo "SIGHUP under load"
# reload SETTINGS…: obeyed by all of them once the log says so.
reload()
{
    server_options=("$@" "PidFile $work/pid" "ClientAliveInterval 0")
    aditd_config >"$work/aditd.conf"
    mark
    kill -HUP "$server_pid"
    says_once '^aditd: settings reloaded$'
}
held=()
for ((i = 0; i < sessions; i++)); do
    hold "${remotes[i]}"
    held+=("$holding")
done
for ((i = 0; i < 3; i++)); do
    reload "PermitOpen 127.0.0.1:1"
    for ((c = 0; c < sessions; c++)); do
        "$traffic" refused "${locals[c]}" || fail "session $c goes by the old settings"
    done
    reload "PermitOpen $allowed"
    for ((c = 0; c < sessions; c++)); do
        "$traffic" echo "${locals[c]}" 1 || fail "session $c goes by the old settings"
    done
    one_ssh -W 127.0.0.1:1 & # a login meanwhile, for nothing
    for ((c = 0; c < 10; c++)); do
        kill -HUP "$server_pid"
    done
    ! wait $! || fail "port 1 is open"
    grep -q 'administratively prohibited' "$work/ssh.log" || fail "$(cat "$work/ssh.log")"
    "$traffic" echo "${locals[i]}" 1 || fail "a session suffers"
done
for ((i = 0; i < sessions; i++)); do
    is_running "${held[i]}" || fail "a connection suffers: $(cat "$work/hold.log")"
done
! grep '^traffic:' "$work/traffic.log" || fail "the traffic server found a fault"

echo "SIGTERM under load"
mark
kill -TERM "$server_pid"
ends "$server_pid" 60 || fail "it does not end"
[ "$stopped" -eq 0 ] || fail "it ended with $stopped"
server_pid=
# The one that logged in meanwhile may be there still.
said "^aditd: stopping, ($sessions|$((sessions + 1))) sessions\$" || fail "$(new_lines)"
[ "$(grep -c '^aditd: end .*: the gateway is going down$' "$work/new_lines")" -ge "$sessions" ] ||
    fail "the sessions' ends are not logged: $(new_lines)"
[ ! -e "$work/pid" ] || fail "the PidFile is there"
for ((i = 0; i < sessions; i++)); do
    not_listening "${remotes[i]}" || fail "port ${remotes[i]} is there"
    ends "${held[i]}" 60 || fail "a connection goes on without its gateway"
    stop "${clients[i]}"
done

echo "a port comes from one worker to another"
gateway "PermitOpen $allowed" "PermitListen *"
one=$(free_port) two=$(free_port)
control=$work/control
start_client ssh "$one" -M -S "$control" -R "$one:127.0.0.1:1"
old=$client_pid
await "the master" test -S "$control"
# The second answer must not come before the first, which waits for the other worker.
mark
: >"$work/ssh.log"
openssh_arguments
start ssh ssh -o ExitOnForwardFailure=no -R "$one:$allowed" -R "1:$allowed" -R "$two:$allowed" \
    "${arguments[@]}" "$login@127.0.0.1"
new=$started
says_once "^aditd: takeover port=$one user="
says_once '^aditd: end .*: the same key came back and took its port over$'
says_once '^aditd: refused .*: not allowed to listen on localhost:1: '
await "the second port" listening "$two"
"$traffic" both "$one" 10000 || fail "the port is not the new one's"
"$traffic" both "$two" 10000 || fail "the second port"
ends "$old" 60 || fail "the old session goes on"
await "ssh's word about port 1" grep -q 'remote port forwarding failed for listen port 1[^0-9]*$' "$work/ssh.log"
[ "$(grep -c 'remote port forwarding failed' "$work/ssh.log")" -eq 1 ] || fail "$(cat "$work/ssh.log")"

# An older session does not take what a newer one has.
older=$(free_port)
rm -f "$control"
start_client ssh "$older" -M -S "$control" -R "$older:$allowed"
old=$client_pid
await "the master" test -S "$control"
newer=$(free_port)
start_client ssh "$newer" -R "$newer:$allowed"
mark
! ssh -F none -S "$control" -O forward -R "$newer:$allowed" "$login@127.0.0.1" \
    2>>"$work/control.log" || fail "an older session has a newer one's port"
says_once ": port $newer is held by user=$login key=.* from=127\\.0\\.0\\.1:[0-9]+, a newer session\$"
"$traffic" echo "$newer" 1 || fail "the newer one suffers"
"$traffic" echo "$older" 1 || fail "the older one suffers"
for pid in "$old" "$new" "$client_pid"; do
    stop "$pid"
done

echo "one key, $sessions times at once, the same two ports"
# The newest has them in the end, whichever workers the others are on; and no other one is left, for
# an old one that comes late is refused.
gateway "PermitOpen $allowed"
one=$(free_port) two=$(free_port)
for ((round = 0; round < 2; round++)); do
    mark
    clients=()
    for ((i = 0; i < sessions; i++)); do
        run_ssh -R "$one:$allowed" -R "$two:$allowed"
        clients+=("$started")
    done
    says_times "$sessions" '^aditd: login '
    survivors()
    {
        local pid left=0

        for pid in "${clients[@]}"; do
            ! is_running "$pid" || left=$((left + 1))
        done
        [ "$left" -eq 1 ]
    }
    started=$server_pid
    await "the others' end" survivors
    says_times $((sessions - 1)) '^aditd: end '
    ! new_lines | grep '^aditd: refused ' | grep -v ', a newer session$' || fail "a strange refusal"
    "$traffic" both "$one" 10000 || fail "the first port"
    "$traffic" both "$two" 10000 || fail "the second port"
    for pid in "${clients[@]}"; do
        is_running "$pid" && continue
        stopped=0
        wait "$pid" || stopped=$?
        forget "$pid"
        [ "$stopped" -ne 0 ] || fail "one ended well"
    done
    for pid in "${clients[@]}"; do
        ! is_running "$pid" || stop "$pid"
    done
    says_times "$sessions" '^aditd: end '
    not_listening "$one" || fail "the first port stays"
    not_listening "$two" || fail "the second port stays"
done

echo "the log is of whole lines"
stop_gateway
words='cancel|end|listen|listening|login|refused|reload failed|settings reloaded|stopping|takeover'
words="$words|identified|keys"
! grep -vE "^aditd: ($words)( |,|\$)" "$work/aditd.log" || fail "lines of another kind"
