#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# What trying again does not mend: it is said once, as an error, and asked about slowly; and what
# cannot work at all ends adit at once, in one sentence.
. "$(dirname "$0")/world.sh"

# refused FAULT WORDS INJECT: the gateway is replaced by one that refuses us.
refused()
{
    local words=$2 since tries

    fault=$1
    mark
    since=$SECONDS
    gateway_killed
    "$3"
    gateway_up
    says "$words" 8
    tries=$(tries)
    # Two or three before the gateway is there, and one at the gateway.
    [ "$tries" -le $((6 + SECONDS - since)) ] || fail "$fault: $tries tries"
    sleep 4
    [ "$(tries)" -eq "$tries" ] || fail "$fault: it tries again and again"
    [ "$(tail -n "+$((marked + 1))" "$work/adit.log" | grep -cF -- "$words")" -eq 1 ] ||
        fail "$fault: it is told of again and again"
    [ "$(listens_on "$near" "$local_port")" = "$held" ] || fail "$fault: the local port was let go"
    row - "$fault" "$(seconds "$took")" "error: $words …" "-"
}

change_host_key()
{
    host_key=other
}

remove_user_key()
{
    host_key=host
    cat "$work/other.pub" >"$work/authorized_keys"
}

# ends_at_once NUMBER FAULT WORDS [ARGUMENTS…]: one sentence and a status that is not 0.
ends_at_once()
{
    local number=$1 words=$3 status=0 since

    fault=$2
    shift 3
    since=$(now_ms)
    on_near timeout $((40 * slack)) "$ADIT" -F none "$@" -p "$server_port" -i "$work/user" -o BatchMode=yes \
        -o "UserKnownHostsFile=$work/known_hosts" -o ConnectTimeout=2 \
        "tunnel@$far_address" >"$work/adit.log" 2>&1 </dev/null || status=$?
    [ "$status" -eq 255 ] || fail "$fault: adit ended with $status"
    [ "$(wc -l <"$work/adit.log")" -eq 1 ] || fail "$fault: not one sentence"
    grep -qF -- "$words" "$work/adit.log" || fail "$fault: it says: $(cat "$work/adit.log")"
    row "$number" "$fault" "$(seconds $(($(now_ms) - since)))" "$(sed 's/^adit: //' "$work/adit.log")" "-"
}

# answered_with FAULT BYTES [OPTIONS…]: somebody else is where the gateway is looked for.
answered_with()
{
    local what=$1 bytes=$2

    shift 2
    start babble ip netns exec "$far" sh -c \
        'while :; do { printf "$1"; sleep 3; } | nc -l -q 0 "$2" "$3" >/dev/null; done' \
        sh "$bytes" "$far_address" 7777
    babbler=$started
    await "what answers" listens_on "$far" 7777 >"$work/number"
    ends_at_once 39 "$what" "does not answer as an SSH server" -p 7777 "$@"
    stop "$babbler"
}

# Both would take the port from each other for ever if the older one came back.
replaced()
{
    local words="the same key came back and took its port over"

    fault="another adit with our key and port"
    mark
    start second ip netns exec "$near" "$ADIT" -F none -p "$server_port" -i "$work/user" \
        -o "UserKnownHostsFile=$work/known_hosts" -o BatchMode=yes \
        -R "$remote_port:127.0.0.1:$near_serving" "$login@$far_address"
    second=$started
    says "$words" 10
    ends "$client_pid" 5 || fail "$fault: the older one goes on"
    [ "$stopped" -eq 255 ] || fail "$fault: the older one ended with $stopped"
    on_far timeout $((2 * slack)) "$traffic" echo "$remote_port" 3 || fail "$fault: the newer one does not work"
    stop "$second"
    row - "$fault" "$(seconds "$took")" "$words; the older one ends" "-"
}

title
make_key other ed25519
gateway_up
begin
refused "another host key, while down" "the host key of " change_host_key
finish
gateway_killed
host_key=host
gateway_up
begin
refused "our key removed, while down" "login as tunnel refused" remove_user_key
finish
gateway_killed
cp "$work/user.pub" "$work/authorized_keys"
gateway_up
begin
replaced

ends_at_once 27 "nobody listens" "Connection refused" -p 7778
ends_at_once 27 "no such name" "look up nowhere.invalid: " -o HostName=nowhere.invalid
on_near nft -f - <<<"table ip fault { chain out { type filter hook output priority 0
    tcp dport $server_port drop; }; }"
ends_at_once 27 "packets to it are lost" "connect to " -o HostName="$far_address"
on_near nft delete table ip fault
if command -v nc >/dev/null; then
    answered_with "a web server answers" 'HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n'
    answered_with "a TLS server answers" '\025\003\003\000\002\002\012'
    answered_with "a mail server answers" '220 mail.test ESMTP\r\n'
    answered_with "noise answers" '\377\000\001\200\033[2J\037\213\010'
    answered_with "an endless line answers" "$(head -c 9000 /dev/zero | tr '\0' x)"
    answered_with "nobody says anything" ''
fi
ends_at_once 55 "a local port in use" "Address already in use" \
    -L "$local_port:127.0.0.1:1" -L "$local_port:127.0.0.1:2"
ends_at_once 56 "known_hosts not there" "is not known" -o StrictHostKeyChecking=yes \
    -o UserKnownHostsFile=/nowhere/known_hosts
