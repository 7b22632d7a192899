#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# U10: logins by key are bound to the host key, with OpenSSH at either end; and with a peer that does
# not know how, they are not.
. "$(dirname "$0")/lib.sh"

need ssh sshd
make_keys
start_traffic
method=publickey-hostbound-v00@openssh.com
port=$(free_port)

echo "ssh at aditd"
start_server aditd
start_client ssh "$port" -vvv -L "$port:127.0.0.1:$serving"
"$traffic" echo "$port" 3 || fail "ssh: no tunnel"
stop "$client_pid"
grep -q "publickey-hostbound@openssh.com=<0>" "$work/ssh.log" || fail "aditd does not announce it"
grep -q "sign_and_send_pubkey: using $method with" "$work/ssh.log" || fail "ssh does not do it"

echo "ssh at aditd, unbound"
start_client ssh "$port" -vvv -o PubkeyAuthentication=unbound -L "$port:127.0.0.1:$serving"
"$traffic" echo "$port" 3 || fail "ssh, unbound: no tunnel"
stop "$client_pid"

echo "adit at aditd"
start_client adit "$port" -L "$port:127.0.0.1:$serving"
"$traffic" echo "$port" 3 || fail "adit: no tunnel"
stop "$client_pid"
stop "$server_pid"

echo "adit at sshd"
server_options=("LogLevel DEBUG3")
start_server sshd
start_client adit "$port" -L "$port:127.0.0.1:$serving"
"$traffic" echo "$port" 3 || fail "sshd: no tunnel"
grep -q "userauth-request for user $login service ssh-connection method $method" "$work/sshd.log" ||
    fail "adit does not do it"
stop "$client_pid"
: >"$work/sshd.log"
start_client adit "$port" -o PubkeyAuthentication=unbound -L "$port:127.0.0.1:$serving"
"$traffic" echo "$port" 3 || fail "sshd, unbound: no tunnel"
grep -q "userauth-request for user $login service ssh-connection method publickey " "$work/sshd.log" ||
    fail "unbound: adit does not log in so"
! grep -q "method $method" "$work/sshd.log" || fail "unbound: adit does it"
stop "$client_pid"
