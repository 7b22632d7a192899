#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The way to the gateway breaks: cut, deaf on one ear, forgotten by a firewall, or it is another one.
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
    ip -n "$near" address add 192.0.2.77/24 dev wire
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

title
gateway_up
begin
outage 1 "link cut, idle" "$silence" 8 cut_link mend_link
outage 2 "link cut while sending" "$silence" 8 cut_busy_link mend_busy_link
outage 3 "one direction cut" "$silence" 8 go_deaf hear_again
finish
# With the keepalives that it has by itself.
FAULT_FULL=1 begin
short_cut
outage 5 "reset by a firewall that forgot" 8 5 be_forgotten hear_again
outage 38 "our address has changed" 4 5 move no_mending
finish
