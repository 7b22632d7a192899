#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# -J and ProxyJump: sshd, then aditd, then sshd, all inside the one process.
. "$(dirname "$0")/client.sh"

# The names are those of the configuration; each has its own user, port and key.
write_config()
{
    cat >"$work/config" <<END
Host first
    Port $first
    User $(id -un)
Host second
    Port $second
    User tunnel
Host third
    Port $third
    User $(id -un)
Host chain
    Port $third
    User $(id -un)
    ProxyJump first,second
Host by-second
    Port $second
    User tunnel
    ProxyJump first
Host circle
    Port $third
    User $(id -un)
    ProxyJump circle
Host stranger
    Port $first
    User no-such-user
    BatchMode yes
Host unknown
    Port $second
    UserKnownHostsFile /dev/null
Host *
    HostName 127.0.0.1
    User tunnel
    UserKnownHostsFile $work/all_known
    StrictHostKeyChecking yes
    IdentityFile $work/user
END
}

# goes WHAT ARGUMENTS…: a login behind the jumps, and bytes both ways.
goes()
{
    local what=$1 port

    shift
    port=$(free_port)
    : >"$work/adit.log"
    start adit "$ADIT" -F "$work/config" -v -L "$port:127.0.0.1:$serving" "$@"
    client_pid=$started
    await "$what" said "adit: logged in at 127.0.0.1:"
    await "$what" listening "$port"
    "$traffic" both "$port" $((1 << 20)) || fail "$what: wrong bytes"
    end
}

# What a connection to a port's server is now.
connected_to()
{
    grep -c " [0-9A-F]*:$(printf %04X "$1") 01 " /proc/net/tcp || true
}

nobody_on()
{
    [ "$(connected_to "$1")" -eq 0 ]
}

try_chains()
{
    goes "one jump" -J first third
    said "jump host 127.0.0.1:$first: logged in at 127.0.0.1:$first" || fail "its hop is not named"
    goes "two jumps" -J first,second third
    said "jump host 127.0.0.1:$second: jump host 127.0.0.1:$first: logged in" ||
        fail "the first hop is not the second's"
    goes "the configuration's" chain
    goes "a jump's own jump" -J by-second third
    goes "user, port and address" -J "ssh://$login@127.0.0.1:$first,tunnel@[127.0.0.1]:$second" \
        third
    goes "user and port" -J "$login@127.0.0.1:$first" third
    goes "none" -J none chain
    ! said "jump host" || fail "none: a jump host all the same"
    goes "ProxyCommand first" -o ProxyCommand="nc %h %p" chain
    ! said "jump host" || fail "ProxyCommand first: a jump host all the same"
    for port in "$first" "$second" "$third"; do
        started=$server_pid
        await "no connection is left" nobody_on "$port"
    done
    echo "chains"
}

try_failures()
{
    local closed port

    closed=$(free_port)
    rejects "adit: gateway: jump host 127.0.0.1:$closed: connect to 127.0.0.1:$closed: Connection \
refused" -F "$work/config" -J "first:$closed" third
    rejects "adit: gateway: jump host 127.0.0.1:$first cannot connect to 127.0.0.1:$closed: " \
        -F "$work/config" -J first -p "$closed" third
    rejects "adit: gateway: jump host 127.0.0.1:$second: jump host 127.0.0.1:$first: login as " \
        -F "$work/config" -J stranger,second third
    rejects "jump host 127.0.0.1:$second: the host key of [127.0.0.1]:$second is not known" \
        -F "$work/config" -J first,unknown third
    rejects "adit: client side: ProxyJump: 127.0.0.1 is to be reached through itself" \
        -F "$work/config" circle
    rejects "is not a list of [user@]host" -F "$work/config" -J "first," third
    # The first hop's end is told at the last, and the whole chain is built again.
    port=$(free_port)
    : >"$work/adit.log"
    start adit "$ADIT" -F "$work/config" -v -L "$port:127.0.0.1:$serving" chain
    client_pid=$started
    await "a chain" listening "$port"
    await "adit" is_settled
    # shellcheck disable=SC2046 # one id or more
    kill $(ps -o pid= --ppid "$first_pid")
    await "the lost hop's name" said "was lost: jump host 127.0.0.1:$second"
    await "the chain again" said "adit: up again after"
    "$traffic" both "$port" $((1 << 20)) || fail "the chain that came back: wrong bytes"
    end
    echo "failures"
}

need ssh sshd nc
make_keys
start_traffic
: >"$work/all_known"
start_server sshd
first=$server_port first_pid=$server_pid
cat "$work/known_hosts" >>"$work/all_known"
server_options=("PermitOpen any")
start_server aditd
second=$server_port
cat "$work/known_hosts" >>"$work/all_known"
server_options=()
start_server sshd
third=$server_port
cat "$work/known_hosts" >>"$work/all_known"
write_config
try_chains
try_failures
