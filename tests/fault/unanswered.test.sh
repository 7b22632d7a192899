#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# A hundred names for which no name server answers and a hundred targets that do not, all at once:
# the other channels go on meanwhile, more of them are opened, by name too, and who logs in is let in.
# Once where aditd connects (-D), once where adit does (-R).
. "$(dirname "$0")/world.sh"

server_options=("Workers 1") # all in one loop
count=100

# ask SOCKS: asks the proxy for all of them, and counts, when told to, those that wait still.
cat >"$work/ask" <<'END'
fds=()
for ((i = 1; i <= $2; i++)); do
    for host in "name$i.test" "198.51.100.$i"; do
        exec {fd}<>"/dev/tcp/127.0.0.1/$1"
        printf '\x05\x01\x00\x05\x01\x00\x03%b%s\x00\x50' "\\x$(printf %02x ${#host})" "$host" >&"$fd"
        head -c 2 <&"$fd" >/dev/null
        fds+=("$fd")
    done
done
touch "$3/asked"
until [ -e "$3/count" ]; do sleep 0.1; done
waiting=0
for fd in "${fds[@]}"; do
    read -r -t 0 -u "$fd" || waiting=$((waiting + 1))
done
echo "$waiting" >"$3/waiting"
END

# nobody_answers SIDE WAY: there, neither a name server nor the targets; the WAY to them passes nothing on.
nobody_answers()
{
    mkdir -p "/etc/netns/$1"
    printf '127.0.0.1 localhost\n127.0.0.1 good.test\n' >"/etc/netns/$1/hosts"
    printf 'nameserver 198.51.100.254\noptions timeout:30 attempts:1\n' >"/etc/netns/$1/resolv.conf"
    ip -n "$1" route add 198.51.100.0/24 via "$2"
}

# quickly WHAT COMMAND…: its time is short beside that of those who wait.
quickly()
{
    local what=$1

    shift
    timeout 10 "$@" 2>>"$work/quickly.log" || fail "$fault: $what: $(tail -n 1 "$work/quickly.log")"
}

# hangs FAULT SIDE SOCKS PORT NAMED: PORT leads to a good target, NAMED to one by its name.
hangs()
{
    fault=$1
    rm -f "$work/asked" "$work/count" "$work/waiting"
    hold "$4" ip netns exec "$2"
    start ask ip netns exec "$2" bash "$work/ask" "$3" "$count" "$work"
    asking=$started
    await "$fault: the questions" test -e "$work/asked"
    for i in 1 2 3; do
        quickly "a channel" ip netns exec "$2" "$traffic" echo "$4" 20
        quickly "a channel by name" ip netns exec "$2" "$traffic" echo "$5" 20
    done
    quickly "a login" ip netns exec "$near" "$ADIT" check -F none -p "$server_port" -i "$work/$user_key" \
        -o "UserKnownHostsFile=$work/known_hosts" -o BatchMode=yes "$login@$far_address" \
        >"$work/check.log"
    is_running "$holding" || fail "$fault: a channel that was there: $(tail -n 1 "$work/hold.log")"
    touch "$work/count"
    ends "$asking" 10 || fail "$fault: the questions hang"
    [ "$(cat "$work/waiting")" -eq $((2 * count)) ] ||
        fail "$fault: only $(cat "$work/waiting") are waiting, so this shows nothing"
    stop "$holding"
    [ "$stopped" -eq 0 ] || fail "$fault: a channel that was there: $(tail -n 1 "$work/hold.log")"
    ! said " was lost: " || fail "$fault: the connection was given up"
    row 27 "$fault" "-" "nothing" "-"
}

title
nobody_answers "$far" "$near_address"
nobody_answers "$near" "$far_address"
gateway_up
begin -D 1080 -L "3335:good.test:$far_serving" -R 1081 -R "3336:good.test:$near_serving"
mark
hangs "no answers for the gateway" "$near" 1080 "$local_port" 3335
hangs "no answers for the client" "$far" 1081 "$remote_port" 3336
