#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The gateway goes and comes back, and hundreds of clients with it, all at once. It lets in no more
# of them at a time than MaxStartups says; each is turned away until it is let in, and none gives up.
# FAULT_FULL=1: a thousand.
. "$(dirname "$0")/world.sh"

each=50 # tunnels of one adit; adit up takes 64
programs=6
most=$((30 * slack)) # seconds for all of them, on a machine that has other things to do
[ -z "${FAULT_FULL-}" ] || programs=20 most=90
tunnels=$((each * programs))
first_port=$((0x4000))
full=20

write_config()
{
    local i

    for ((i = 0; i < tunnels; i++)); do
        printf 'Host t%d\n    RemoteForward %d 127.0.0.1:%d\n' "$i" $((first_port + i)) "$near_serving"
    done
    cat <<END
Host *
    HostName $far_address
    Port $server_port
    User $login
    IdentityFile $work/user
    IdentityAgent none
    UserKnownHostsFile $work/known_hosts
    GlobalKnownHostsFile /dev/null
    BatchMode yes
END
}

start_clients()
{
    local program names i

    for ((program = 0; program < programs; program++)); do
        names=()
        for ((i = 0; i < each; i++)); do
            names+=("t$((program * each + i))")
        done
        start "adit.$program" ip netns exec "$near" "$ADIT" up -F "$work/config" "${names[@]}"
        clients[program]=$started
    done
}

# How many of their ports listen at the gateway; compared as the kernel writes them, in four digits.
listening_now()
{
    ip netns exec "$far" cat /proc/net/tcp |
        awk -v first="$(printf %04X "$first_port")" -v end="$(printf %04X $((first_port + tunnels)))" '
            $4 == "0A" { port = $2; sub(".*:", "", port)
                count += port "" >= first "" && port "" < end "" } END { print count + 0 }'
}

# all_back: $back is how long it took, from the gateway's return.
all_back()
{
    local since client

    since=$(now_ms)
    until [ "$(listening_now)" -eq "$tunnels" ]; do
        [ $(($(now_ms) - since)) -lt $((most * 1000)) ] ||
            fail "$fault: $(listening_now) of $tunnels are back in $most s"
        sleep 0.1
    done
    back=$(($(now_ms) - since))
    for client in "${clients[@]}"; do
        is_running "$client" || fail "$fault: an adit has given up"
    done
    for ((i = 0; i < tunnels; i += tunnels / 7)); do
        on_far timeout $((5 * slack)) "$traffic" echo $((first_port + i)) 3 || fail "$fault: tunnel $i does not work"
    done
}

# What aditd says when it turns somebody away has the number of those that it has let in so far.
startups_kept()
{
    local highest

    highest=$(sed -n 's/.*MaxStartups, \([0-9]*\) are waiting for their login$/\1/p' "$work/gateway.log" |
        sort -n | tail -n 1)
    turned_away=$(sed -n 's/.*refused \([0-9]*\) connections: MaxStartups.*/\1/p' "$work/gateway.log" |
        awk '{ sum += $1 } END { print sum + 0 }')
    [ "${highest:-0}" -le "$full" ] || fail "$fault: $highest logins at once"
}

# Of all the clients, then of the gateway.
all_descriptors()
{
    local client_pid sum=0

    for client_pid in "${clients[@]}"; do
        sum=$((sum + $(descriptors)))
    done
    echo "$sum $(gateway_descriptors)"
}

nothing_is_left()
{
    local i ours theirs ours_as_new theirs_as_new

    read -r ours_as_new theirs_as_new <<<"$as_new"
    for ((i = 0; i < 100 * slack; i++)); do
        read -r ours theirs <<<"$(all_descriptors)"
        [ "$ours" -gt "$ours_as_new" ] || [ "$theirs" -gt "$theirs_as_new" ] || return 0
        sleep 0.1
    done
    fail "$fault: $ours $theirs descriptors, not $as_new"
}

stop_gateway()
{
    stop "$server_pid"
}

# storm FAULT HOW
storm()
{
    fault="$1, $tunnels clients"
    : >"$work/gateway.log"
    "$2"
    sleep 1
    [ "$(listening_now)" -eq 0 ] || fail "$fault: something listens for a dead gateway"
    gateway_up
    all_back
    startups_kept
    nothing_is_left
    left="nothing"
    row 9 "$fault" "-" "nothing: all are back; $turned_away times one was turned away" \
        "$(seconds "$back")"
}

title
server_options=("MaxStartups 10:30:$full" "LogLevel INFO")
gateway_up
echo "[$far_address]:$server_port $(cut -d' ' -f1,2 "$work/host.pub")" >"$work/known_hosts"
write_config >"$work/config"
clients=()
fault="the beginning, $tunnels clients"
start_clients
all_back
startups_kept
as_new=
until [ "$as_new" = "$(all_descriptors)" ]; do # the connections of all_back are over
    as_new=$(all_descriptors)
    sleep 0.5
done
row 9 "$fault" "-" "nothing: all are up; $turned_away times one was turned away" "$(seconds "$back")"
storm "aditd killed" gateway_killed
storm "aditd told to end" stop_gateway
