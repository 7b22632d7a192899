#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The gateway's life: its log, SIGHUP and SIGTERM with sessions in being, background, -i.
. "$(dirname "$0")/gateway.sh"

[ -x "$ADIT" ] || skip "$ADIT is not built"
make_keys
make_key second ed25519
start_traffic
allowed=127.0.0.1:$serving
start traffic "$traffic" serve "$work/traffic2.ports"
await "traffic" test -s "$work/traffic2.ports"
read -r serving2 _ <"$work/traffic2.ports"
key=$(fingerprint_of user)
key=${key//+/[+]}

echo "the log"
# A comment and a name that would like to be more than text.
printf '%s pick "and"\t\033[31mlamp\n' "$(cut -d' ' -f1,2 "$work/user.pub")" >"$work/authorized_keys"
gateway "LogLevel INFO" "PermitOpen $allowed"
mark
port=$(free_port) port2=$(free_port) remote=$(free_port)
start_client ssh "$remote" -R "$remote:$allowed" -L "$port:$allowed" -L "$port2:127.0.0.1:$serving2"
"$traffic" push "$port" 1000000 || fail "push"
"$traffic" pull "$port" 3000000 || fail "pull"
"$traffic" refused "$port2" || fail "the other target is permitted"
stop "$client_pid"
says '^aditd: end '
peer=$(sed -nE 's/^aditd: login .* from=(127\.0\.0\.1:[0-9]+)$/\1/p' "$work/new_lines")
name="user=tunnel key=$key from=$peer"
cat >"$work/expected" <<END
login user=tunnel key=$key comment="pick \\\\"and\\\\"\\\\x09\\\\x1b\\[31mlamp" from=$peer
listen $name address=localhost port=$remote
refused $name: not allowed to open 127\\.0\\.0\\.1:$serving2: add 127.* to PermitOpen
end $name sent=30[0-9]{5} received=10[0-9]{5} seconds=[0-9]+: the peer disconnected: .*
END
[ "$(wc -l <"$work/new_lines")" -eq 4 ] || fail "more or less than four lines: $(new_lines)"
while read -r -u 3 line && read -r -u 4 expected; do
    grep -qxE -- "aditd: $expected" <<<"$line" || fail "\"$line\" is not \"$expected\""
done 3<"$work/new_lines" 4<"$work/expected"
mark
login='x"y z' user_key=second run_adit -L "$(free_port):$allowed"
ends "$started" 60 || fail "adit goes on without a login"
[ "$stopped" -ne 0 ] || fail "a stranger logs in"
says_once '^aditd: refused login from=127\.0\.0\.1:[0-9]+ tries=1: user="x\\"y z" method=publickey '
[ "$(wc -l <"$work/new_lines")" -eq 1 ] || fail "more than a line: $(new_lines)"

# Who wants a shell is told no, and the log says so.
mark
openssh_arguments
asks_for_shell=("${arguments[@]/#-N/-T}")
! timeout 60 ssh "${asks_for_shell[@]}" "$login@127.0.0.1" true </dev/null >"$work/ssh.log" 2>&1 ||
    fail "a command runs"
says '^aditd: end '
says_once "^aditd: refused user=tunnel key=$key from=[^ ]*: a channel of type \"session\": this end \
carries tunnels only: no shell, no command\$"
[ "$(wc -l <"$work/new_lines")" -eq 3 ] || fail "not login, refused and end: $(new_lines)"

# Of many refusals some are counted only.
mark
start_client ssh "$port2" -L "$port2:127.0.0.1:$serving2"
for ((i = 0; i < 60; i++)); do
    "$traffic" refused "$port2" || fail "the other target is permitted"
done
stop "$client_pid"
says '^aditd: end '
lines=$(grep -c ': not allowed to open ' "$work/new_lines")
more=$(sed -nE 's/^aditd: refused .*: ([0-9]+) more$/\1/p' "$work/new_lines" | paste -sd+)
[ $((lines + ${more:-0})) -eq 60 ] || fail "60 refusals are logged as $lines and $more"
! grep -aP '[\x00-\x09\x0b-\x1f\x7f-\xff]' "$work/aditd.log" || fail "more than text in the log"

echo "SIGHUP"
# reload SETTINGS…
reload()
{
    server_options=("$@")
    aditd_config >"$work/aditd.conf"
    mark
    kill -HUP "$server_pid"
    says '^aditd: (settings reloaded|reload failed)'
}
authorize '' user
gateway "LogLevel INFO" "PermitOpen $allowed"
start_client ssh "$port" -L "$port:$allowed" -L "$port2:127.0.0.1:$serving2"
session=$client_pid
hold "$port"
"$traffic" refused "$port2" || fail "the other target is permitted"
reload "LogLevel INFO" "PermitOpen 127.0.0.1:$serving2"
said '^aditd: settings reloaded$' || fail "$(new_lines)"
"$traffic" refused "$port" || fail "a session goes by the old settings"
"$traffic" echo "$port2" 10 || fail "the new settings do not hold for a session that is there"
is_running "$holding" || fail "a connection that was there has ended"

for wrong in "Unheard of" "Banner $work/none"; do
    reload "PermitOpen $allowed" "$wrong"
    said '^aditd: reload failed, the old settings stay: ' || fail "$wrong: $(new_lines)"
    "$traffic" echo "$port2" 10 || fail "$wrong: the old settings are gone"
    "$traffic" refused "$port" || fail "$wrong: a part of it is obeyed"
    may_log_in
done
reload "Unheard of"
said "the old settings stay: $work/aditd\\.conf:1: unknown keyword \"Unheard\"\$" || fail "$(new_lines)"
reload "LogLevel INFO" "PermitOpen 127.0.0.1:$serving2" "HostKey $work/typo"
[ "$(new_lines)" = "aditd: no host key $work/typo: it is passed over
aditd: settings reloaded" ] || fail "a HostKey that is missing: $(new_lines)"

# New sessions see a new host key; the one that is there goes on.
make_key newhost ed25519
host_key=newhost
reload "PermitOpen any"
said '^aditd: settings reloaded$' || fail "$(new_lines)"
! one_ssh -W "$allowed" || fail "the old host key is there"
grep -q 'Host key verification failed' "$work/ssh.log" || fail "$(cat "$work/ssh.log")"
echo "[127.0.0.1]:$server_port $(cut -d' ' -f1,2 "$work/newhost.pub")" >"$work/known_hosts"
may_open "127.0.0.1:$closing"
host_key=host
"$traffic" echo "$port" 10 || fail "the session suffered"
stop "$holding"
[ "$stopped" -eq 0 ] || fail "a connection that was there suffered"
stop "$session"
! grep '^traffic:' "$work/traffic.log" || fail "the traffic server found a fault"

echo "SIGTERM and SIGINT"
gateway "PermitOpen any" "PidFile $work/pid"
await "the PidFile" test -s "$work/pid"
[ "$(cat "$work/pid")" = "$server_pid" ] || fail "PidFile: $(cat "$work/pid") is not $server_pid"
"$ADITD" -D -e -f "$work/aditd.conf" 2>"$work/told" && fail "two gateways on one port"
grep -q "^aditd: .*$server_port.*: Address already in use" "$work/told" || fail "$(cat "$work/told")"
[ "$(cat "$work/pid")" = "$server_pid" ] || fail "the second one took the PidFile"
: >"$work/ssh.log"
start_client ssh "$port" -L "$port:$allowed" -R "$(free_port):$allowed"
session=$client_pid
hold "$port"
start_client ssh "$port2" -L "$port2:$allowed"
stopped_one=$client_pid
kill -STOP "$stopped_one"
exec {silent}<>"/dev/tcp/127.0.0.1/$server_port"
read -r -u "$silent" -t 20 _ || fail "no identification"
mark
kill -TERM "$server_pid"
ends "$server_pid" 60 || fail "it does not end"
[ "$stopped" -eq 0 ] || fail "it ended with $stopped"
said '^aditd: stopping, 3 sessions$' || fail "$(new_lines)"
[ "$(grep -c '^aditd: end .*: the gateway is going down$' "$work/new_lines")" -ge 2 ] ||
    fail "the sessions' ends are not logged"
server_pid=
[ ! -e "$work/pid" ] || fail "the PidFile is there"
ends "$session" 60 || fail "ssh goes on without a gateway"
grep -q 'the gateway is going down' "$work/ssh.log" || fail "ssh is not told: $(cat "$work/ssh.log")"
timeout 20 cat <&"$silent" >/dev/null || fail "a silent connection is left"
exec {silent}>&-
kill -CONT "$stopped_one"
ends "$stopped_one" 60 || fail "the one that was stopped goes on"
ends "$holding" 60 || fail "the connection in it goes on"
gateway
kill -INT "$server_pid"
ends "$server_pid" 60 || fail "SIGINT does not end it"
[ "$stopped" -eq 0 ] || fail "it ended with $stopped"
server_pid=

echo "in the background"
server_options=("PermitOpen any" "PidFile $work/pid")
server_port=$(free_port)
aditd_config | grep -v HostKey >"$work/aditd.conf"
echo "[127.0.0.1]:$server_port $(cut -d' ' -f1,2 "$work/host.pub")" >"$work/known_hosts"
# Every path is relative to a folder that it does not stay in.
(cd "$work" && "$ADITD" -f aditd.conf -E aditd2.log -h host) </dev/null >"$work/told" 2>&1 ||
    fail "it does not start: $(cat "$work/told")"
listening "$server_port" || fail "it does not listen when the starter ends"
[ ! -s "$work/told" ] || fail "it says: $(cat "$work/told")"
server_pid=$(cat "$work/pid")
pids+=("$server_pid")
[ "$(readlink "/proc/$server_pid/cwd")" = / ] || fail "its folder: $(ls -l "/proc/$server_pid/cwd")"
for fd in 0 1 2; do
    [ "$(readlink "/proc/$server_pid/fd/$fd")" = /dev/null ] || fail "descriptor $fd stays"
done
stamp='^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z'
one_ssh -W "127.0.0.1:$closing" || fail "$(cat "$work/ssh.log")"
grep -qE "$stamp aditd\\[$server_pid\\]: login user=tunnel " "$work/aditd2.log" || fail "no login in -E"
# The log is moved away, and opened anew.
started=$server_pid
mv "$work/aditd2.log" "$work/aditd2.1.log"
kill -HUP "$server_pid"
await "the new log" grep -qsE "$stamp aditd\\[$server_pid\\]: settings reloaded\$" "$work/aditd2.log"
one_ssh -W "127.0.0.1:$closing" || fail "$(cat "$work/ssh.log")"
if (cd "$work" && "$ADITD" -f aditd.conf -E aditd3.log -h host) </dev/null 2>"$work/told"; then
    fail "a second one starts"
fi
grep -q 'Address already in use' "$work/told" || fail "the second one does not say why"
started=$$ # it ends now
kill -TERM "$server_pid"
await "its end" not_listening "$server_port"
await "the PidFile's end" test ! -e "$work/pid"
forget "$server_pid"
server_pid=

echo "on standard input and output"
aditd_config >"$work/aditd.conf"
client_options=(-o "ProxyCommand=$ADITD -i -e -f $work/aditd.conf 2>>$work/aditd.log")
mark
may_open "127.0.0.1:$closing"
said '^aditd: login user=tunnel key=.* from=UNKNOWN$' || fail "$(new_lines)"
started=$$
await "its end" said '^aditd: end user=tunnel key=.* from=UNKNOWN sent='
authorize 'from="127.0.0.1"' user
! one_ssh -W "127.0.0.1:$closing" || fail "from= is not asked"
new_lines | grep -q 'from= of the key.s line does not list UNKNOWN' || fail "$(new_lines)"
