#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Whatever comes, in any order: cuts, deaf ears, resets, loss, a gateway that is stopped, killed and
# restarted, an adit that stands still. Meanwhile connections come and go; each is whole, or broken
# and seen to be so. FAULT_FULL=1: for a minute. The seed is printed: CHAOS_SEED=… does it again.
. "$(dirname "$0")/world.sh"

CHAOS_SEED=${CHAOS_SEED:-$RANDOM}
RANDOM=$CHAOS_SEED
fault="chaos from seed $CHAOS_SEED"
lasts=15
[ -z "${FAULT_FULL-}" ] || lasts=60

# pick N: one of 0 to N-1, in $picked. A subshell's numbers would come again and again.
pick()
{
    picked=$((RANDOM % $1))
}

# doze TENTHS: so long at most.
doze()
{
    pick "$1"
    sleep "$((picked / 10)).$((picked % 10))"
}

# ---- what goes wrong ------------------------------------------------------------------

cut_link()
{
    ip -n "$far" link set wire down
    doze 50
    ip -n "$far" link set wire up
}

# on_the_way RULE: …of what comes in at our side.
on_the_way()
{
    on_near nft -f - <<<"table ip fault { chain in { type filter hook input priority 0; $1; }; }"
    doze 40
    on_near nft delete table ip fault
}

go_deaf()
{
    on_the_way "ip saddr $far_address drop"
}

lose_packets()
{
    on_the_way "iifname wire numgen random mod 100 < 20 drop"
}

reset_all()
{
    on_the_way "tcp sport $server_port reject with tcp reset"
}

freeze_gateway()
{
    kill -STOP "$server_pid"
    doze 50
    kill -CONT "$server_pid"
}

freeze_adit()
{
    kill -STOP "$client_pid"
    doze 30
    kill -CONT "$client_pid"
}

kill_gateway()
{
    gateway_killed
    doze 20
    gateway_up
}

restart_gateway()
{
    stop "$server_pid"
    gateway_up
}

faults=(cut_link go_deaf lose_packets reset_all freeze_gateway freeze_adit kill_gateway restart_gateway)

# ---- what must not -----------------------------------------------------------------------

# carry SIDE PORT NAME: one connection after the other; NAME.outcomes has a line for each. Only one
# that has nothing unread is reset by nobody but us: that is where a cut could look like an end.
carry()
{
    local ways=both

    until [ -e "$work/enough" ]; do
        if [ "$ways" = pull ]; then ways=both; else ways=pull; fi
        if ip netns exec "$1" timeout 20 "$traffic" "$ways" "$2" 3000000 2>"$work/$3.said"; then
            echo whole
        else
            echo "broken: $(tr '\n' ' ' <"$work/$3.said")"
        fi >>"$work/$3.outcomes"
        sleep 0.05
    done
}

# never WORDS FILE…
never()
{
    local words=$1

    shift
    ! grep -hE -- "$words" "$@" || fail "$fault: see above"
}

judge()
{
    local altered="altered|bytes after the last one|verdict is of another"

    never "$altered" "$work"/*.outcomes "$work"/serve.*.log
    # adit lives on: what it was cut off from, it resets. The gateway is killed, and its kernel
    # closes what it had like any other.
    never "early" "$work/local.outcomes"
    for name in local remote; do
        [ "$(grep -c '^whole' "$work/$name.outcomes")" -ge 3 ] || fail "$fault: hardly anything passed"
    done
}

# count NAME WORDS
count()
{
    grep -c "^$2" "$work/$1.outcomes" || true
}

title
gateway_up
FAULT_FULL='' begin # with keepalives that notice some of the shorter ones, too
echo "seed $CHAOS_SEED"
carry "$near" "$local_port" local &
carriers=("$!")
carry "$far" "$remote_port" remote &
carriers+=("$!")
pids+=("${carriers[@]}")
until_ms=$(($(now_ms) + lasts * 1000))
done_so_far=0
while [ "$(now_ms)" -lt "$until_ms" ]; do
    doze 25
    pick ${#faults[@]}
    "${faults[picked]}"
    done_so_far=$((done_so_far + 1))
    is_running "$client_pid" || fail "$fault: adit has ended after ${faults[picked]}"
done

since=$(now_ms)
until works; do
    [ $(($(now_ms) - since)) -lt $((30000 * slack)) ] || fail "$fault: not back in 30 s"
    sleep 0.05
done
back=$(($(now_ms) - since))
for ((i = 0; i < 600; i++)); do # what passes now counts, too
    [ "$(count local whole)" -lt 3 ] || [ "$(count remote whole)" -lt 3 ] || break
    sleep 0.1
done
: >"$work/enough"
for carrier in "${carriers[@]}"; do
    ends "$carrier" 60 || fail "$fault: a connection waits for ever"
done
judge
left_within=40 check_left gateway
row 60 "$fault, $done_so_far faults" "-" \
    "$(count local whole)+$(count remote whole) connections whole, $(count local broken)+$(count remote broken) broken" \
    "$(seconds "$back")"
finish
