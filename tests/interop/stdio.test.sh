#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# -W: stdin and stdout through one channel, to each server.
. "$(dirname "$0")/client.sh"

need socat ssh perl
trap "" PIPE

# through TARGET: adit -W, with stdin and stdout of the caller's; its words in adit.log.
through()
{
    plain_arguments
    timeout -k 5 40 "$ADIT" -F none -W "$@" "${arguments[@]}" 2>"$work/adit.log"
}

# Every byte value, and more than any window; the echo ends when it has seen our end.
try_echo()
{
    head -c "$((bulk / 4))" /dev/urandom >"$work/sent"
    through "127.0.0.1:$echoing" <"$work/sent" >"$work/received" || fail "$1: status $?"
    cmp "$work/sent" "$work/received" || fail "$1: what came back differs"
    [ ! -s "$work/adit.log" ] || fail "$1: adit speaks"
    # Pipes, and an end that comes late.
    { cat "$work/sent"; sleep 0.2; } | through "localhost:$echoing" | cmp "$work/sent" - ||
        fail "$1: through pipes"
    through "127.0.0.1:$echoing" </dev/null >"$work/received" || fail "$1: nothing at all"
    [ ! -s "$work/received" ] || fail "$1: something came of nothing"
}

# The other end's end comes first: stdout ends, and what we say after it still arrives.
try_half_close()
{
    start late perl -MSocket -e '
        my ($port, $file) = @ARGV;
        socket(my $s, PF_INET, SOCK_STREAM, 0); setsockopt($s, SOL_SOCKET, SO_REUSEADDR, 1);
        bind($s, sockaddr_in($port, INADDR_LOOPBACK)) or die; listen($s, 1); accept(my $c, $s);
        syswrite($c, "hello"); shutdown($c, 1);
        open(my $out, ">", $file); print $out $_ while <$c>;' "$late" "$work/late"
    await "the other end" listening "$late"
    mkfifo "$work/in" "$work/out"
    plain_arguments
    # Not by way of timeout(1), which would hold stdout open.
    "$ADIT" -F none -W "127.0.0.1:$late" "${arguments[@]}" <"$work/in" >"$work/out" \
        2>"$work/adit.log" &
    pids+=($!)
    exec 5>"$work/in"
    [ "$(timeout 30 cat "$work/out")" = hello ] || fail "$1: its bytes"
    printf goodbye >&5
    exec 5>&-
    ends $! 60 || fail "$1: no end after a half-close"
    [ "$stopped" -eq 0 ] || fail "$1: status $stopped after a half-close"
    started=$server_pid
    await "what we say last" grep -qx goodbye "$work/late"
    rm -f "$work/in" "$work/out" "$work/late"
}

# All of it is over when the other end has gone, though stdin is still open.
try_close()
{
    local i

    mkfifo "$work/in"
    through "127.0.0.1:$closing" <"$work/in" >"$work/received" &
    exec 5>"$work/in"
    for ((i = 0; i < 100; i++)); do
        is_running $! || break
        printf x >&5 2>/dev/null || break
        sleep 0.1
    done
    # Our bytes are answered by a reset, which may overtake the end of the other direction.
    wait $! || grep -q 'the connection broke off' "$work/adit.log" ||
        fail "$1: status $? after a close"
    exec 5>&-
    rm -f "$work/in"
}

# fails SENTENCE ARGUMENTS…: not a byte on stdout.
fails()
{
    local sentence=$1 status=0

    shift
    through "$@" </dev/null >"$work/received" || status=$?
    [ "$status" -eq 255 ] || fail "status $status: $sentence"
    said "$sentence" || fail "it does not say: $sentence"
    [ ! -s "$work/received" ] || fail "bytes on stdout: $sentence"
}

try_failures()
{
    fails "server side: the gateway cannot connect to 127.0.0.1:$nobody" "127.0.0.1:$nobody"
    fails 'adit: -W: "nowhere" is not host:port' nowhere
    fails 'adit: -W: "a:b:1" is not host:port' a:b:1
    fails "-W and -f" "127.0.0.1:$echoing" -f
}

# Nobody could go on where the lost connection was: it is the end, and told as one.
try_loss()
{
    mkfifo "$work/in"
    plain_arguments
    "$ADIT" -F none -W "127.0.0.1:$echoing" "${arguments[@]}" <"$work/in" >"$work/received" \
        2>"$work/adit.log" &
    pids+=($!)
    exec 5>"$work/in"
    printf hello >&5
    started=$!
    await "the echo" grep -q hello "$work/received"
    kill -9 "$server_pid"
    ends "$started" 60 || fail "$1: -W outlives its connection"
    [ "$stopped" -eq 255 ] || fail "$1: status $stopped after a loss"
    said "gateway: the connection to 127.0.0.1:$server_port was lost" ||
        fail "$1: of the loss it says: $(cat "$work/adit.log")"
    ! said "trying again" || fail "$1: -W tries again"
    exec 5>&-
    rm -f "$work/in"
}

# A third server behind the gateway: ssh takes adit for its way there.
try_proxy_command()
{
    local command

    plain_arguments
    command=$(printf '%q ' "$ADIT" -F none -W '[%h]:%p' "${arguments[@]}")
    ssh -F none -p "$inner_port" -i "$work/user" -o "ProxyCommand=$command" -o BatchMode=yes \
        -o "UserKnownHostsFile=$work/inner_hosts" -o StrictHostKeyChecking=yes \
        "$(id -un)@127.0.0.1" 'head -c 1000000 /dev/zero; echo over >&2' >"$work/received" \
        2>"$work/proxied.log" || fail "$1: ssh through -W"
    [ "$(stat -c %s "$work/received")" -eq 1000000 ] || fail "$1: ssh's bytes"
}

make_keys
start_traffic
echoing=$(free_port)
late=$(free_port)
nobody=$(free_port)
start echo socat "TCP-LISTEN:$echoing,bind=127.0.0.1,fork,reuseaddr" SYSTEM:cat
await "echo" listening "$echoing"
start_server sshd
inner_port=$server_port
cp "$work/known_hosts" "$work/inner_hosts"
for server in aditd sshd; do
    start_server "$server"
    try_echo "$server"
    try_half_close "$server"
    try_close "$server"
    try_failures "$server"
    try_proxy_command "$server"
    stop "$server_pid"
    echo "-W through $server"
done
start_server aditd
try_loss aditd
