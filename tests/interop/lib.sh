# SPDX-License-Identifier: BSD-2-Clause
# Servers and clients for the interop tests: each test has a folder of its own, ports of 127.0.0.1,
# and processes that end with it whatever happens. Readiness is polled for, with a bound.
# shellcheck shell=bash
set -euo pipefail
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
BUILD=${BUILD:-$here/../../build}
ADIT=${ADIT:-$BUILD/adit}
ADITD=${ADITD:-$BUILD/aditd}
traffic=$BUILD/tests/traffic
export UBSAN_OPTIONS=print_stacktrace=1

work=$(mktemp -d "${TMPDIR:-/tmp}/adit-interop.XXXXXX")
chmod 711 "$work"
# plink and dbclient keep their own files at home.
mkdir "$work/home"
export HOME=$work/home
# Nor do tunnels of a test meet those of whoever runs it.
export XDG_RUNTIME_DIR=$work/home
pids=()

# A sanitizer's build is slow, and its bytes are looked at more closely.
bulk=$((64 << 20))
[ -z "${SANITIZE-}" ] || bulk=$((4 << 20))

# nap LOOK: between one look at something and the next; most of it is there very soon.
nap()
{
    if [ "$1" -lt 10 ]; then sleep 0.01; else sleep 0.1; fi
}

# What is left gets five seconds: a sanitizer reports leaks when its program ends.
end_all()
{
    local i last=$((SECONDS + 5))

    for ((i = 0; SECONDS <= last && ${#pids[@]} > 0; i++)); do
        kill "${pids[@]}" 2>/dev/null || return 0
        nap $i
    done
    [ ${#pids[@]} -eq 0 ] || kill -9 "${pids[@]}" 2>/dev/null || true
}

clean_up()
{
    local status=$? log

    trap '' HUP INT TERM
    end_all
    if grep -lE 'Sanitizer|runtime error:' "$work"/*.log 2>/dev/null; then
        echo "FAILED: a sanitizer spoke"
        status=1
    fi
    if [ "$status" -ne 0 ] && [ "$status" -ne 77 ]; then
        for log in "$work"/*.log; do
            [ -s "$log" ] || continue
            echo "--- ${log##*/}, its last lines"
            tail -n 25 "$log" | cut -c 1-300
        done
    fi
    [ -n "${KEEP-}" ] || rm -rf "$work"
    exit "$status"
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM

fail()
{
    echo "FAILED: $*"
    exit 1
}

skip()
{
    echo "SKIP: $*"
    exit 77
}

[ -x "$traffic" ] || fail "no $traffic: build first, or say where with BUILD="

need()
{
    local program

    for program; do
        command -v "$program" >/dev/null || skip "$program is not installed"
    done
}

# start NAME COMMAND…: in the background, output into NAME.log, its id in $started. The kernel ends
# it when this shell is killed.
start()
{
    local name=$1

    shift
    setpriv --pdeathsig TERM -- "$@" </dev/null >>"$work/$name.log" 2>&1 &
    started=$!
    pids+=("$started")
}

is_running()
{
    kill -0 "$1" 2>/dev/null
}

# Told a second time, adit and aditd do not wait for what is still in use.
is_ours()
{
    local name=

    read -r name 2>/dev/null <"/proc/$1/comm" || true
    [ "$name" = adit ] || [ "$name" = aditd ]
}

# stop PID: ends a process that was started here; what it returned is in $stopped.
stop()
{
    local i last=$((SECONDS + 30))

    for ((i = 0; SECONDS <= last; i++)); do
        # Again from time to time: ssh may miss one that comes just before its poll().
        if [ $i -eq 0 ] || { [ $((i % 10)) -eq 0 ] && ! is_ours "$1"; }; then
            kill "$1" 2>/dev/null || true
        fi
        is_running "$1" || break
        nap $i
    done
    kill -9 "$1" 2>/dev/null && fail "process $1 did not end in 30 s"
    stopped=0
    wait "$1" 2>/dev/null || stopped=$?
    forget "$1"
}

# The id is another's once its process has been waited for.
forget()
{
    local pid left=()

    for pid in "${pids[@]}"; do
        [ "$pid" = "$1" ] || left+=("$pid")
    done
    pids=("${left[@]}")
}

slack=1 # how many times as long as it is said it may take

# ends PID SECONDS: whether it ends by itself in that time; what it returned is in $stopped.
ends()
{
    local i last=$((SECONDS + $2 * slack))

    for ((i = 0; SECONDS <= last; i++)); do
        if ! is_running "$1"; then
            stopped=0
            wait "$1" || stopped=$?
            forget "$1"
            return 0
        fi
        nap $i
    done
    return 1
}

# await WHAT COMMAND…: until the command succeeds, for a minute at most, and while $started runs.
await()
{
    local what=$1 last=$((SECONDS + 60)) runs=yes i=0

    shift
    until "$@"; do
        # What it did last may have been what is awaited.
        [ "$runs" = yes ] || fail "$what: the program ended"
        is_running "$started" || runs=no
        [ "$SECONDS" -le "$last" ] || fail "$what: not in 60 s"
        nap $((i++))
    done
}

# Whether something listens on a port of 127.0.0.1, without connecting to it. Who opens it at ::1 as
# well may be between the two.
listening()
{
    grep -q "^ *[0-9]*: [0-9A-F]*:$(printf %04X "$1") [0-9A-F]*:0000 0A " /proc/net/tcp ||
        grep -q "^ *[0-9]*: 0\{32\}:$(printf %04X "$1") [0-9A-F]*:0000 0A " /proc/net/tcp6
}

not_listening()
{
    ! grep -q "^ *[0-9]*: [0-9A-F]*:$(printf %04X "$1") [0-9A-F]*:0000 0A " /proc/net/tcp /proc/net/tcp6
}

# listens_at 127.0.0.1 PORT: an IPv4 socket at exactly this address.
listens_at()
{
    local a b c d address

    IFS=. read -r a b c d <<<"$1"
    address=$(printf '%02X%02X%02X%02X:%04X' "$d" "$c" "$b" "$a" "$2")
    grep -q "^ *[0-9]*: $address [0-9A-F]*:0000 0A " /proc/net/tcp
}

# Of a block that no other test has meanwhile.
free_port()
{
    "$BUILD/tests/ports" draw "$work/ports"
}

# What keeps the block ends after everything else that this shell has started.
take_ports()
{
    setpriv --pdeathsig TERM -- "$BUILD/tests/ports" keep "$work/ports" </dev/null >>"$work/ports.log" 2>&1 &
    started=$!
    await "a block of ports" test -s "$work/ports"
}

take_ports

# $serving and $closing are the ports of the traffic server; $greeting is as $serving.
start_traffic()
{
    start traffic "$traffic" serve "$work/traffic.ports"
    await "traffic" test -s "$work/traffic.ports"
    read -r serving closing greeting <"$work/traffic.ports"
}

# For plink's sake (0.78): where its connection to the server was held up and goes on, it reads from
# all its clients, and throws away what comes from one whose channel is not open yet.
let_server_greet()
{
    serving=$greeting
    export TRAFFIC_IS_GREETED=1
}

# hold PORT [COMMAND…]: a connection that is used until it is told to end, by a process that COMMAND
# runs, in $holding; its first round trip is over.
hold()
{
    rm -f "$work/held"
    start hold "${@:2}" "$traffic" hold "$1" "$work/held"
    holding=$started
    await "a connection by way of port $1" test -e "$work/held"
}

# ---- keys --------------------------------------------------------------------

# make_key FILE TYPE [OPTIONS…]
make_key()
{
    local file=$1 type=$2

    shift 2
    ssh-keygen -q -t "$type" -N '' -C test -f "$work/$file" "$@"
}

# The user's key in every form, and the host's.
make_keys()
{
    make_key user ed25519
    make_key host ed25519
    cp "$work/user.pub" "$work/authorized_keys"
    if command -v puttygen >/dev/null; then
        puttygen "$work/user" -O private -o "$work/user.ppk"
    fi
    if command -v dropbearconvert >/dev/null; then
        dropbearconvert openssh dropbear "$work/user" "$work/user.dropbear" >>"$work/keys.log" 2>&1
        dropbearconvert openssh dropbear "$work/host" "$work/host.dropbear" >>"$work/keys.log" 2>&1
    fi
}

# ---- servers -------------------------------------------------------------------

server_options=() # more lines for the configuration of aditd and sshd
workers=4         # of aditd, on however small a machine
host_key=host
login=

# Of a setting that is given twice, the first is meant.
server_config()
{
    printf '%s\n' ${server_options[@]+"${server_options[@]}"}
    cat <<END
ListenAddress 127.0.0.1:$server_port
HostKey $work/$host_key
AuthorizedKeysFile $work/authorized_keys
StrictModes no
PasswordAuthentication no
PidFile none
LogLevel VERBOSE
END
}

# Without the permits the gateway lets a key open nothing.
aditd_config()
{
    server_config
    cat <<END
PermitOpen any
PermitListen any
END
}

sshd_config()
{
    server_config
    cat <<END
UsePAM no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
MaxStartups 200
MaxSessions 200
END
}

run_aditd()
{
    login=tunnel
    [ -x "$ADITD" ] || skip "$ADITD is not built"
    aditd_config >"$work/aditd.conf"
    start aditd "$ADITD" -D -e -o "Workers=$workers" -f "$work/aditd.conf"
}

run_sshd()
{
    login=$(id -un)
    need sshd
    [ "$(id -u)" -ne 0 ] || mkdir -p /run/sshd
    sshd_config >"$work/sshd.conf"
    # From 9.8 on it turns away for a while who was refused, and tests are refused on purpose.
    ! "$(command -v sshd)" -t -f "$work/sshd.conf" -o PerSourcePenalties=no 2>/dev/null ||
        echo "PerSourcePenalties no" >>"$work/sshd.conf"
    start sshd "$(command -v sshd)" -D -e -f "$work/sshd.conf"
}

# Dropbear takes keys only from the home folder in the password file: it gets a password file of its
# own, in a mount namespace.
run_dropbear()
{
    local namespace=(unshare --mount)

    login=root
    need dropbear dropbearconvert unshare
    [ "$(id -u)" -eq 0 ] || namespace=(unshare --mount --map-root-user)
    "${namespace[@]}" true 2>/dev/null || skip "no namespace for dropbear's password file"
    mkdir -p "$work/login/.ssh"
    cp "$work/authorized_keys" "$work/login/.ssh/authorized_keys"
    chmod -R go-rwx "$work/login"
    echo "root:x:0:0:root:$work/login:/bin/sh" >"$work/passwd"
    start dropbear "${namespace[@]}" sh -c 'mount --bind "$1" /etc/passwd; shift; exec "$@"' sh \
        "$work/passwd" "$(command -v dropbear)" -F -E -s -W 1048576 -r "$work/$host_key.dropbear" \
        -p "127.0.0.1:$server_port" -P "$work/dropbear.pid"
}

# start_server KIND: aditd, sshd or dropbear; $server_port, $server_pid and $login tell the rest.
start_server()
{
    server_port=$(free_port)
    "run_$1"
    server_pid=$started
    await "$1" listening "$server_port"
    # shellcheck disable=SC2034 # tests use it
    echo "[127.0.0.1]:$server_port $(cut -d' ' -f1,2 "$work/$host_key.pub")" >"$work/known_hosts"
}

# ---- clients -------------------------------------------------------------------

client_options=() # more -o of adit and ssh
user_key=user

openssh_arguments()
{
    arguments=(-F none -N -p "$server_port" -i "$work/$user_key"
        -o "UserKnownHostsFile=$work/known_hosts" -o GlobalKnownHostsFile=/dev/null
        -o StrictHostKeyChecking=yes -o IdentitiesOnly=yes -o BatchMode=yes
        -o ExitOnForwardFailure=yes ${client_options[@]+"${client_options[@]}"})
}

run_adit()
{
    [ -x "$ADIT" ] || skip "$ADIT is not built"
    openssh_arguments
    start adit "$ADIT" "${arguments[@]}" "$@" "$login@127.0.0.1"
}

run_ssh()
{
    need ssh
    openssh_arguments
    start ssh ssh "${arguments[@]}" "$@" "$login@127.0.0.1"
}

run_plink()
{
    local fingerprint

    need plink puttygen
    fingerprint=$(ssh-keygen -l -f "$work/$host_key.pub" | cut -d' ' -f2)
    start plink plink -ssh -batch -N -noagent -P "$server_port" -i "$work/$user_key.ppk" \
        -hostkey "$fingerprint" "$@" "$login@127.0.0.1"
}

run_dbclient()
{
    need dbclient dropbearconvert
    start dbclient dbclient -N -y -y -W 1048576 -i "$work/$user_key.dropbear" -p "$server_port" "$@" \
        "$login@127.0.0.1"
}

# Whether adit has everything up and waits to be told to stop: SIGTERM has a handler. Between fork()
# and exec() it has this shell's.
is_settled()
{
    local caught

    [ "/proc/$client_pid/exe" -ef "$ADIT" ] || return 1
    caught=$(sed -n 's/^SigCgt:[[:space:]]*//p' "/proc/$client_pid/status")
    (((0x${caught:-0} & 1 << 14) != 0))
}

# start_client KIND PORT ARGUMENTS…: adit, ssh, plink or dbclient; ready when PORT listens, which is
# one that it opens here or at the server.
start_client()
{
    local kind=$1 port=$2

    shift 2
    "run_$kind" "$@"
    client_pid=$started
    await "$kind" listening "$port"
}
