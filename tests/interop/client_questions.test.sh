#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Several tunnels with locked keys on one terminal: one question at a time, named, each key once.
. "$(dirname "$0")/client.sh"

need script stty ssh-keygen
make_keys
for key in first second; do
    ssh-keygen -q -t ed25519 -N "words of $key" -f "$work/$key"
    cat "$work/$key.pub" >>"$work/authorized_keys"
done
start_server aditd
jump_port=$server_port
mv "$work/known_hosts" "$work/jump_known_hosts"
start_server aditd
cat >"$work/config" <<END
Host one three behind
    IdentityFile $work/first
Host two
    IdentityFile $work/second
Host behind
    ProxyJump one
    Port $server_port
Host *
    HostName 127.0.0.1
    Port $jump_port
    User $login
    UserKnownHostsFile $work/known_hosts $work/jump_known_hosts
END

# asked NUMBER: so many questions are on the screen.
asked()
{
    [ "$(grep -ao 'Passphrase of key [^:]*: ' "$work/screen.log" | wc -l)" -eq "$1" ]
}

# The key that the last question is about.
key_asked_for()
{
    grep -ao 'Passphrase of key [^:]*: ' "$work/screen.log" | tail -n 1 | sed 's/: $//; s/.*\///'
}

# on_one_terminal WORDS…: adit on a terminal; what is typed goes to descriptor 9.
on_one_terminal()
{
    rm -f "$work/keys"
    mkfifo "$work/keys"
    : >"$work/screen.log"
    cat >"$work/watched" <<END
stty -g >"$work/before"
TERM=dumb sh -c 'echo \$\$ >"\$0"; exec "\$@"' "$work/pid" $(printf '%q ' "$ADIT" "$@")
echo \$? >"$work/status"
stty -g >"$work/after"
END
    SSH_ASKPASS_REQUIRE=never setpriv --pdeathsig TERM -- script -qfc "bash $work/watched" \
        "$work/screen.log" <"$work/keys" >/dev/null 2>&1 &
    started=$!
    pids+=("$started")
    exec 9>"$work/keys"
}

is_over()
{
    client_pid=$(cat "$work/pid")
    await "adit" is_settled
    kill -TERM "$client_pid"
    ends "$started" 60 || fail "no end in 60 s"
    exec 9>&-
    [ "$(cat "$work/status")" = 0 ] || fail "it ended with $(cat "$work/status")"
    cmp -s "$work/before" "$work/after" || fail "the terminal has other modes than before"
}

logged_in()
{
    grep -qa "adit: $1: logged in at" "$work/screen.log"
}

on_one_terminal up -v -F "$work/config" one two three behind
for number in 1 2; do
    await "question $number" asked "$number"
    sleep 0.7 # in which the others would ask
    asked "$number" || fail "two questions at once"
    grep -qaE '(one|two|three|behind): Passphrase of key' "$work/screen.log" ||
        fail "the question does not name its tunnel"
    key=$(key_asked_for)
    printf 'words of %s\n' "$key" >&9
done
for name in one two three behind; do
    await "$name" logged_in "$name"
done
asked 2 || fail "a key was asked for twice"
! grep -qa 'words of' "$work/screen.log" || fail "a passphrase was echoed"
is_over
echo "one question at a time, each key once"

on_one_terminal -v -F "$work/config" -o Reconnect=no behind
await "the question" asked 1
printf 'words of first\n' >&9
await "behind" grep -qa "adit: logged in at 127.0.0.1:$server_port" "$work/screen.log"
asked 1 || fail "a jump host's key was asked for twice"
is_over
echo "a jump host with the same key"
