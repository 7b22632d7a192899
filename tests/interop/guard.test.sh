#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# ForwardAllowUsers: the forwards are for some users of this machine only, here root and nobody.
# Everything leads to sshd, which speaks first.
# It has a network of its own, so that there can be another machine.
if [ -z "${OWN_NETWORK-}" ] && command -v ip >/dev/null && unshare --net true 2>/dev/null; then
    OWN_NETWORK=1 exec unshare --net "$0" "$@"
fi
. "$(dirname "$0")/client.sh"

[ "$(id -u)" -eq 0 ] || skip "only root can be somebody else"
need setpriv curl
nobody=$(id -u nobody)
chmod 755 "$work" # nobody is to reach the socket that lies there

# answers USER ARGUMENTS…: whether that user gets sshd's first words, by curl with these arguments.
answers()
{
    local user=$1 words

    shift
    words=$(setpriv --reuid="$user" --clear-groups -- curl -q -s --http0.9 --noproxy '' -m 20 "$@" |
        head -c 8)
    [ "$words" = SSH-2.0- ]
}

# only USER NOT_USER: the one gets through everywhere and the other nowhere.
only()
{
    local place

    for place in "${places[@]}"; do
        # shellcheck disable=SC2086 # words
        answers "$1" $place || fail "$users: $1 does not get through to $place"
        # shellcheck disable=SC2086
        ! answers "$2" $place || fail "$users: $2 gets through to $place"
    done
}

in_other_network()
{
    [ "$(readlink /proc/self/ns/net)" != "$(readlink "/proc/$far/ns/net")" ]
}

begin_guarded()
{
    begin -v -o "ForwardAllowUsers=$users" -L "$port:127.0.0.1:$server_port" -D "$dynamic" \
        -o StreamLocalBindMask=0 -L "$work/guard.sock:127.0.0.1:$server_port"
    await "the forwards" test -S "$work/guard.sock"
}

[ -z "${OWN_NETWORK-}" ] || ip link set lo up
make_keys
start_server sshd
port=$(free_port) dynamic=$(free_port)
places=("http://127.0.0.1:$port" "--unix-socket $work/guard.sock http://x"
    "-x socks5h://127.0.0.1:$dynamic http://127.0.0.1:$server_port")
if has_ipv6; then
    places+=("http://[::1]:$port" "-x socks5h://[::1]:$dynamic http://127.0.0.1:$server_port")
fi

for users in self root 0 "daemon root"; do
    begin_guarded
    only root nobody
    started=$client_pid
    await "a word of who was refused" \
        said "adit: a connection to port $port was refused: it is not for user $nobody (Forward"
    end
done
echo "users by name, by number, and self"

users=nobody
begin_guarded
only nobody root
end
echo "another user, and not even root"

# Not by an address is another machine known: our own of a network is ours.
if [ -n "${OWN_NETWORK-}" ]; then
    start far unshare --net sleep 600
    far=$started
    await "the other network" in_other_network
    ip link add near type veth peer name far netns "$far"
    ip addr add 198.18.77.1/24 dev near && ip link set near up
    nsenter -t "$far" -n sh -c "ip addr add 198.18.77.2/24 dev far && ip link set far up"
    users="root nobody"
    begin -v -g -o "ForwardAllowUsers=$users" -L "$port:127.0.0.1:$server_port"
    await "the forward" listening "$port"
    answers root "http://198.18.77.1:$port" || fail "root does not get through to our own address"
    ! nsenter -t "$far" -n curl -q -s --http0.9 -m 20 "http://198.18.77.1:$port" >/dev/null ||
        fail "another machine gets through"
    await "a word of the other machine" said "refused: it comes from another machine"
    end
    begin -v -g -L "$port:127.0.0.1:$server_port"
    await "the forward" listening "$port"
    nsenter -t "$far" -n curl -q -s --http0.9 -m 20 "http://198.18.77.1:$port" | grep -q SSH-2.0 ||
        fail "without the guard: another machine does not get through"
    end
    stop "$far"
    echo "another machine"
fi

users=none
begin_guarded
for place in "${places[@]}"; do
    for user in root nobody; do
        # shellcheck disable=SC2086
        answers "$user" $place || fail "without the guard $user does not get through to $place"
    done
done
end
echo "without the guard everybody"

# A signal that stops a process reaches its threads one after the other.
has_stopped()
{
    local threads stopped

    threads=(/proc/"$client_pid"/task/*/status)
    stopped=$(cat "${threads[@]}" | grep -c '^State:[[:space:]]T')
    [ "$stopped" -eq "${#threads[@]}" ]
}

# Whoever closes before anybody has looked cannot be told from anybody else.
users=root
begin_guarded
kill -STOP "$client_pid"
await "that it has stopped" has_stopped
exec 3<>"/dev/tcp/127.0.0.1/$port" && exec 3<&- 3>&-
kill -CONT "$client_pid"
await "the refusal" said "it comes from another machine, or whoever made it is gone already"
end
echo "whoever is gone has no user"

refuses "client side: ForwardAllowUsers: there is no user \"no-such-user\"" \
    -o ForwardAllowUsers=no-such-user -L "$port:127.0.0.1:$server_port"

# Whoever tries again and again does not fill the log.
users=nobody
begin_guarded
since=$SECONDS
for ((i = 0; i < 200; i++)); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port" && head -c 1 <&3) >/dev/null 2>&1 || true
done
sleep 1.1
! answers root "${places[0]}" || fail "root gets through"
end
said " others): it is not for user 0 (ForwardAllowUsers)" || fail "refusals that were not told of"
lines=$(grep -c "was refused" "$work/adit.log")
[ "$lines" -le $((SECONDS - since + 2)) ] || fail "201 refusals, $lines lines"
echo "refusals are told of, but not each"
