#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# UpdateHostKeys: adit learns and forgets what sshd and aditd tell of their host keys, and ssh what
# aditd tells.
. "$(dirname "$0")/client.sh"

key_of()
{
    cut -d' ' -f1,2 "$work/$1.pub"
}

# know LINES…: makes them known_hosts.
know()
{
    printf '%s\n' "$@" >"$work/known_hosts"
    cp "$work/known_hosts" "$work/known_before"
}

# log_in OPTIONS…: there and back; known_hosts is looked at when the update has ended.
log_in()
{
    begin -vv -o UpdateHostKeys=yes "$@"
    await "the end of the update" grep -Eq \
        "host keys of the gateway are up to date|known_hosts is not updated" "$work/adit.log"
    end
}

# stays WHAT OPTIONS…: nothing is written.
stays()
{
    begin -v "${@:2}"
    await "$1" said "logged in at"
    sleep 0.5
    end
    cmp -s "$work/known_hosts" "$work/known_before" || fail "$1: known_hosts was written to"
}

# has_lines WHAT LINES…: exactly these, in any order.
has_lines()
{
    printf '%s\n' "${@:2}" | sort | cmp -s - <(sort "$work/known_hosts") ||
        fail "$1: known_hosts is now: $(cat "$work/known_hosts")"
}

# Both servers have the keys host, second and third, and had the key old.
try_updates()
{
    local name="[127.0.0.1]:$server_port" others wrong algorithm

    others=("# a comment" "" "other.example $(key_of old)" "$name,other.example $(key_of old)x"
        "|1|broken" "[127.0.0.1]:1 $(key_of old)")

    know "${others[@]}" "$name $(key_of old)" "$name $(key_of host)" "$name $(key_of stale)"
    chmod 640 "$work/known_hosts"
    mv "$work/known_hosts" "$work/elsewhere"
    ln -s "$work/elsewhere" "$work/known_hosts"
    log_in
    has_lines "$1" "${others[@]}" "$name $(key_of host)" "$name $(key_of second)" \
        "$name $(key_of third)"
    said "host keys of $name that it has no more were removed from $work/known_hosts" ||
        fail "$1: it does not tell"
    [ -L "$work/known_hosts" ] || fail "$1: the link is gone"
    [ "$(stat -c %a "$work/elsewhere")" = 640 ] || fail "$1: another mode"
    rm "$work/known_hosts"

    # Whatever the exchange was about, also the RSA key that signs for itself then.
    for algorithm in host second third; do
        know "$name $(key_of $algorithm)"
        log_in
        has_lines "$1, known by $algorithm" "$name $(key_of host)" "$name $(key_of second)" \
            "$name $(key_of third)"
    done
    cp "$work/known_hosts" "$work/known_before"
    log_in
    cmp -s "$work/known_hosts" "$work/known_before" || fail "$1: it writes what is written"

    know "$name $(key_of host)"
    log_in -o HashKnownHosts=yes
    [ "$(grep -c '^|1|' "$work/known_hosts")" -eq 2 ] || fail "$1: names are not hashed"
    log_in
    [ "$(wc -l <"$work/known_hosts")" -eq 3 ] || fail "$1: it does not know its own hashes"

    # A second file: what is known there is known, and what is stale there goes.
    know "$name $(key_of host)"
    printf '%s\n' "$name $(key_of second)" "$name $(key_of old)" >"$work/known_too"
    log_in -o "UserKnownHostsFile=$work/known_hosts $work/known_too"
    has_lines "$1, two files" "$name $(key_of host)" "$name $(key_of third)"
    [ "$(cat "$work/known_too")" = "$name $(key_of second)" ] || fail "$1: the second file"

    know "$name $(key_of host)" "@revoked $name $(key_of second)"
    log_in
    has_lines "$1, revoked" "$name $(key_of host)" "$name $(key_of third)" \
        "@revoked $name $(key_of second)"
    echo "$1: keys learned and forgotten"

    for wrong in "[127.0.0.*]:$server_port $(key_of host)" "127.0.0.1 $(key_of host)" \
        "$name,gw.example $(key_of host)"; do
        know "$wrong" "$name $(key_of old)"
        stays "$1: $wrong" -o UpdateHostKeys=yes -o HostKeyAlgorithms=ssh-ed25519
    done
    know "$name $(key_of host)" "@cert-authority $name $(key_of old)"
    stays "$1: an authority" -o UpdateHostKeys=yes
    know "$name $(key_of host)"
    stays "$1: UpdateHostKeys=no" -o UpdateHostKeys=no
    stays "$1: the default with a file of one's own"
    stays "$1: nobody is there to be asked" -o UpdateHostKeys=ask -o BatchMode=yes
    cp "$work/known_hosts" "$work/known_global"
    know "other.example $(key_of old)"
    stays "$1: known by the system only" -o UpdateHostKeys=yes \
        -o "GlobalKnownHostsFile=$work/known_global"
    rm "$work/known_hosts"
    begin -v -o StrictHostKeyChecking=accept-new -o UpdateHostKeys=yes
    await "the login" said "logged in at"
    sleep 0.5
    end
    has_lines "$1, a new host" "$name $(key_of host)"
    echo "$1: where nothing is learned"
}

try_questions()
{
    local name="[127.0.0.1]:$server_port"

    for answer in no yes; do
        know "$name $(key_of host)" "$name $(key_of old)"
        will_answer "$answer"
        begin -v -o UpdateHostKeys=ask
        await "the question" grep -q "to be changed" "$work/asked"
        if [ "$answer" = yes ]; then
            await "the update" said "that it has no more were removed"
        fi
        end
        grep -qF "New: $(ssh-keygen -lf "$work/second.pub" | cut -d' ' -f2)" "$work/asked" ||
            fail "the question does not show the new key"
        grep -qF "No more in use: 1 lines" "$work/asked" || fail "the question: what goes"
        [ "$answer" = yes ] || cmp -s "$work/known_hosts" "$work/known_before" || fail "no is no"
    done
    echo "UpdateHostKeys=ask"
}

make_keys
make_key second ecdsa
make_key third rsa -b 2048
make_key old ecdsa
make_key stale rsa -b 2048
server_options=("HostKey $work/second" "HostKey $work/third")

start_server sshd
try_updates sshd
try_questions
stop "$server_pid"

start_server aditd
try_updates aditd
need ssh
for known in host:ssh-ed25519 second:ecdsa-sha2-nistp256 third:rsa-sha2-256; do
    algorithm=${known#*:} known=${known%%:*}
    know "[127.0.0.1]:$server_port $(key_of $known)" "[127.0.0.1]:$server_port $(key_of old)"
    plain_arguments
    start ssh ssh -v -F none -N -o BatchMode=yes -o UpdateHostKeys=yes \
        -o HostKeyAlgorithms="^$algorithm" "${arguments[@]}"
    await "ssh learns the keys" grep -qF "$(key_of third)" "$work/known_hosts"
    await "ssh learns the keys" grep -qF "$(key_of second)" "$work/known_hosts"
    stop "$started"
    ! grep -qF "$(key_of old)" "$work/known_hosts" || fail "ssh keeps the old key"
done
echo "ssh learns the keys of aditd"
