#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Connections inside the tunnel that stand still, end by half or break: the others do not notice, the
# other end sees what happened, and nothing of them stays in adit or at the gateway.
. "$(dirname "$0")/world.sh"

# both_ways NUMBER FAULT PROGRAM COMMAND COUNT: through -L, and through -R.
both_ways()
{
    fault="$2, $gateway"
    mark
    on_near timeout $((60 * slack)) "$3" "$4" "$local_port" "$5" || fail "$fault, -L"
    on_far timeout $((60 * slack)) "$3" "$4" "$remote_port" "$5" || fail "$fault, -R"
    ! said " was lost: " || fail "$fault: the connection was given up"
    check_left gateway
    row "$1" "$fault" "-" "nothing" "-"
}

# ---- ends -----------------------------------------------------------------------

half_closed()
{
    both_ways 20 "our EOF first, then the answer" "$traffic" halfclose 1000000
    both_ways 21 "the target's EOF first" "$traffic" halfclose-down 1000000
    both_ways 22 "both EOF, and nothing else" "$traffic" halfclose 0
    both_ways 23 "closed before it is confirmed" "$ends" vanish 200
}

# The target answers a second after everything was sent.
early_data()
{
    fault="data before it is confirmed, $gateway"
    mark
    on_far nft -f - <<<"table ip fault { chain in { type filter hook input priority 0
        tcp dport $far_serving tcp flags & (syn | ack) == syn drop; }; }"
    start early ip netns exec "$near" timeout $((20 * slack)) "$traffic" halfclose "$local_port" 1000000
    early=$started
    sleep 0.5
    is_running "$early" || fail "$fault: the connection was not held"
    on_far nft delete table ip fault
    ends "$early" 20 || fail "$fault: the connection waits for ever"
    [ "$stopped" -eq 0 ] || fail "$fault: the bytes are not those that were sent"
    check_left gateway
    row 24 "$fault" "-" "nothing" "-"
}

# A target that resets: aditd says so to adit, of sshd's words it looks like an end.
reset_by_target()
{
    local seen wanted=reset

    [ "$gateway" = aditd ] || wanted=eof
    fault="reset by the target, $gateway"
    mark
    seen=$(on_near timeout $((20 * slack)) "$ends" how "$resetting_port") || fail "$fault: the client sees no end"
    [ "${seen% *}" = "$wanted" ] || fail "$fault: the client sees \"$seen\", not $wanted"
    [ "${seen#* }" -eq 1000 ] || fail "$fault: the client sees \"$seen\""
    check_left gateway
    row 25 "$fault" "-" "nothing; the application sees: ${seen% *}" "-"
}

reset_by_application()
{
    local wanted=reset before seen=

    [ "$gateway" = aditd ] || wanted=eof
    fault="reset by the application, $gateway"
    mark
    before=$(wc -l <"$work/ends.log")
    on_near timeout $((20 * slack)) "$ends" reset "$recording_port" 100000 || fail "$fault: it could not"
    for ((i = 0; i < 100 * slack; i++)); do
        seen=$(tail -n "+$((before + 1))" "$work/ends.log")
        [ -z "$seen" ] || break
        sleep 0.05
    done
    [ "${seen% *}" = "$wanted" ] || fail "$fault: the target sees \"$seen\", not $wanted"
    check_left gateway
    row 26 "$fault" "-" "nothing; the target sees: ${seen% *}" "-"
}

# ---- standing still ---------------------------------------------------------------

rss_kb()
{
    awk '$1 == "VmRSS:" { print $2 }' "/proc/$client_pid/status"
}

# pulled BYTES: the ms that it takes.
pulled()
{
    local since

    since=$(now_ms)
    on_near timeout $((60 * slack)) "$traffic" pull "$local_port" "$1" || fail "$fault: the others stand still"
    echo $(($(now_ms) - since))
}

# A stalled target fills its own window and what lies before it, and no more.
targets_stalled()
{
    local alone beside before grown

    fault="20 targets do not read, $gateway"
    mark
    alone=$(pulled "$bulk")
    before=$(rss_kb)
    start stall ip netns exec "$near" "$ends" stall "$stalling_port" 20
    filler=$started
    await "20 connections to be full" test -s "$work/stall.log"
    beside=$(pulled "$bulk")
    grown=$(($(rss_kb) - before))
    # 20 sockets' buffers are the kernel's; ours is at most a window for each.
    [ "$grown" -lt 65536 ] || fail "$fault: adit grew by $grown kB"
    still_works
    stop_filler "$filler"
    check_left_of_stalled
    row 16 "$fault" "-" "nothing; another: $alone ms alone, $beside ms beside; +$grown kB" "-"
}

# The applications are killed: nobody waits for what their targets never read.
stop_filler()
{
    stop "$1"
    rm -f "$work"/stall*.log
}

# sshd keeps for good what its own targets do not read.
check_left_of_stalled()
{
    if [ "$gateway" = aditd ]; then check_left gateway; else check_left; fi
}

# fill SIDE PORT COUNT: what fills them is in $filler.
fill()
{
    start "stall.$2" ip netns exec "$1" "$ends" stall "$2" "$3"
    filler=$started
    await "$3 connections to be full" test -s "$work/stall.$2.log"
}

# As many again as -R, whose bytes go the other way; one of each kind goes on, both ways.
hundred_stalled()
{
    local up down since moved

    fault="100 + 100 stand still, $gateway"
    mark
    fill "$near" "$stalling_port" 100
    up=$filler
    fill "$far" "$stalling_remote_port" 100
    down=$filler
    since=$(now_ms)
    on_near timeout $((60 * slack)) "$traffic" both "$local_port" "$bulk" || fail "$fault: -L does not move"
    on_far timeout $((60 * slack)) "$traffic" both "$remote_port" "$bulk" || fail "$fault: -R does not move"
    moved=$(($(now_ms) - since))
    is_running "$up" && is_running "$down" || fail "$fault: they did not stand still so long"
    ! said " was lost: " || fail "$fault: the connection was given up"
    stop_filler "$up"
    stop_filler "$down"
    # sshd does not look at a connection for which it has no window: there our targets end, too.
    [ "$gateway" = aditd ] || stop "$near_ends"
    check_left_of_stalled
    row 18 "$fault" "-" "nothing; 4 x $((bulk >> 20)) MiB beside them are whole, in $moved ms" "-"
}

# A query beside a dump. What is printed is the promise; what is asserted is that it is not starved.
bulk_and_echo()
{
    local alone beside

    fault="an echo beside a bulk transfer, $gateway"
    mark
    alone=$(on_near timeout $((60 * slack)) "$ends" pace "$echoing_port" 200) || fail "$fault: no echo"
    start bulk ip netns exec "$near" "$traffic" pull "$local_port" 40000000000
    pulling=$started
    sleep 0.3
    beside=$(on_near timeout $((60 * slack)) "$ends" pace "$echoing_port" 200) || fail "$fault: it is starved"
    is_running "$pulling" || fail "$fault: the bulk transfer ended"
    stop "$pulling"
    rm -f "$work/bulk.log"
    check_left gateway
    row 19 "$fault" "-" "nothing; p50 p99 in us: $alone alone, $beside beside" "-"
}

# ---- new keys -----------------------------------------------------------------------

new_keys()
{
    local exchanges

    fault="new keys for every 64 kB, $gateway"
    mark
    on_near timeout $((120 * slack)) "$traffic" both "$local_port" $((4 << 20)) || fail "$fault: both ways"
    on_far timeout $((120 * slack)) "$traffic" many "$remote_port" 20 $((1 << 16)) || fail "$fault: 20 at once"
    exchanges=$(tail -n "+$((marked + 1))" "$work/adit.log" | grep -c '^adit: keys: ')
    # What is read at once, 256 KiB, may go beyond the limit: of 5.25 MiB each way one in 320 KiB.
    [ "$exchanges" -ge 16 ] || fail "$fault: $exchanges key exchanges"
    ! said " was lost: " || fail "$fault: the connection was given up"
    check_left gateway
    row 32 "$fault" "-" "nothing; $exchanges exchanges, every byte has come" "-"
}

title
start ends ip netns exec "$far" "$ends" serve "$work/ends.ports"
await "the targets" test -s "$work/ends.ports"
read -r resetting recording stalling echoing <"$work/ends.ports"
resetting_port=3401 recording_port=3402 stalling_port=3403 echoing_port=3404
start near-ends ip netns exec "$near" "$ends" serve "$work/near-ends.ports"
near_ends=$started
await "the targets" test -s "$work/near-ends.ports"
read -r _ _ near_stalling _ <"$work/near-ends.ports"
stalling_remote_port=4403
for gateway in aditd sshd; do
    server_options=()
    gateway_up
    begin -L "$resetting_port:127.0.0.1:$resetting" -L "$recording_port:127.0.0.1:$recording" \
        -L "$stalling_port:127.0.0.1:$stalling" -L "$echoing_port:127.0.0.1:$echoing" \
        -R "$stalling_remote_port:127.0.0.1:$near_stalling"
    half_closed
    early_data
    reset_by_target
    reset_by_application
    bulk_and_echo
    targets_stalled
    hundred_stalled
    finish
    gateway_killed

    server_options=("RekeyLimit 64K")
    gateway_up
    begin -o RekeyLimit=64K
    new_keys
    finish
    gateway_killed
done
