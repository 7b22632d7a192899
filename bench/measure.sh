# SPDX-License-Identifier: BSD-2-Clause
# What processes have used, from /proc.
# shellcheck shell=bash disable=SC2034,SC2154 # variables of its neighbours

ticks_per_second=$(getconf CLK_TCK)

# The words of /proc/PID/stat from the state on, in $stat: the name before them may hold blanks.
read_stat()
{
    local line

    { read -r line <"/proc/$1/stat"; } 2>/dev/null || return 1
    read -ra stat <<<"${line##*) }"
}

# family PID…: these processes and all below them, in $family.
family()
{
    local entry pid grown=1
    local -A parent=() seen=()

    family=("$@")
    for pid; do
        seen[$pid]=1
    done
    for entry in /proc/[0-9]*; do
        ! read_stat "${entry##*/}" || parent[${entry##*/}]=${stat[1]}
    done
    while [ "$grown" -gt 0 ]; do
        grown=0
        for pid in "${!parent[@]}"; do
            if [ -n "${seen[${parent[$pid]}]-}" ] && [ -z "${seen[$pid]-}" ]; then
                seen[$pid]=1 grown=1
                family+=("$pid")
            fi
        done
    done
}

# cpu PID…: milliseconds of CPU that these and their children have used, also those that ended.
cpu()
{
    local pid ticks=0

    family "$@"
    for pid in "${family[@]}"; do
        ! read_stat "$pid" || ticks=$((ticks + stat[11] + stat[12] + stat[13] + stat[14]))
    done
    echo $((ticks * 1000 / ticks_per_second))
}

# in_kb FILE FIELD PID…: the sum of a field of /proc/PID/FILE, children included.
in_kb()
{
    local file=$1 field=$2 files=() pid

    shift 2
    family "$@"
    for pid in "${family[@]}"; do
        files+=("/proc/$pid/$file")
    done
    awk -v field="$field:" '$1 == field { sum += $2 } END { print sum + 0 }' "${files[@]}" 2>/dev/null
}

pss_kb()
{
    in_kb smaps_rollup Pss "$@"
}

rss_kb()
{
    in_kb status VmRSS "$@"
}

peak_kb()
{
    in_kb status VmHWM "$@"
}

descriptors()
{
    local entries=("/proc/$1/fd"/*)

    echo "${#entries[@]}"
}

# How often the threads of a process and of those below it went to sleep, and so were woken.
wakeups()
{
    local files=() pid

    family "$1"
    for pid in "${family[@]}"; do
        files+=("/proc/$pid/task"/*/status)
    done
    awk '$1 == "voluntary_ctxt_switches:" { sum += $2 } END { print sum + 0 }' "${files[@]}"
}

# calc EXPRESSION: arithmetic with fractions.
calc()
{
    awk "BEGIN { printf(\"%.6g\", ($1)) }"
}
