#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# A port belongs to the key that asked for it: taken back from its dead self, refused to others, given
# up with the session, and nothing of it stays.
. "$(dirname "$0")/gateway.sh"

[ -x "$ADIT" ] || skip "$ADIT is not built"
make_keys
make_key second ed25519
start_traffic
cat "$work/user.pub" "$work/second.pub" >"$work/authorized_keys"
gateway "LogLevel INFO"
port=$(free_port)
key=$(fingerprint_of user)
name="user=tunnel key=${key//+/[+]} from=127\\.0\\.0\\.1:[0-9]+"

await_end()
{
    started=$server_pid
    await "the port's end" not_listening "$port"
}

echo "a key takes its port back from its dead self"
# The first one leads nowhere: what answers below is the second one's.
for client in ssh adit; do
    mark
    start_client ssh "$port" -R "$port:127.0.0.1:1"
    dead=$client_pid
    kill -STOP "$dead"
    started=$server_pid
    "run_$client" -R "$port:127.0.0.1:$serving"
    client_pid=$started
    says_once "^aditd: takeover port=$port $name\$"
    says "^aditd: listen $name address=localhost port=$port\$"
    "$traffic" both "$port" 100000 || fail "the port is not $client's"
    says_once "^aditd: end $name .*: the same key came back and took its port over"
    : >"$work/ssh.log"
    kill -CONT "$dead"
    ends "$dead" 60 || fail "the old session goes on"
    [ "$stopped" -ne 0 ] || fail "the old session ended well"
    grep -q 'the same key came back and took its port over' "$work/ssh.log" ||
        fail "the old one is not told why: $(cat "$work/ssh.log")"
    "$traffic" echo "$port" 10 || fail "$client lost the port"
    stop "$client_pid"
    await_end
done

echo "a unit that was taken over is not started again"
cat >"$work/config" <<END
Host taken
    HostName 127.0.0.1
    Port $server_port
    User $login
    IdentityFile $work/user
    UserKnownHostsFile $work/known_hosts
    RemoteForward $port 127.0.0.1:$serving
END
run_up()
{
    local ready=$work/ready.$1

    start "up$1" sh -c 'exec "$0" up -F "$1" --ready-fd 3 taken 3>"$2"' "$ADIT" "$work/config" \
        "$ready"
    await "adit up" test -s "$ready"
}
run_up 1
older=$started
run_up 2
newer=$started
ends "$older" 60 || fail "both hold the port"
status=$stopped
prevented=$("$ADIT" service install --print taken |
    sed -n 's/^RestartPreventExitStatus=//p')
[ "$status" = "$prevented" ] || fail "it ended with $status, a unit's is $prevented"
grep -q 'the same key came back and took its port over' "$work/up1.log" || fail "it does not say why"
"$traffic" echo "$port" 10 || fail "the newer one lost the port"
stop "$newer"
await_end

echo "others are refused, and the log says who holds it"
start_client ssh "$port" -R "$port:127.0.0.1:$serving"
holder=$client_pid
user_key=second
may_not_listen "$port" ": port $port is held by user=tunnel key=$key from=127.0.0.1:"
user_key=user
login=other # the same key under another name is somebody else
may_not_listen "$port" ": port $port is held by user=tunnel key=$key from=127.0.0.1:"
login=tunnel
mark
"$traffic" echo "$port" 10 || fail "the holder lost its port"
user_key=second
other=$(free_port)
may_listen "$other" 127.0.0.1 # another port is free to it
user_key=user
stop "$holder"
await_end
user_key=second
may_listen "$port" 127.0.0.1 # and so is this one now
user_key=user

mark
run_ssh -R "$port:127.0.0.1:$serving" -R "$port:127.0.0.1:1"
client_pid=$started
says_once "^aditd: refused $name: port $port is listened on by this session already\$"
ends "$client_pid" 60 || fail "ssh goes on without its second listener"

echo "a port that a stranger holds"
may_not_listen "$serving" "gateway: "
"$traffic" closed "$closing" || fail "the stranger lost its port"

echo "cancel, and port 0"
control=$work/control
mark
start_client ssh "$port" -M -S "$control" -R "$port:127.0.0.1:$serving"
master_pid=$client_pid
# master COMMAND ARGUMENTS…: what the master says.
master()
{
    ssh -F none -S "$control" -O "$@" "$login@127.0.0.1" 2>>"$work/control.log"
}
await "the master" test -S "$control"
mark
master cancel -R "$port:127.0.0.1:$serving" || fail "-O cancel"
says_once "^aditd: cancel $name port=$port\$"
await_end
user_key=second
may_listen "$port" 127.0.0.1 # free for others, though the session goes on
user_key=user
for host in 127.0.0.1 localhost; do
    mark
    any=$(master forward -R "0:$host:$serving")
    says_once "^aditd: listen $name address=localhost port=$any\$"
    "$traffic" both "$any" 10000 || fail "port 0"
done
! master forward -R "$serving:127.0.0.1:$serving" || fail "a port that is held is granted"
master cancel -R "0:localhost:$serving" || fail "-O cancel of port 0"
says_once "^aditd: cancel $name port=$any\$"
port=$any
await_end
port=$(free_port)
master forward -R "$port:localhost:$serving"
await "port $port" listening "$port"
mark
stop "$master_pid"
says "^aditd: end $name"
await_end

echo "nothing stays of a hundred sessions"
descriptors()
{
    local all=("/proc/$server_pid/fd/"*)

    echo ${#all[@]}
}
has_descriptors()
{
    [ "$(descriptors)" -le "$1" ]
}
# round COUNT: so many sessions at once, half of them ended without a word.
round()
{
    local i ports=() clients=()

    for ((i = 0; i < $1; i++)); do
        ports+=("$(free_port)")
        run_adit -R "${ports[i]}:127.0.0.1:$serving" -L "$(free_port):127.0.0.1:$serving"
        clients+=("$started")
        client_pid=$started
        await "adit" listening "${ports[i]}"
        "$traffic" echo "${ports[i]}" 1 || fail "round trip"
    done
    for ((i = 0; i < $1; i++)); do
        if [ $((i % 2)) -eq 0 ]; then
            kill -9 "${clients[i]}"
            wait "${clients[i]}" 2>/dev/null || true
            forget "${clients[i]}"
        else
            stop "${clients[i]}"
        fi
    done
    started=$server_pid
    for ((i = 0; i < $1; i++)); do
        await "the end of port ${ports[i]}" not_listening "${ports[i]}"
    done
}
ended()
{
    new_lines >"$work/new_lines"
    [ "$(grep -c '^aditd: end ' "$work/new_lines")" -eq "$1" ]
}
mark
round 10
await "their ends" ended 10
base=$(descriptors)
for _ in 1 2 3 4 5 6 7 8 9; do
    round 10
done
await "their ends" ended 100
await "the end of every descriptor, $base as before" has_descriptors "$base"
mark
stop_gateway
said '^aditd: stopping, 0 sessions$' || fail "it still has sessions"
! grep '^traffic:' "$work/traffic.log" || fail "the traffic server found a fault"
