#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# ForwardAllowUsers: the forwards are for some users of this machine only, here root and nobody.
# Everything leads to sshd, which speaks first.
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

begin_guarded()
{
    begin -v -o "ForwardAllowUsers=$users" -L "$port:127.0.0.1:$server_port" -D "$dynamic" \
        -o StreamLocalBindMask=0 -L "$work/guard.sock:127.0.0.1:$server_port"
    await "the forwards" test -S "$work/guard.sock"
}

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
    said "adit: a connection to port $port was refused: it is not for user $nobody (Forward" ||
        fail "the log does not tell who was refused"
    end
done
echo "users by name, by number, and self"

users=nobody
begin_guarded
only nobody root
end
echo "another user, and not even root"

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

# Whoever closes before anybody has looked cannot be told from anybody else.
users=root
begin_guarded
kill -STOP "$client_pid"
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
for ((i = 0; i < 200; i++)); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port" && head -c 1 <&3) >/dev/null 2>&1 || true
done
sleep 1.1
! answers root "${places[0]}" || fail "root gets through"
end
said " others): it is not for user 0 (ForwardAllowUsers)" || fail "refusals that were not told of"
lines=$(grep -c "was refused" "$work/adit.log")
[ "$lines" -lt 50 ] || fail "201 refusals, $lines lines"
echo "refusals are told of, but not each"
