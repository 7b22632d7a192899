#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Who gets in by a key, how long and how often one may try, and that a refusal tells nothing: the
# reason stands in the log.

# StrictModes looks at every folder up to the root: that of temporary files is everybody's.
export TMPDIR=${XDG_RUNTIME_DIR:-/run}
[ -w "$TMPDIR" ] || TMPDIR=/tmp
. "$(dirname "$0")/gateway.sh"

make_keys
make_key wrong ed25519
mkdir "$work/keys"
by_name="AuthorizedKeysFile $work/keys/%u"

# user NAME OPTIONS: may log in with the key `user`.
user()
{
    echo "$2 $(cat "$work/user.pub")" >"$work/keys/$1"
}

# as NAME COMMAND…
as()
{
    local login=$1

    shift
    "$@"
}

echo "options of the key's line"
gateway
for options in '' 'from="127.0.0.1"' 'from="127.0.0.0/8"' 'from="192.0.2.7,127.*"' \
    'expiry-time="20991231"' 'expiry-time="209912312359Z"' 'pty,restrict' 'command="/bin/false"'; do
    authorize "$options" user
    may_log_in
done
while read -r options reason; do
    authorize "$options" user
    may_not_log_in "$reason"
done <<'END'
from="192.0.2.7" from= of the key's line does not list 127\.0\.0\.1
from="!127.0.0.1,127.*" from= of the key's line does not list 127\.0\.0\.1
expiry-time="20200101" the key has expired
expiry-time="201912312359Z" the key has expired
expiry-time="99999999" no good line has this key; line 1:
unheard-of no good line has this key; line 1:
permitopen="nonsense" no good line has this key; line 1:
END
user_key=wrong
may_not_log_in 'key=SHA256:.*, no line has this key'
user_key=user

echo "AllowUsers and DenyUsers"
authorize '' user
gateway "AllowUsers tunnel dig* cassie@192.0.2.0/24 carl@127.0.0.0/8" "DenyUsers digger *@10.0.0.1"
for name in tunnel dig diga carl; do
    as $name may_log_in
done
for name in Tunnel tunnels digger cassie other; do
    as $name may_not_log_in 'AllowUsers or DenyUsers forbids this user'
done

# U12, but for the time that it takes.
echo "every refusal is the same reply"
gateway "$by_name" "DenyUsers denied"
user known ''
user denied ''
user expired 'expiry-time="20200101"'
user elsewhere 'from="192.0.2.7"'
# reply_to NAME KEY: all that ssh sees, without the names.
reply_to()
{
    local login=$1 user_key=$2

    ! one_ssh -v -W 127.0.0.1:1 || fail "$1 may log in with $2"
    sed -e "s/\\b$1@/NAME@/g" -e "s/'$1'/NAME/g" -e "s/$2\\b/KEY/g" \
        -e "s|$(fingerprint_of "$2")|FINGERPRINT|g" "$work/ssh.log"
}
reply_to known wrong >"$work/reply"
grep -q 'Permission denied (publickey)' "$work/reply" || fail "this is no refusal"
for name in unknown:user unknown:wrong denied:user expired:user elsewhere:user 'a b:user'; do
    reply_to "${name%:*}" "${name#*:}" >"$work/reply2"
    cmp "$work/reply" "$work/reply2" || fail "another reply: $(diff "$work/reply" "$work/reply2")"
done
as known may_log_in

echo "user names that are paths"
cp "$work/user.pub" "$work/outside"
mkdir "$work/keys/sub" "$work/keys/tunnel"
cp "$work/user.pub" "$work/keys/sub/file"
for name in ../outside sub/file ../keys/known ./known . .. known..; do
    as "$name" may_not_log_in "user=(\"$name\"|$name) .*not a name that a user can have"
done
as tunnel may_not_log_in 'keys/tunnel: is not a regular file'
for name in %u %h %% a%; do # a percent sign is one
    as "$name" may_not_log_in "user=$name .*no line has this key"
    user "$name" ''
    as "$name" may_log_in
done
rmdir "$work/keys/tunnel"

# U6, U16: "none" is the one method that is tried; whoever has a line gets no further than who has none.
echo "none"
for name in known unknown; do
    mark
    login=$name
    ! one_ssh -v -o PreferredAuthentications=none -W 127.0.0.1:1 || fail "$name is let in for nothing"
    grep -E 'can continue:|Permission denied' "$work/ssh.log" | sed "s/$name/NAME/" >"$work/none.$name"
    grep -q '^NAME@127\.0\.0\.1: Permission denied (publickey)' "$work/none.$name" ||
        fail "$name: $(cat "$work/ssh.log")"
    ! said '^aditd: login ' || fail "the log tells of a login of $name"
done
cmp "$work/none.known" "$work/none.unknown" || fail "the replies differ"

echo "StrictModes"
mkfifo "$work/keys/fifo"
ln -s known "$work/keys/link"
ln -s /dev/zero "$work/keys/zero"
user group '' && chmod 664 "$work/keys/group"
user others '' && chmod 646 "$work/keys/others"
as fifo may_not_log_in 'keys/fifo: is not a regular file'
as zero may_not_log_in 'keys/zero: is not a regular file'
for name in link group others; do # lib.sh sets StrictModes no
    as $name may_log_in
done
gateway "$by_name" "StrictModes yes"
mark
if as known one_ssh -W 127.0.0.1:1; said 'a folder above it belongs to'; then
    echo "left out: $work is below a folder of everybody's"
else
    as known may_log_in
    as fifo may_not_log_in 'keys/fifo: is not a regular file'
    as link may_not_log_in 'keys/link: is a symbolic link'
    as zero may_not_log_in 'keys/zero: is a symbolic link'
    as group may_not_log_in 'keys/group: belongs to, or may be written by, others'
    as others may_not_log_in 'keys/others: belongs to, or may be written by, others'
    chmod g+w "$work/keys"
    as known may_not_log_in 'a folder above it belongs to, or may be written by, others'
    chmod g-w "$work/keys"
    as known may_log_in
fi

echo "MaxAuthTries"
gateway "MaxAuthTries 3"
authorize '' user
for key in second third; do
    make_key $key ed25519
done
user_key=wrong
client_options=(-i "$work/second" -i "$work/user")
may_log_in
client_options=(-i "$work/second" -i "$work/third" -i "$work/user")
mark
! one_ssh -W 127.0.0.1:1 || fail "a fourth try is granted"
grep -q 'too many login attempts that failed' "$work/ssh.log" || fail "$(cat "$work/ssh.log")"
says_once '^aditd: refused login from=.* tries=3: '
user_key=user client_options=()

# connect: a connection to the gateway, in $silent.
connect()
{
    exec {silent}<>"/dev/tcp/127.0.0.1/$server_port"
}

# What the gateway sends until it closes the connection $silent; then in the file `heard`.
hear_all()
{
    timeout 30 cat <&"$silent" >"$work/heard" || fail "the gateway keeps a silent connection"
    exec {silent}>&-
}

echo "LoginGraceTime"
gateway "LoginGraceTime 6"
port=$(free_port)
start_client ssh "$port" -R "$port:127.0.0.1:1"
mark
connect
hear_all
says_once '^aditd: end from=127\.0\.0\.1:[0-9]+ seconds=[0-9]+, no login: '
connect
printf 'SSH-2.0-silent\r\n' >&"$silent"
hear_all
grep -aq '^SSH-2.0-adit_' "$work/heard" || fail "no identification"
listening "$port" || fail "the time for a login ended a session"
stop "$client_pid"

echo "MaxStartups"
gateway "MaxStartups 2"
connect && first=$silent
connect && second=$silent
for silent in "$first" "$second"; do
    read -r -u "$silent" -t 20 _ || fail "two are not served"
done
mark
connect
hear_all
[ ! -s "$work/heard" ] || fail "a third one is served: $(cat "$work/heard")"
says_once '^aditd: refused 1 connections: MaxStartups, 2 are waiting for their login'
exec {first}>&-
says '^aditd: end from='
may_log_in # its slot is free again
exec {second}>&-
sessions=()
for _ in 1 2 3; do # those that are logged in hold none
    port=$(free_port)
    start_client ssh "$port" -R "$port:127.0.0.1:1"
    sessions+=("$client_pid")
done
for client_pid in "${sessions[@]}"; do
    stop "$client_pid"
done

# CVE-2019-9895: whatever number a descriptor has, it works.
echo "more than 1024 connections"
if ulimit -Sn 4096 2>/dev/null; then
    gateway "MaxStartups 2000"
    crowd=()
    for ((i = 0; i < 1100; i++)); do
        exec {silent}<>"/dev/tcp/127.0.0.1/$server_port"
        crowd+=("$silent")
    done
    descriptors()
    {
        [ "$(find "/proc/$server_pid/fd" -mindepth 1 | wc -l)" -gt "$1" ]
    }
    started=$server_pid
    await "1100 descriptors" descriptors 1100
    may_log_in
    port=$(free_port)
    start_client ssh "$port" -R "$port:127.0.0.1:1"
    stop "$client_pid"
    for silent in "${crowd[@]}"; do
        exec {silent}>&-
    done
    none_left()
    {
        ! descriptors 100
    }
    started=$server_pid
    await "their end" none_left
    may_log_in
else
    echo "left out: no 4096 descriptors are allowed here"
fi

echo "Banner"
printf 'Authorised miners only.\nBring a lamp.\n' >"$work/banner"
gateway "Banner $work/banner"
may_log_in
for line in 'Authorised miners only.' 'Bring a lamp.'; do
    tr -d '\r' <"$work/ssh.log" | grep -qxF "$line" || fail "no banner: $(cat "$work/ssh.log")"
done
gateway "Banner none"
may_log_in
! grep -q miners "$work/ssh.log" || fail "a banner that is not set"
stop_gateway
