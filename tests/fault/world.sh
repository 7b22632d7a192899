# SPDX-License-Identifier: BSD-2-Clause
# A network of the test's own, with a client's side and a gateway's side, on which things go wrong.
# Each fault that was survived is one row: its number in the list of faults, what was done, after
# which time adit said so and in which words, how soon the tunnel was there again, and what it has
# left behind, which must be nothing: adit has the descriptors and the processes that it had before,
# the gateway one socket on our port, and our local port is the same socket all the time.
#
# FAULT_FULL=1: with adit's own keepalives, which take their 20 s, and more repetitions; and in the
# time that is promised, which it has elsewhere only if no other test is run beside this one.
# shellcheck shell=bash
. "$(dirname "${BASH_SOURCE[0]}")/../interop/lib.sh"

[ "$(id -u)" -eq 0 ] || skip "only root makes networks"
need ip nft pgrep ssh-keygen
[ -x "$ADIT" ] || skip "$ADIT is not built"

slack=5
[ -n "${SANITIZE-}" ] || bulk=$((16 << 20))
[ -z "${FAULT_FULL-}" ] || slack=1 bulk=$((64 << 20))
ends=$BUILD/tests/ends
near=adit-near-$$ far=adit-far-$$ # the client's side, the gateway's
near_address=192.0.2.1 far_address=192.0.2.2
server_port=2222 local_port=3333 remote_port=4444

remove_network()
{
    local name

    for name in "$near" "$far"; do
        ip netns del "$name" 2>/dev/null || true
        rm -rf "/etc/netns/$name"
    done
}

leave_world()
{
    local status=$?

    set +e # what is cleaned up after a failure is cleaned up too
    trap '' HUP INT TERM
    # shellcheck disable=SC2046 # what a test has stopped could not end
    kill -CONT "${pids[@]}" $(pgrep -P "${server_pid:-$$}") 2>/dev/null || true
    remove_network
    (exit "$status")
    clean_up
}
trap leave_world EXIT

make_network()
{
    local name

    ip netns add "$near" 2>/dev/null || skip "no network of the test's own"
    ip netns add "$far"
    ip -n "$near" link add wire type veth peer name wire netns "$far"
    ip -n "$near" address add "$near_address/24" dev wire
    ip -n "$far" address add "$far_address/24" dev wire
    for name in "$near" "$far"; do
        ip -n "$name" link set lo up
        ip -n "$name" link set wire up
    done
}

on_near()
{
    ip netns exec "$near" "$@"
}

on_far()
{
    ip netns exec "$far" "$@"
}

# ---- who lives there -------------------------------------------------------------------

server_config()
{
    printf '%s\n' ${server_options[@]+"${server_options[@]}"}
    cat <<END
ListenAddress $far_address:$server_port
HostKey $work/$host_key
AuthorizedKeysFile $work/authorized_keys
StrictModes no
PasswordAuthentication no
PidFile none
LogLevel VERBOSE
END
}

# listens_on SIDE PORT: the socket's number in the kernel, if there is one.
listens_on()
{
    ip netns exec "$1" cat /proc/net/tcp |
        awk -v port="$(printf %04X "$2")" '$2 ~ ":" port "$" && $4 == "0A" { print $10 }' | grep .
}

gateway_up()
{
    case $gateway in
        aditd)
            login=tunnel
            aditd_config >"$work/aditd.conf"
            start gateway ip netns exec "$far" "$ADITD" -D -e -f "$work/aditd.conf"
            ;;
        sshd)
            login=root
            need sshd
            mkdir -p /run/sshd
            sshd_config >"$work/sshd.conf"
            start gateway ip netns exec "$far" "$(command -v sshd)" -D -e -f "$work/sshd.conf"
            ;;
    esac
    server_pid=$started
    await "the gateway" listens_on "$far" "$server_port" >"$work/number"
}

# With its sessions, at once and without a word.
gateway_killed()
{
    # shellcheck disable=SC2046 # several
    kill -KILL "$server_pid" $(descendants "$server_pid") 2>/dev/null || true
    wait "$server_pid" 2>/dev/null || true
    forget "$server_pid"
}

serve_on()
{
    rm -f "$work/$1.ports"
    start "serve.$1" ip netns exec "$2" "$traffic" serve "$work/$1.ports"
    await "the target" test -s "$work/$1.ports"
}

around=() # a program that runs adit

# begin [OPTIONS…]: a tunnel with a forward each way, up and used.
begin()
{
    local silent=(-o ServerAliveInterval=1 -o ServerAliveCountMax=2)

    [ -z "${FAULT_FULL-}" ] || silent=()
    echo "[$far_address]:$server_port $(cut -d' ' -f1,2 "$work/$host_key.pub")" >"$work/known_hosts"
    : >"$work/adit.log"
    marked=0
    start adit ip netns exec "$near" ${around[@]+"${around[@]}"} "$ADIT" -F none -v "$@" -p "$server_port" -i "$work/$user_key" \
        -o "UserKnownHostsFile=$work/known_hosts" -o GlobalKnownHostsFile=/dev/null \
        -o StrictHostKeyChecking=yes -o BatchMode=yes ${silent[@]+"${silent[@]}"} \
        -L "$local_port:127.0.0.1:$far_serving" -R "$remote_port:127.0.0.1:$near_serving" \
        "$login@${gateway_name:-$far_address}"
    client_pid=$started
    await "the tunnel" works
    held=$(listens_on "$near" "$local_port")
    baseline=$(descriptors)
    gateway_baseline=$(gateway_descriptors)
    left="-"
}

finish()
{
    started=$client_pid
    await "adit" is_settled
    stop "$client_pid"
    [ "$stopped" -eq 0 ] || fail "adit ended with $stopped"
}

descriptors()
{
    find "/proc/$client_pid/fd" -mindepth 1 | wc -l
}

# Of the gateway and its sessions' processes.
gateway_descriptors()
{
    local pid

    # shellcheck disable=SC2046 # several
    for pid in "$server_pid" $(descendants "$server_pid"); do
        find "/proc/$pid/fd" -mindepth 1 2>/dev/null || true
    done | wc -l
}

descendants()
{
    local child

    for child in $(pgrep -P "$1" || true); do
        echo "$child"
        descendants "$child"
    done
}

works()
{
    listens_on "$far" "$remote_port" >"$work/number" &&
        on_far timeout $((2 * slack)) "$traffic" echo "$remote_port" 3 >"$work/traffic.said" 2>&1 &&
        on_near timeout $((2 * slack)) "$traffic" echo "$local_port" 3 >"$work/traffic.said" 2>&1
}

# still_works: or it does so again in a moment.
still_works()
{
    started=$client_pid
    await "$fault: it does not work" works
}

# ---- what is said, and when ---------------------------------------------------------------

now_ms()
{
    local now=${EPOCHREALTIME/[.,]/}

    echo "${now%???}"
}

mark()
{
    marked=$(wc -l <"$work/adit.log")
}

said()
{
    tail -n "+$((marked + 1))" "$work/adit.log" | grep -qF -- "$1"
}

# says WORDS SECONDS: adit says so in that time; how long it took is in $took, in ms.
says()
{
    local since

    since=$(now_ms)
    until said "$1"; do
        took=$(($(now_ms) - since))
        [ "$took" -lt $(($2 * 1000 * slack)) ] || fail "$fault: in $2 s not a word of \"$1\""
        is_running "$client_pid" || said "$1" || fail "$fault: adit has ended"
        sleep 0.02
    done
    took=$(($(now_ms) - since))
}

seconds()
{
    printf '%d.%02d s' $(($1 / 1000)) $(($1 % 1000 / 10))
}

# row NUMBER FAULT NOTICED TOLD BACK
row()
{
    printf '%-4s %-38s %-9s %-9s %-8s %s\n' "$1" "$2" "$3" "$5" "$left" "$4"
    left="-"
}

title()
{
    left="left"
    row "no." "fault" "noticed" "what the user was told" "back"
}

# What is there now and was not when the tunnel was new.
what_is_left()
{
    local now children

    now=$(descriptors)
    [ "$now" -le "$baseline" ] || echo "adit has $now descriptors, not $baseline;"
    children=$(pgrep -c -P "$client_pid" || true)
    [ "$children" -eq 0 ] || echo "adit has $children processes;"
    now=$(listens_on "$far" "$remote_port" | wc -l)
    [ "$now" -eq "1" ] || echo "port $remote_port has $now sockets;"
    [ -z "${1-}" ] || now=$(gateway_descriptors)
    [ -z "${1-}" ] || [ "$now" -le "$gateway_baseline" ] ||
        echo "the gateway has $now descriptors, not $gateway_baseline;"
}

# check_left [GATEWAY]: nothing of the fault stays; nor at the gateway, where that is asked for.
check_left()
{
    local i

    [ "$(listens_on "$near" "$local_port")" = "$held" ] || fail "$fault: the local port was let go"
    for ((i = 0; i < ${left_within-10} * 10 * slack; i++)); do
        left=$(what_is_left "$@")
        [ -n "$left" ] || break
        sleep 0.1
    done
    [ -z "$left" ] || fail "$fault: $left"
    left="nothing"
}

# Twice a second at most: the times of the tries are not in the log, but their number is.
tries()
{
    tail -n "+$((marked + 1))" "$work/adit.log" | grep -c '^adit: connecting to' || true
}

# break_tunnel NOTICED BACK INJECT MEND: the tunnel breaks and comes back; NOTICED and BACK are the
# seconds that it may take. How long it took is in $noticed and $back, in ms; what was said in $told.
break_tunnel()
{
    local most=$2 mend=$4 since

    mark
    "$3"
    says " was lost: " "$1"
    noticed=$took
    told=$(tail -n "+$((marked + 1))" "$work/adit.log" | grep -m 1 ' was lost: ')
    told="the connection was lost: ${told#* was lost: }"
    [ "$(listens_on "$near" "$local_port")" = "$held" ] || fail "$fault: the local port was let go"
    "$mend"
    since=$(now_ms)
    until works; do
        [ $(($(now_ms) - since)) -lt $((most * 1000 * slack)) ] || fail "$fault: not back in $most s"
        is_running "$client_pid" || fail "$fault: adit has ended"
        sleep 0.02
    done
    back=$(($(now_ms) - since))
    said "up again after " || fail "$fault: adit does not say that it is up again"
    [ "$(tail -n "+$((marked + 1))" "$work/adit.log" | grep -c ' was lost: ')" -eq 1 ] ||
        fail "$fault: more than one outage was told of"
    check_left
}

# outage NUMBER FAULT NOTICED BACK INJECT MEND: and a row of it.
outage()
{
    fault=$2
    break_tunnel "$3" "$4" "$5" "$6"
    row "$1" "$fault" "$(seconds "$noticed")" "$told" "$(seconds "$back")"
}

# Only the connection that is there dies, without a word to either side.
forget_connection()
{
    local port

    port=$(on_near cat /proc/net/tcp |
        awk -v port="$(printf %04X "$server_port")" '$3 ~ ":" port "$" && $4 == "01" {
            sub(".*:", "", $2); found = $2 } END { print found }')
    on_near nft -f - <<END
table ip fault { chain in { type filter hook input priority 0; tcp dport $((0x$port)) drop; }
chain out { type filter hook output priority 0; tcp sport $((0x$port)) drop; }; }
END
}

no_mending()
{
    :
}

# What a silent link may take to be noticed: 20 s by itself, and a loaded machine is late.
silence=5
[ -z "${FAULT_FULL-}" ] || silence=25

gateway=${gateway:-aditd}
make_keys
make_network
serve_on near "$near"
read -r near_serving _ <"$work/near.ports"
serve_on far "$far"
read -r far_serving far_closing _ <"$work/far.ports"
