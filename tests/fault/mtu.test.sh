#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# A black hole: packets of full size vanish, and the word about it (ICMP) never comes. What is small
# goes through, the identification and keepalives too, so that it looks as if all were well.
. "$(dirname "$0")/world.sh"

words="large packets may be lost on the way (MTU)"

open_hole()
{
    local side

    for side in "$near" "$far"; do
        ip netns exec "$side" nft -f - <<<"table ip fault { chain in {
            type filter hook input priority 0; iifname wire meta length > 1280 drop; }; }"
    done
}

close_hole()
{
    local side

    for side in "$near" "$far"; do
        ip netns exec "$side" nft delete table ip fault
    done
}

# The first try: an end, in one sentence.
through_the_hole()
{
    local status=0 since

    fault="a way that loses large packets"
    open_hole
    echo "[$far_address]:$server_port $(cut -d' ' -f1,2 "$work/host.pub")" >"$work/known_hosts"
    since=$(now_ms)
    on_near timeout $((40 * slack)) "$ADIT" -F none -p "$server_port" -i "$work/user" -o BatchMode=yes \
        -o "UserKnownHostsFile=$work/known_hosts" "${patience[@]}" "$login@$far_address" \
        >"$work/adit.log" 2>&1 </dev/null || status=$?
    [ "$status" -eq 255 ] || fail "$fault: adit ended with $status"
    [ "$(wc -l <"$work/adit.log")" -eq 1 ] || fail "$fault: not one sentence"
    grep -qF -- "$words" "$work/adit.log" || fail "$fault: it says: $(cat "$work/adit.log")"
    row 57 "$fault" "$(seconds $(($(now_ms) - since)))" "$(sed 's/^adit: //' "$work/adit.log")" "-"
    close_hole
}

# It opens while much is on its way; tries to come back find it again.
fall_into_hole()
{
    start bulk ip netns exec "$near" "$traffic" pull "$local_port" 4000000000
    bulk=$started
    sleep 0.3
    open_hole
}

climb_out()
{
    ends "$bulk" 5 || fail "$fault: a connection outlives the link"
    [ "$stopped" -ne 0 ] || fail "$fault: a cut looked like an end"
    says "$words" 40
    close_hole
}

title
for side in "$near" "$far"; do
    ip -n "$side" link set wire gso_max_segs 1 # packets are as they would be on a real wire
done
patience=(-o ConnectTimeout=3)
[ -z "${FAULT_FULL-}" ] || patience=()
gateway_up
through_the_hole
begin "${patience[@]}"
outage 57 "the way begins to lose large packets" "$silence" 10 fall_into_hole climb_out
finish
