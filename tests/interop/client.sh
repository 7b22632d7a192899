# SPDX-License-Identifier: BSD-2-Clause
# For the tests of the program adit: its command line, what it says and with what it ends.
# shellcheck shell=bash
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# No question reaches the terminal of whoever runs the test: a program answers with the next line of
# `answers`, or fails when there is none, and notes the question in `asked`.
cat >"$work/askpass" <<'END'
#!/bin/sh
echo "$1" >>"$ASKED"
read -r answer <"$ANSWERS" || exit 1
sed -i 1d "$ANSWERS"
printf '%s\n' "$answer"
END
chmod +x "$work/askpass"
export ASKED=$work/asked ANSWERS=$work/answers SSH_ASKPASS=$work/askpass SSH_ASKPASS_REQUIRE=force
: >"$work/answers"
unset SSH_AUTH_SOCK # nor does the agent of whoever runs the test take part

[ -x "$ADIT" ] || skip "$ADIT is not built"

# will_answer ANSWERS…
will_answer()
{
    : >"$work/asked"
    [ $# -eq 0 ] || printf '%s\n' "$@" >"$work/answers"
    [ $# -gt 0 ] || : >"$work/answers"
}

# A question may have several lines, and ends in a blank.
questions()
{
    grep -c '[:?] $' "$work/asked" || true
}

# What logs in at the server and goes after what a test says: of a setting that is given twice, the
# first is meant.
plain_arguments()
{
    arguments=(-p "$server_port" -i "$work/user" -o "UserKnownHostsFile=$work/known_hosts"
        -o GlobalKnownHostsFile=/dev/null "$login@127.0.0.1")
}

# begin ARGUMENTS…: adit in the background, its words in adit.log, which begins anew.
begin()
{
    plain_arguments
    : >"$work/adit.log"
    start adit "$ADIT" -F none "$@" "${arguments[@]}"
    client_pid=$started
}

said()
{
    grep -qF -- "$1" "$work/adit.log"
}

# end: adit ends when it is told to, and with success.
end()
{
    started=$client_pid
    await "adit" is_settled
    stop "$client_pid"
    [ "$stopped" -eq 0 ] || fail "adit ended with $stopped when it was told to stop"
}

# run COMMAND…: to its end; what it returned is in $status, and its words are in out.log, adit.log.
run()
{
    status=0
    timeout -k 5 120 "$@" </dev/null >"$work/out.log" 2>"$work/adit.log" || status=$?
    [ "$status" -ne 124 ] || fail "no end in 120 s: $*"
}

# One sentence, and the exit status of ssh.
expect_failure()
{
    [ "$status" -eq 255 ] || fail "status $status, not 255, where it should say: $1"
    said "$1" || fail "it does not say: $1"
    [ "$(grep -c '^adit: ' "$work/adit.log")" -eq 1 ] || fail "more than one sentence: $1"
}

# refuses SENTENCE ARGUMENTS…: adit fails at the server's door and says so.
refuses()
{
    local sentence=$1

    shift
    plain_arguments
    run "$ADIT" -F none "$@" "${arguments[@]}"
    expect_failure "$sentence"
}

# rejects SENTENCE ARGUMENTS…: adit fails with these arguments alone.
rejects()
{
    local sentence=$1

    shift
    run "$ADIT" "$@"
    expect_failure "$sentence"
}

# accepted WHAT ARGUMENTS…: adit logs in with success, and is told to stop.
accepted()
{
    local what=$1

    shift
    begin -v "$@"
    await "$what" said "logged in at 127.0.0.1:$server_port as $login"
    end
}

# on_terminal QUESTION ANSWER COMMAND…: with a terminal of its own, on which that question is asked;
# the terminal's picture is in screen.log.
on_terminal()
{
    local question=$1 answer=$2

    shift 2
    : >"$work/screen.log"
    status=0
    type_answer "$question" "$answer" |
        SSH_ASKPASS_REQUIRE='' SHELL=/bin/sh timeout -k 5 120 script -qefc "$(printf '%q ' "$@")" \
            "$work/screen.log" >/dev/null || status=$?
    [ "$status" -ne 124 ] || fail "no end in 120 s on a terminal: $*"
}

type_answer()
{
    local i

    for ((i = 0; i < 600; i++)); do
        ! grep -qF -- "$1" "$work/screen.log" || break
        sleep 0.1
    done
    printf '%s\n' "$2"
}

has_ipv6()
{
    grep -q '^00000000000000000000000000000001 ' /proc/net/if_inet6 2>/dev/null
}

# Where a port listens, in this order: 127.0.0.1 ::1 0.0.0.0 ::
addresses_of()
{
    local port

    port=$(printf %04X "$1")
    cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
        sed -nE "s/^ *[0-9]+: ([0-9A-F]+):$port [0-9A-F]+:0000 0A .*/\1/p" |
        sed -E 's/^(0100007F|7F000001)$/1 127.0.0.1/; s/^0{24}(01000000|00000001)$/2 ::1/
                s/^0{8}$/3 0.0.0.0/; s/^0{32}$/4 ::/' | sort -u | cut -d' ' -f2 | paste -sd' '
}
