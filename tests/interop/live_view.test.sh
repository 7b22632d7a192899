#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The live view of adit -v and adit up: on a terminal, under the log, gone at the end; elsewhere nothing of it,
# and nobody is woken for it.
. "$(dirname "$0")/client.sh"

need script stty
make_keys
start_traffic
start_server aditd
plain_arguments
esc=$(printf '\033')

# watch COLUMNS ARGUMENTS…: a tunnel to the server, on a terminal of that width.
watch()
{
    local columns=$1

    shift
    on_screen "$columns" -F none "$@" "${arguments[@]}"
}

# on_screen COLUMNS WORDS…: adit, and the terminal's picture in screen.log; what is typed goes to
# descriptor 9.
on_screen()
{
    local columns=$1

    shift
    rm -f "$work/keys" "$work/screen.log" "$work/ended"
    mkfifo "$work/keys"
    : >"$work/screen.log"
    cat >"$work/watched" <<END
stty cols $columns rows 8
stty -g >"$work/before"
TERM=xterm sh -c 'echo \$\$ >"\$0"; exec "\$@"' "$work/pid" $(printf '%q ' "$ADIT" "$@")
echo \$? >"$work/status"
stty -g >"$work/after"
END
    # The shell has its jobs ignore Ctrl-C.
    setpriv --pdeathsig TERM -- env --default-signal=INT,QUIT script -qfc "bash -m $work/watched" "$work/screen.log" \
        <"$work/keys" >/dev/null 2>&1 &
    started=$!
    watching=$started
    pids+=("$started")
    exec 9>"$work/keys"
}

shows()
{
    grep -qaE -- "$1" "$work/screen.log"
}

shows_last()
{
    tail -n 1 "$work/screen.log" | grep -qaE -- "$1"
}

find_client()
{
    client_pid=$(cat "$work/pid")
}

# is_over STATUS: the program has ended so, the view is off the screen and the terminal as it was.
is_over()
{
    ends "$watching" 60 || fail "no end in 60 s"
    exec 9>&-
    [ "$(cat "$work/status")" = "$1" ] || fail "it ended with $(cat "$work/status"), not $1"
    cmp -s "$work/before" "$work/after" || fail "the terminal has other modes than before"
    # After the view was taken off for the last time, it was not put back.
    ! awk -v RS="$esc\\\\[J" '{ last = $0 } END { print last }' "$work/screen.log" |
        grep -qaE ': (up|down) [0-9]+ s,' || fail "the view is still on the screen"
    ! shows "$esc\\[\\?" || fail "a mode of the terminal was set"
}

echo "a tunnel that is used"
port=$(free_port)
watch 60 -v -L "$port:127.0.0.1:$serving"
await "the view" shows ': up [0-9]+ s, 0 connections, 0 B/s out, '
"$traffic" push "$port" 40000000 || fail "push"
await "a rate" shows 'up [0-9]+ s, . connections?, [0-9.]+ [kMG]B/s out, '
[ "$(tr -d '\r' <"$work/screen.log" | grep -aE 'up [0-9]+ s' | sed "s/.*$esc\\[J//" | wc -L)" -le 59 ] ||
    fail "a line of the view is as wide as the window"
printf '\003' >&9
is_over 0

echo "a gateway that goes"
watch 100 -v -L "$port:127.0.0.1:$serving"
await "the view" shows ': up [0-9]+ s'
stop "$server_pid"
started=$watching
await "the outage" shows '^[^:]*: down [0-9]+ s, (next try in [0-9]+ s|trying again): [a-z]'
# The log's own lines stand above it, whole.
await "the log" shows "^([^:]*$esc\\[J)?adit: "
run_aditd
await "aditd" listening "$server_port"
server_pid=$started
started=$watching
await "the return" shows_last ': up [0-9]+ s'
find_client
kill -TERM "$client_pid"
is_over 0

echo "an end that nobody asked for"
watch 100 -v -o Reconnect=no -L "$port:127.0.0.1:$serving"
await "the view" shows ': up [0-9]+ s'
stop "$server_pid"
is_over 255
start_server aditd
plain_arguments

echo "no terminal, or no wish for it"
begin -v -L "$port:127.0.0.1:$serving"
await "adit" listening "$port"
await "adit" is_settled
switches()
{
    grep ^voluntary "/proc/$client_pid/task/$client_pid/status"
}
# For longer than the view stands still.
sleeps_on()
{
    local before

    before=$(switches)
    sleep 2.5
    [ "$(switches)" = "$before" ]
}
await "the main thread to sleep on without a terminal" sleeps_on
end
! grep -q "$esc" "$work/adit.log" || fail "escape sequences in a file"
for quiet in -q -4; do
    watch 80 "$quiet" -L "$port:127.0.0.1:$serving"
    await "adit" listening "$port"
    find_client
    await "adit" is_settled
    await "the main thread to sleep on with $quiet" sleeps_on
    kill -TERM "$client_pid"
    is_over 0
    ! shows "$esc" || fail "escape sequences with $quiet"
done

"$ADIT" --help | grep -q '^ *adit up ' || exit 0
echo "several tunnels"
cat >"$work/config" <<END
Host one two three four
    HostName 127.0.0.1
    Port $server_port
    User $login
    IdentityFile $work/user
    UserKnownHostsFile $work/known_hosts
Host five
    HostName 127.0.0.1
    Port $(free_port)
END
# Eight rows, and four are the log's. With up nobody has to ask for it.
on_screen 80 up -F "$work/config" one two three five four
await "the view" shows '^1 more'
await "the view" shows 'two: up [0-9]+ s, 0 connections'
await "the view" shows 'five: down [0-9]+ s, .*gateway: connect'
! shows 'four: up [0-9]+ s, ' || fail "more lines than there is room for"
# The lines below that of one which ends move up, and nothing else.
await "some time" shows 'two: up ([4-9]|[0-9]{2,}) s'
before=$(stat -c %s "$work/screen.log")
"$ADIT" down one || fail "down"
await "room for one more" shows 'four: up [0-9]+ s, '
! tail -c "+$((before + 1))" "$work/screen.log" | grep -aE 'two: up [0-3] s' ||
    fail "it begins anew when another one ends"
find_client
kill -TERM "$client_pid"
is_over 0
