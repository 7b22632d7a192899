#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The server on its standard input and output, as a client's ProxyCommand.
. "$(dirname "$0")/lib.sh"

# try COMMAND…: the server as it is started with -i.
try()
{
    local port letter

    for letter in L R; do
        port=$(free_port)
        echo "[127.0.0.1]:$server_port $(cut -d' ' -f1,2 "$work/host.pub")" >"$work/known_hosts"
        client_options=(-o "ProxyCommand=$* 2>>$work/server.log")
        start_client ssh "$port" -$letter "$port:127.0.0.1:$serving"
        "$traffic" both "$port" 1000000 || fail "$1, -$letter"
        "$traffic" halfclose "$port" 10000 || fail "$1, -$letter: half-close"
        stop "$client_pid"
    done
    echo "ssh by way of $*"
}

need ssh sshd
make_keys
start_traffic
server_port=$(free_port)

login=$(id -un)
[ "$(id -u)" -ne 0 ] || mkdir -p /run/sshd
sshd_config >"$work/sshd.conf"
try "$(command -v sshd)" -i -e -f "$work/sshd.conf"

[ -x "$ADITD" ] || skip "$ADITD is not built"
login=tunnel
aditd_config >"$work/aditd.conf"
try "$ADITD" -i -e -f "$work/aditd.conf"
