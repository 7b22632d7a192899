#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# zlib@openssh.com between every pair of which one is ours, with new keys in mid-stream, which are
# new contexts too.
. "$(dirname "$0")/lib.sh"

# compresses CLIENT SERVER ARGUMENTS…: bytes both ways, and who says that they were compressed.
compresses()
{
    local client=$1 server=$2 port log

    shift 2
    port=$(free_port)
    : >"$work/$client.log"
    start_client "$client" "$port" -C -L "$port:127.0.0.1:$serving" "$@"
    "$traffic" both "$port" $((bulk / 8)) || fail "$client, $server: wrong bytes"
    "$traffic" both "$port" 1 || fail "$client, $server: one byte"
    log=$client
    [ "$client" = adit ] || log=$server
    grep -qE 'zlib@openssh.com' "$work/$log.log" || fail "$client, $server: not compressed"
    stop "$client_pid"
    echo "$client, $server"
}

make_keys
start_traffic
server_options=("Compression yes" "RekeyLimit 1M")
client_options=(-o "RekeyLimit 1M")
start_server aditd
compresses adit aditd -v
! command -v ssh >/dev/null || compresses ssh aditd
! command -v plink >/dev/null || compresses plink aditd
aditd_pid=$server_pid
for server in sshd dropbear; do
    command -v "$server" >/dev/null || continue
    start_server "$server"
    compresses adit "$server" -v
    stop "$server_pid"
done
is_running "$aditd_pid" || fail "aditd has ended"
