# SPDX-License-Identifier: BSD-2-Clause
# What an idle session with a listener costs the gateway, and what a client costs. PSS, so that what
# processes share is counted once.
# shellcheck shell=bash disable=SC2034,SC2154 # variables of its neighbours

# hold NAME PORT USER COUNT SECONDS: idle sessions; until all are there.
hold()
{
    local i

    rm -f "$results/$1.log"
    start "$1" "$tools/logins" hold "$2" "$3" "$results/user" "$4" 16 "$5"
    holder=$started
    held_log=$results/$1.log
    for ((i = 0; i < 1200; i++)); do
        ! grep -q '^held' "$held_log" || return 0
        is_ours "$holder" || fail "$1: $(tail -n 1 "$held_log")"
        sleep 0.1
    done
    fail "$1: not all sessions in 120 s"
}

# let_go COUNT: every session has to answer at the end.
let_go()
{
    wait "$holder" || fail "idle sessions: $(tail -n 1 "$held_log") of $1 answered"
}

# sessions SIDE PID PORT USER COUNT
sessions()
{
    local before after

    before=$(pss_kb "$2")
    hold "hold-$1" "$3" "$4" "$5" 3
    sleep 1
    after=$(pss_kb "$2")
    let_go "$5"
    sample "session memory" "$1" "$(calc "($after - $before) / $5")"
}

client_memory()
{
    local side

    open_traffic
    for side in adit openssh; do
        open_tunnel "$side"
        sample "client memory" "$side" "$(pss_kb "${client_of[$side]}")"
    done
    judge_value 7 "client with a tunnel" KB "client memory" adit '<=' 8192 openssh
}

# 10,000 sessions for ten minutes, or as many as there are descriptors for, two to each, each asked
# for a sign of life every 15 seconds: the gateway sleeps all the same, and nobody is lost.
long_hold()
{
    local count=10000 seconds=600 before after limit

    limit=$(ulimit -n)
    if [ "$limit" != unlimited ] && [ "$limit" -lt $((2 * count + 200)) ]; then
        count=$(((limit - 200) / 2))
    fi
    close_world
    alive=15 open_aditd # as it is when nobody says otherwise
    hold hold-long "$aditd_port" tunnel "$count" "$seconds"
    before=$(cpu "$aditd_pid")
    sleep $((seconds - 10))
    after=$(cpu "$aditd_pid")
    sample "long memory" adit "$(calc "$(pss_kb "$aditd_pid") / 1024")"
    sample "long cpu" adit "$(calc "($after - $before) / 10.0 / ($seconds - 10)")"
    let_go "$count"
    judge_value 7 "$count sessions, gateway" MB "long memory" adit '<=' 400
    judge_value 7 "$count sessions for ten minutes, gateway's CPU" % "long cpu" adit '<=' 2
}

row_memory()
{
    open_aditd
    open_sshd
    sessions adit "$aditd_pid" "$aditd_port" tunnel "$(sized 2000 300)"
    sessions openssh "$sshd_pid" "$sshd_port" "$(id -un)" "$(sized 40 10)"
    judge_value 7 "idle session with a listener, gateway" KB "session memory" adit '<=' 32 openssh
    client_memory
    [ -z "${LONG-}" ] || long_hold
}
