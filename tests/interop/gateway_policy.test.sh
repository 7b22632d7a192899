#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# What a login may open and where it may listen: closed by default, opened line by line, and every
# refusal names the line.
. "$(dirname "$0")/gateway.sh"

make_keys
make_key third ed25519
start_traffic
open=127.0.0.1:$closing

echo "closed by default"
gateway
authorize '' user
may_not_open "$open" ": add permitopen=\"$open\" to the key's line, or PermitOpen $open"
may_not_open "localhost:$closing" ": add permitopen=\"localhost:$closing\" to the key's line, or"
may_not_open "[::1]:$closing" ": add permitopen=\"[::1]:$closing\" to the key's line, or"
port=$(free_port)
may_listen "$port" 127.0.0.1
may_listen "127.0.0.1:$port" 127.0.0.1
may_listen "0.0.0.0:$port" 127.0.0.1 # GatewayPorts no: the address is not the client's to choose
may_listen "[::1]:$port"
may_listen 0
may_not_listen 1023 "not allowed to listen on localhost:1023: add permitlisten=\"localhost:1023\" to"
may_not_listen 80 'or PermitListen localhost:80'

echo "the options of the key's line"
# may_open's target must not only be granted, it must be the right one.
other=$(free_port)
authorize "permitopen=\"$open\"" user
may_open "$open"
may_not_open "127.0.0.1:$other" ": add permitopen=\"127.0.0.1:$other\" to the key's line"
may_not_open "localhost:$other" ": add permitopen=\"localhost:$other\" to the key's line"
may_not_listen "$port" "add permitlisten=\"localhost:$port\" to the key's line" # it only opens
authorize "permitlisten=\"$port\"" user
may_listen "$port" 127.0.0.1
may_not_listen "$other" "add permitlisten=\"localhost:$other\" to the key's line"
may_not_listen 0 "add permitlisten=\"localhost:*\""
may_not_open "$open" ": add permitopen=\"$open\" to the key's line" # it only listens
authorize "permitopen=\"$open\",permitlisten=\"localhost:$port\"" user
may_open "$open"
may_listen "$port" 127.0.0.1
may_listen "127.0.0.1:$port" 127.0.0.1 # another name of loopback
authorize "permitopen=\"127.0.0.1:*\",permitlisten=\"*\"" user
may_open "$open"
may_listen 0
may_not_listen 1023 'permitlisten="localhost:1023"' # one by one below 1024
for options in restrict no-port-forwarding "restrict,permitopen=\"$open\"" \
    "port-forwarding,no-port-forwarding"; do
    authorize "$options" user
    may_not_open "$open" ": add port-forwarding to the options of the key's line"
    may_not_listen "$port" "add port-forwarding to the options of the key's line"
done
authorize "restrict,port-forwarding,permitopen=\"$open\"" user
may_open "$open"
authorize "restrict,pty,port-forwarding" user
may_listen "$port" 127.0.0.1
may_not_open "$open" ": add permitopen="

if [ -x "$ADIT" ]; then
    echo "a refusal to listen tells the client which line would allow it"
    # hears SENTENCE PORT
    hears()
    {
        mark
        run_adit -R "$2:$open"
        client_pid=$started
        ends "$client_pid" 60 || fail "adit goes on without $2"
        [ "$stopped" -ne 0 ] || fail "adit is content without $2"
        said '^aditd: refused user=' || fail "$2: the log has no refusal"
        grep -qxF "adit: gateway: refused to listen on $1" "$work/adit.log" ||
            fail "adit does not hear \"$1\": $(cat "$work/adit.log")"
    }
    authorize "permitlisten=\"localhost:$other\"" user
    hears "port 80 of localhost: not allowed to listen on localhost:80: add \
permitlisten=\"localhost:80\" to the key's line" 80
    authorize restrict user
    hears "port $other of localhost: not allowed to listen on localhost:$other: add port-forwarding to \
the options of the key's line" "$other"
    authorize "permitlisten=\"*\"" user
    may_listen "$other" 127.0.0.1
    # Who it is stays in the log.
    user_key=third
    cat "$work/user.pub" "$work/third.pub" >"$work/authorized_keys"
    start_client adit "$other" -R "$other:$open"
    holder=$client_pid
    user_key=user
    hears "port $other of localhost: somebody listens there already" "$other"
    stop "$holder"
fi

echo "names and addresses"
authorize "permitopen=\"localhost:$closing\"" user
may_open "localhost:$closing"
may_open "LocalHost:$closing"
may_not_open "$open" ': add permitopen='
may_not_open "localhost.:$closing" ': add permitopen='
authorize "permitopen=\"$open\"" user
may_open "localhost:$closing" # only to the address that is permitted
may_open "[::ffff:127.0.0.1]:$closing"
# Every spelling of 127.0.0.1, and the name, under a permit for its neighbours.
authorize "permitopen=\"127.0.0.2:$closing\",permitopen=\"[::2]:$closing\"" user
for host in 127.0.0.1 127.1 2130706433 0x7f000001 0177.0.0.1 '[::ffff:127.0.0.1]' '[::1]' 0.0.0.0 \
    localhost; do
    may_not_open "$host:$closing" ''
done
grep -qE ' \((127\.0\.0\.1|::1)\): add permitopen=' "$work/ssh.log" || fail "$(cat "$work/ssh.log")"
authorize "permitopen=\"127.0.0.?:$closing\"" user
may_open "$open"
may_open "127.1:$closing"
may_not_open "127.0.0.10:$closing" ': add permitopen='

echo "the configuration's lists"
authorize '' user
gateway "PermitOpen 127.0.0.1:1 $open" "PermitListen $port 127.0.0.1:$other"
may_open "$open"
may_not_open "127.0.0.1:$other" ": add 127.0.0.1:$other to PermitOpen"
may_listen "$port" 127.0.0.1
may_listen "$other" 127.0.0.1
may_not_listen 0 'add localhost:* to PermitListen'
authorize "permitopen=\"127.0.0.1:$other\",permitopen=\"127.0.0.1:$closing\"" user
may_open "$open" # both lists have it
may_not_open 127.0.0.1:1 ": add permitopen=\"127.0.0.1:1\" to the key's line"
may_not_open "127.0.0.1:$other" ": add 127.0.0.1:$other to PermitOpen"
may_not_open 127.0.0.1:2 \
    ": add permitopen=\"127.0.0.1:2\" to the key's line, and 127.0.0.1:2 to PermitOpen"
authorize '' user
gateway "PermitOpen none" "PermitListen none"
may_not_open "$open" ": add $open to PermitOpen"
may_not_listen "$port" "add localhost:$port to PermitListen"
gateway "PermitOpen any" "PermitListen any"
may_open "$open"
may_listen 0
may_not_listen 1023 'add localhost:1023 to PermitListen'
authorize "permitlisten=\"$port\"" user # a key for the one is none for the other
may_not_open "$open" ": add permitopen=\"$open\" to the key's line"
authorize "permitopen=\"$open\"" user
may_not_listen "$port" "add permitlisten=\"localhost:$port\" to the key's line"
authorize '' user

echo "AllowTcpForwarding"
gateway "AllowTcpForwarding local" "PermitOpen any" "PermitListen any"
may_open "$open"
may_not_listen "$port" 'AllowTcpForwarding forbids it'
gateway "AllowTcpForwarding remote" "PermitOpen any" "PermitListen any"
may_not_open "$open" ': AllowTcpForwarding forbids it'
may_listen "$port" 127.0.0.1
gateway "AllowTcpForwarding no" "PermitOpen any" "PermitListen any"
may_not_open "$open" ': AllowTcpForwarding forbids it'
may_not_listen "$port" 'AllowTcpForwarding forbids it'

echo "GatewayPorts"
gateway "GatewayPorts clientspecified"
may_listen "$port" 127.0.0.1
may_not_listen "127.0.0.2:$port" "add permitlisten=\"127.0.0.2:$port\" to the key's line, or Permit"
may_not_listen "0.0.0.0:$port" "add permitlisten=\"0.0.0.0:$port\""
may_not_listen "[::]:$port" "add permitlisten=\"[::]:$port\""
may_not_listen "*:$port" "add permitlisten=\"*:$port\""
authorize "permitlisten=\"localhost:$port\"" user
may_listen "localhost:$port" 127.0.0.1
may_not_listen "127.0.0.2:$port" "add permitlisten=\"127.0.0.2:$port\""
may_not_listen "*:$port" "add permitlisten=\"*:$port\""
authorize "permitlisten=\"127.0.0.2:$port\"" user
may_listen "127.0.0.2:$port" 127.0.0.2
may_not_listen "127.0.0.1:$port" "add permitlisten=\"127.0.0.1:$port\""
authorize "permitlisten=\"*:$port\"" user
may_not_listen "gateway.example:$port" "listen on gateway.example: not a numeric address"
authorize '' user
gateway "GatewayPorts yes"
may_not_listen "$port" "add permitlisten=\"localhost:$port\""
gateway "GatewayPorts yes" "PermitListen $port"
may_listen "localhost:$port" 0.0.0.0

echo "permissions belong to the key that signed"
# ssh asks about the first key, whose public half it has, but cannot sign with it. The second one, a
# PEM file alone, signs without having been asked about.
gateway
make_key second ecdsa -b 256 -m PEM
cp "$work/second" "$work/alone"
ssh-keygen -q -t ed25519 -N 'nobody tells' -f "$work/locked"
{
    echo "permitopen=\"127.0.0.1:$other\" $(cat "$work/locked.pub")"
    echo "permitopen=\"$open\" $(cat "$work/second.pub")"
} >"$work/authorized_keys"
user_key=locked signer=second
client_options=(-v -i "$work/alone")
may_open "$open"
grep -qF "Server accepts key: $work/locked " "$work/ssh.log" || fail "the first was not offered"
grep -qF "Trying private key: $work/alone" "$work/ssh.log" || fail "the second was asked about"
may_not_open "127.0.0.1:$other" ": add permitopen="
user_key=user signer=
client_options=()

echo "SshdDefaults with a stock sshd_config"
cat >"$work/stock" <<'END'
# What a distribution ships.
KbdInteractiveAuthentication no
UsePAM yes
X11Forwarding yes
PrintMotd no
AcceptEnv LANG LC_*
Subsystem	sftp	/usr/lib/openssh/sftp-server
END
authorize '' user
gateway "SshdDefaults yes" "Include $work/stock"
may_open "$open"
may_listen "$port" 127.0.0.1
may_not_listen 1023 'add permitlisten="localhost:1023"'
authorize "permitopen=\"127.0.0.1:1\"" user
may_not_open "$open" ": add permitopen="
may_listen "$port" 127.0.0.1 # a list for one kind does not speak about the other
stop_gateway
! "$ADITD" -t -f "$work/stock" -h "$work/host" 2>"$work/stock.log" || fail "stock without SshdDefaults"
grep -qF "$work/stock:3: UsePAM is not supported" "$work/stock.log" || fail "$(cat "$work/stock.log")"

# C14: one too many is refused by itself; the others go on, and its place is free when one has ended.
echo "MaxChannels"
authorize '' user
gateway "MaxChannels 2" "PermitOpen 127.0.0.1:$serving"
port=$(free_port)
start_client ssh "$port" -L "$port:127.0.0.1:$serving"
hold "$port"
first=$holding
hold "$port"
second=$holding
await "a refusal" eval '! "$traffic" push "$port" 1000 2>>"$work/push.log"'
grep -q 'open failed: resource shortage: too many channels' "$work/ssh.log" ||
    fail "the client is not told: $(cat "$work/ssh.log")"
stop "$second"
[ "$stopped" -eq 0 ] || fail "the second connection suffered"
started=$first
await "a place" eval '"$traffic" push "$port" 1000 2>>"$work/push.log"'
stop "$first"
[ "$stopped" -eq 0 ] || fail "the first connection suffered"
stop "$client_pid"

echo "MaxUserSessions"
gateway "MaxUserSessions 2" "PermitOpen 127.0.0.1:$serving 127.0.0.1:$closing"
sessions=()
for _ in 1 2; do
    port=$(free_port)
    start_client ssh "$port" -L "$port:127.0.0.1:$serving"
    sessions+=("$client_pid")
done
mark
! one_ssh -W "127.0.0.1:$closing" || fail "a third session of one user"
says_once "^aditd: refused login from=.* user=$login method=publickey key=.* as many sessions as MaxUserSessions"
! said '^aditd: login ' || fail "the log tells of a login"
if [ -x "$ADIT" ]; then
    ! timeout 60 "$ADIT" -F none -i "$work/user" -p "$server_port" -o BatchMode=yes \
        -o "UserKnownHostsFile=$work/known_hosts" -L "$(free_port):127.0.0.1:$serving" \
        "$login@127.0.0.1" 2>"$work/adit.log" || fail "a third session, by adit"
    ! said '^aditd: login ' || fail "the log tells of a login by adit"
    grep -q 'this user has as many sessions as MaxUserSessions allows' "$work/adit.log" ||
        fail "adit does not say why: $(cat "$work/adit.log")"
fi
"$traffic" push "$port" 1000 || fail "another session suffered"
stop "${sessions[0]}"
may_open "127.0.0.1:$closing" # its place is free again
stop "${sessions[1]}"
stop_gateway

! grep '^traffic:' "$work/traffic.log" || fail "the traffic server found a fault"
