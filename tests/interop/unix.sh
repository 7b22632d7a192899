#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# unix.sh CLIENT SERVER: sockets in the file system at either end of -L and -R. Client, server and
# targets are on this machine, so one forward's socket is the next one's target.
. "$(dirname "$0")/lib.sh"

client=$1
server=$2

try_socket()
{
    "$traffic" push "$1" 1000000 || fail "$2: push"
    "$traffic" both "$1" "$((bulk / 8))" || fail "$2: both at once"
    "$traffic" halfclose "$1" 1000000 || fail "$2: half-close by the client"
    "$traffic" halfclose-down "$1" 1000000 || fail "$2: half-close by the server"
    "$traffic" many "$1" 50 50000 || fail "$2: 50 connections"
}

make_keys
start_traffic
server_options=("AllowStreamLocalForwarding yes")
if [ "$server" = aditd ]; then
    server_options+=("PermitOpen 127.0.0.1:* $work/*.sock" "PermitListen localhost:* $work/*.sock")
fi
start_server "$server"

a=$(free_port) b=$(free_port) c=$(free_port) d=$(free_port) e=$(free_port) none=$(free_port)
start_client "$client" "$none" \
    -L "$work/t.sock:127.0.0.1:$serving" -L "$work/u.sock:$work/t.sock" \
    -L "$a:$work/t.sock" -L "$b:$work/u.sock" \
    -R "$c:$work/t.sock" -R "$work/r.sock:127.0.0.1:$serving" -R "$work/s.sock:$work/t.sock" \
    -L "$d:$work/r.sock" -L "$e:$work/s.sock" -L "$none:$work/none.sock"
await "the remote sockets" test -S "$work/s.sock"
try_socket "$a" "-L port:path, -L path:host:port"
try_socket "$b" "-L path:path"
await "-R" listening "$c"
try_socket "$c" "-R port:path"
try_socket "$d" "-R path:host:port"
try_socket "$e" "-R path:path"
"$traffic" refused "$none" || fail "a path where nothing is"
try_socket "$a" "after all that"
stop "$client_pid"
is_running "$server_pid" || fail "$server has ended"
stop "$server_pid"
for file in t u r s; do
    # Each removes what it made, but for sshd, which leaves that to its user.
    case $client$server$file in
    *sshd[rs] | ssh*[tu]) continue ;;
    esac
    [ ! -e "$work/$file.sock" ] || fail "$file.sock is still there"
done
! grep '^traffic:' "$work/traffic.log" || fail "the traffic server found a fault"
echo "$client to $server: sockets in the file system"
