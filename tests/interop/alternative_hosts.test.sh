#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# AlternativeHosts: one host after the other is tried, each under its own host key, until one lets us
# in or refuses us.
. "$(dirname "$0")/client.sh"

need socat pgrep

# known NAME PORT KEY
known()
{
    echo "[$1]:$2 $(cut -d' ' -f1,2 "$work/$3.pub")" >>"$work/known_hosts"
}

# goes WHERE WORDS ARGUMENTS…: a login at that port, after these words about the host before.
goes()
{
    local where=$1 words=$2

    shift 2
    begin -v "$@"
    await "a login at $where" said "logged in at $where as $login"
    said "$words" || fail "it does not say: $words"
    end
    echo "$words"
}

# refuses_at PORT SENTENCE ARGUMENTS…: an end, and no other host is tried.
refuses_at()
{
    local at=$1 sentence=$2

    shift 2
    plain_arguments
    run "$ADIT" -F none "$@" -p "$at" "${arguments[@]}"
    expect_failure "$sentence"
    ! said "; trying" || fail "another host is tried after: $sentence"
    echo "$sentence"
}

# lose PID: the server and then its sessions, so that nobody is there to come back to.
lose()
{
    local sessions

    mapfile -t sessions < <(pgrep -P "$1")
    stop "$1"
    kill "${sessions[@]}" 2>/dev/null || true
}

make_keys
make_key stranger ed25519
start_traffic
start_server sshd
first=$server_port
nobody=$(free_port)
silent=$(free_port)
start silent socat "TCP-LISTEN:$silent,bind=127.0.0.1,reuseaddr,fork" "EXEC:sleep 60"
await "the silent one" listening "$silent"

# The host key of each is that of its own name, or that of the alias.
also=(-o "AlternativeHosts 127.0.0.1:$nobody 127.0.0.1:$first")
plain_arguments
goes "127.0.0.1:$first" "127.0.0.1:$nobody: Connection refused; trying 127.0.0.1:$first" \
    -p "$nobody" "${also[@]}"
goes "127.0.0.1:$first" "does not answer as an SSH server: no answer in time; trying 127.0.0.1:$nobody" \
    -p "$silent" "${also[@]}" -o ConnectTimeout=5
goes "127.0.0.1:$first" "look up nowhere.invalid: " -o HostName=nowhere.invalid \
    -o "AlternativeHosts 127.0.0.1"
goes "localhost:$first" "127.0.0.1:$nobody: Connection refused; trying localhost:$first" \
    -p "$nobody" -o "AlternativeHosts localhost:$first" -o HostKeyAlias="[127.0.0.1]:$first"
run "$ADIT" -F none -p "$nobody" -o "AlternativeHosts localhost:$first" -o BatchMode=yes \
    "${arguments[@]}"
[ "$status" -eq 255 ] && said "localhost" && said "is not known" ||
    fail "a host key is taken for that of another name: $(cat "$work/adit.log")"

# The first one is tried first, the others in their order, and what came last is said.
plain_arguments
run "$ADIT" -F none -p "$nobody" -o "AlternativeHosts 127.0.0.1:$silent 127.0.0.2:$nobody" \
    -o ConnectTimeout=5 "${arguments[@]}"
[ "$status" -eq 255 ] || fail "status $status"
[ "$(grep -c '; trying' "$work/adit.log")" -eq 2 ] || fail "not each host is tried"
tail -n 1 "$work/adit.log" | grep -q "^adit: gateway: connect to 127.0.0.2:$nobody: " ||
    fail "the last one is not told of"
echo "none of them"

# A refusal is an answer: nobody else is asked.
echo "[127.0.0.1]:$first $(cut -d' ' -f1,2 "$work/stranger.pub")" >"$work/known_hosts"
refuses_at "$first" "is not the known one" -o "AlternativeHosts 127.0.0.1:$nobody"
: >"$work/known_hosts"
known 127.0.0.1 "$first" host
refuses_at "$first" "login as $login refused" -i "$work/stranger" -o IdentitiesOnly=yes \
    -o IdentityAgent=none -o "PreferredAuthentications keyboard-interactive" \
    -o "AlternativeHosts 127.0.0.1:$nobody"
rejects "AlternativeHosts: \"a:b\" is not host[:port]" -F none -o "AlternativeHosts a:b" somewhere

# When the connection is lost it goes on at the other one, and begins with the first one again.
port=$(free_port)
first_pid=$server_pid
start_server sshd
known 127.0.0.1 "$first" host
begin -v -p "$first" -o "AlternativeHosts 127.0.0.1:$server_port" -L "$port:127.0.0.1:$serving"
await "the first" said "logged in at 127.0.0.1:$first"
await "the forward" listening "$port"
lose "$first_pid"
await "the second" said "logged in at 127.0.0.1:$server_port"
"$traffic" both "$port" $((1 << 20)) || fail "wrong bytes by way of the second host"
second_pid=$server_pid
server_port=$first
run_sshd
await "sshd" listening "$first"
lose "$second_pid"
await "the first again" eval '[ "$(grep -c "logged in at 127.0.0.1:$first " "$work/adit.log")" -eq 2 ]'
end
echo "back and forth"
