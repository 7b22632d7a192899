# SPDX-License-Identifier: BSD-2-Clause
# Full logins with an ed25519 key, eight at a time, by the same client for both servers.
# shellcheck shell=bash disable=SC2034,SC2154 # variables of its neighbours

has_no_children()
{
    family "$1"
    [ "${#family[@]}" -eq 1 ]
}

# log_in SIDE PID PORT USER COUNT
log_in()
{
    local before after rate

    before=$(cpu "$2")
    rate=$(timeout 120 "$tools/logins" login "$3" "$4" "$results/user" "$5" 8) ||
        fail "logins at $1 failed"
    started=$2
    await "$1" has_no_children "$2" # the CPU of a child counts when it has ended
    after=$(cpu "$2")
    sample "per second logins" "$1" "$rate"
    sample "login cpu" "$1" "$(calc "($after - $before) / $5")"
}

row_logins()
{
    local turn

    open_aditd
    open_sshd
    for ((turn = 0; turn < turns; turn++)); do
        log_in adit "$aditd_pid" "$aditd_port" tunnel "$(sized 1500 300)"
        log_in openssh "$sshd_pid" "$sshd_port" "$(id -un)" "$(sized 120 30)"
    done
    judge 6 "full logins" 1/s "per second logins" adit openssh '>=' 10
    # A login costs sshd 15.8 ms where ours may cost 1.0 ms: said as a ratio, it goes for any machine.
    judge 6 "CPU of the server for a login" ms "login cpu" adit openssh '<=' 0.063
}
