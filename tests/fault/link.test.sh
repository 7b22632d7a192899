#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The way to the gateway breaks: cut, deaf on one ear, forgotten by a firewall, or it is another one.
# Or it is only bad: slow and full, or it loses packets.
. "$(dirname "$0")/world.sh"

cut_link()
{
    ip -n "$far" link set wire down
}

mend_link()
{
    ip -n "$far" link set wire up
}

# Something is on its way all the time.
cut_busy_link()
{
    start bulk ip netns exec "$near" "$traffic" pull "$local_port" 4000000000
    bulk=$started
    sleep 0.3
    cut_link
}

mend_busy_link()
{
    mend_link
    ends "$bulk" 5 || fail "$fault: a connection outlives the link"
    [ "$stopped" -ne 0 ] || fail "$fault: a cut looked like an end"
}

go_deaf()
{
    on_near nft -f - <<END
table ip fault { chain in { type filter hook input priority 0; ip saddr $far_address drop; }; }
END
}

be_forgotten()
{
    on_near nft -f - <<END
table ip fault { chain out {
    type filter hook output priority 0; tcp dport $server_port reject with tcp reset
}
}
END
}

hear_again()
{
    on_near nft delete table ip fault
}

move()
{
    ip -n "$near" address del "$near_address/24" dev wire
    near_address=192.0.2.$((${near_address##*.} + 70))
    ip -n "$near" address add "$near_address/24" dev wire
}

# Only the first of three sessions is on our network.
through_jumps()
{
    cat >"$work/jumps.conf" <<END
Host *
    User $login
    Port $server_port
    IdentityFile $work/user
    UserKnownHostsFile $work/jumps.known
END
    echo "[$far_address]:$server_port,[127.0.0.1]:$server_port $(cut -d' ' -f1,2 "$work/host.pub")" \
        >"$work/jumps.known"
    FAULT_FULL=1 begin -F "$work/jumps.conf" -J "$far_address,127.0.0.1"
    outage 38 "our address has changed, two jump hosts" 4 5 move no_mending
    finish
}

# Shorter than the keepalives' patience: nothing is lost, and nobody is told anything.
short_cut()
{
    fault="link cut, shorter than that"
    mark
    start bulk ip netns exec "$near" "$traffic" pull "$local_port" 20000000
    bulk=$started
    cut_link
    sleep 1
    mend_link
    ends "$bulk" 30 || fail "$fault: what was on its way did not arrive"
    [ "$stopped" -eq 0 ] || fail "$fault: the bytes are not those that were sent"
    ! said " was lost: " || fail "$fault: the connection was given up"
    check_left
    row 4 "$fault" "-" "nothing: every byte has come" "-"
}

# Signs of life come through a link that is full, and a link that is bad is not a dead one.
endure()
{
    local number=$1 bytes=$3 tries

    fault=$2
    mark
    for tries in 1 2 3 4; do # some machines are fast
        start bulk ip netns exec "$near" "$traffic" push "$local_port" "$bytes"
        bulk=$started
        paces=$(on_near timeout 60 "$ends" pace "$echoing_port" 20) || fail "$fault: no echo"
        ! is_running "$bulk" || break
        [ "$tries" -lt 4 ] || fail "$fault: it was not full for long"
        ends "$bulk" 60 || fail "$fault: what was on its way did not arrive"
        bytes=$((bytes * 4))
    done
    ends "$bulk" 60 || fail "$fault: what was on its way did not arrive"
    [ "$stopped" -eq 0 ] || fail "$fault: the bytes are not those that were sent"
    ! said " was lost: " || fail "$fault: the connection was given up"
    check_left
    row "$number" "$fault" "-" "nothing; an echo beside: p50 p99 in us: $paces" "-"
}

bad_links()
{
    for side in "$near" "$far"; do
        ip netns exec "$side" tc qdisc add dev wire root tbf rate 8mbit burst 16kb latency 200ms
    done
    endure 17 "a link of 8 Mbit/s, full" 8000000
    for side in "$near" "$far"; do
        ip netns exec "$side" tc qdisc del dev wire root
        ip netns exec "$side" nft -f - <<<"table ip fault { chain in {
            type filter hook input priority 0; iifname wire numgen random mod 100 < 5 drop; }; }"
    done
    endure 58 "a link that loses 5 % of its packets" 20000000
    for side in "$near" "$far"; do
        ip netns exec "$side" nft delete table ip fault
    done
}

title
server_options=("ListenAddress 127.0.0.1:$server_port")
gateway_up
begin
outage 1 "link cut, idle" "$silence" 8 cut_link mend_link
outage 2 "link cut while sending" "$silence" 8 cut_busy_link mend_busy_link
outage 3 "one direction cut" "$silence" 8 go_deaf hear_again
finish
start ends ip netns exec "$far" "$ends" serve "$work/ends.ports"
await "the targets" test -s "$work/ends.ports"
read -r _ _ _ echoing <"$work/ends.ports"
echoing_port=3404
# With the keepalives that it has by itself.
FAULT_FULL=1 begin -L "$echoing_port:127.0.0.1:$echoing"
bad_links
short_cut
outage 5 "reset by a firewall that forgot" 8 5 be_forgotten hear_again
outage 38 "our address has changed" 4 5 move no_mending
finish
through_jumps
