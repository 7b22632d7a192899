# SPDX-License-Identifier: BSD-2-Clause
# What is measured: the traffic server, aditd, sshd, and tunnels between them. Everything is on
# 127.0.0.1 with a configuration of its own, and ends with the shell that started it.
# shellcheck shell=bash disable=SC2034,SC2154 # variables of its neighbours

ADIT=${ADIT:-$BUILD/adit}
ADITD=${ADITD:-$BUILD/aditd}
tools=$BUILD/bench
aes=aes128-gcm@openssh.com
pids=()
declare -A port_of client_of server_of # of the tunnels, by side

# fail SENTENCE: ends the row.
fail()
{
    echo "$*" | tee -a "$results/why" >&2
    exit 1
}

load()
{
    "$tools/load" "$@" || fail "load $* failed"
}

make_keys()
{
    local name program

    for program in "$ADIT" "$ADITD" "$tools/load"; do
        [ -x "$program" ] || { echo "bench: no $program: build first" >&2; exit 2; }
    done
    for program in ssh sshd ssh-keygen awk getconf setpriv; do
        command -v "$program" >/dev/null || { echo "bench: no $program" >&2; exit 2; }
    done
    ulimit -n "$(ulimit -Hn)"
    chmod 711 "$results"
    for name in user host; do
        ssh-keygen -q -t ed25519 -N '' -C bench -f "$results/$name"
    done
    echo "* $(cut -d' ' -f1,2 "$results/host.pub")" >"$results/known_hosts"
}

# ---- processes ----

# start NAME COMMAND…: in the background; its id is in $started. The kernel ends it with this shell.
start()
{
    local name=$1

    shift
    setpriv --pdeathsig KILL -- "$@" </dev/null >>"$results/$name.log" 2>&1 &
    started=$!
    pids+=("$started")
}

# The id is another's once its process has been waited for.
is_ours()
{
    read_stat "$1" && [ "${stat[1]}" = "$BASHPID" ]
}

stop()
{
    local pid i

    for pid; do
        ! is_ours "$pid" || kill "$pid" 2>/dev/null || true
        for ((i = 0; i < 50; i++)); do
            is_ours "$pid" || break
            [ "${stat[0]}" != Z ] || break
            sleep 0.05
        done
        ! is_ours "$pid" || kill -KILL "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
}

# All of it, newest first: clients before their servers.
close_world()
{
    local i

    for ((i = ${#pids[@]} - 1; i >= 0; i--)); do
        stop "${pids[i]}"
    done
    pids=()
}

# await WHAT COMMAND…: until it succeeds, for 20 s at most, and while $started runs.
await()
{
    local what=$1 i

    shift
    for ((i = 0; i < 400; i++)); do
        ! "$@" || return 0
        is_ours "$started" || fail "$what ended: $(tail -n 1 "$results/$what.log")"
        sleep 0.05
    done
    fail "$what: not ready in 20 s"
}

listening()
{
    grep -q "^ *[0-9]*: [0-9A-F]*:$(printf %04X "$1") [0-9A-F]*:0000 0A " /proc/net/tcp
}

free_port()
{
    load ports 1
}

# ---- servers ----

open_traffic()
{
    rm -f "$results/serving"
    start traffic "$tools/load" serve "$results/serving"
    traffic_pid=$started
    await traffic test -s "$results/serving"
    read -r serving narrow <"$results/serving"
}

# Settings that both servers know. The limits are out of the way of what is measured.
server_config()
{
    cat <<END
ListenAddress 127.0.0.1:$1
HostKey $results/host
AuthorizedKeysFile $results/user.pub
StrictModes no
PasswordAuthentication no
PidFile none
MaxStartups 20000
ClientAliveInterval ${alive-0}
END
}

open_aditd()
{
    aditd_port=$(free_port)
    { server_config "$aditd_port"; printf '%s\n' 'PermitOpen any' 'PermitListen any'; } \
        >"$results/aditd.conf"
    start aditd "$ADITD" -D -e -f "$results/aditd.conf"
    aditd_pid=$started
    await aditd listening "$aditd_port"
}

open_sshd()
{
    sshd_port=$(free_port)
    { server_config "$sshd_port"
      printf '%s\n' 'UsePAM no' 'UseDNS no' 'MaxSessions 20000' 'PermitRootLogin prohibit-password' \
          'KbdInteractiveAuthentication no'; } >"$results/sshd.conf"
    [ "$(id -u)" -ne 0 ] || mkdir -p /run/sshd
    start sshd "$(command -v sshd)" -D -e -f "$results/sshd.conf"
    sshd_pid=$started
    await sshd listening "$sshd_port"
}

open_world()
{
    open_traffic
    open_aditd
    open_sshd
}

# open_line NAME TO_PORT ONEWAY_US MBIT: a long line; its port is in $line_port.
open_line()
{
    line_port=$(free_port)
    start "$1" "$tools/wan" "$line_port" "$2" "$3" "$4"
    await "$1" listening "$line_port"
}

# ---- tunnels ----

# open_tunnel SIDE ARGUMENTS…: SIDE is adit, openssh, or one end of each: adit-sshd, ssh-aditd.
# It leads from port_of[SIDE] to the traffic server; by way of $line_port if that is set.
open_tunnel()
{
    local side=$1 program=$ADIT login server_port

    shift
    case $side in
    openssh | ssh-*) program=ssh ;;
    esac
    case $side in
    openssh | *-sshd) login=$(id -un) server_port=$sshd_port server_of[$side]=$sshd_pid ;;
    *) login=tunnel server_port=$aditd_port server_of[$side]=$aditd_pid ;;
    esac
    port_of[$side]=$(free_port)
    start "$side" "$program" -F none -N -p "${line_port:-$server_port}" -i "$results/user" \
        -o "UserKnownHostsFile=$results/known_hosts" -o GlobalKnownHostsFile=/dev/null \
        -o StrictHostKeyChecking=yes -o IdentitiesOnly=yes -o BatchMode=yes \
        -o ExitOnForwardFailure=yes -o "ServerAliveInterval=${alive-0}" "$@" \
        -L "127.0.0.1:${port_of[$side]}:127.0.0.1:$serving" "$login@127.0.0.1"
    client_of[$side]=$started
    await "$side" listening "${port_of[$side]}"
    # The first connection is not like the others.
    load push "${port_of[$side]}" 1000000 1 >/dev/null
}

# open_floor SIDE AES: the floor's two relays are a tunnel too.
open_floor()
{
    local open

    open=$(free_port)
    start "$1" "$tools/floor" open "$open" "$serving" "$2"
    server_of[$1]=$started
    await "$1" listening "$open"
    port_of[$1]=$(free_port)
    start "$1" "$tools/floor" seal "${port_of[$1]}" "$open" "$2"
    client_of[$1]=$started
    await "$1" listening "${port_of[$1]}"
}
