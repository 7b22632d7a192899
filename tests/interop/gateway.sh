# SPDX-License-Identifier: BSD-2-Clause
# A gateway as it comes, closed, with settings of the test's own; what its log says; and one question
# at a time to it.
# shellcheck shell=bash
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need ssh ssh-keygen
[ -x "$ADITD" ] || skip "$ADITD is not built"

# No permits here, unlike lib.sh's.
aditd_config()
{
    server_config
}

# gateway SETTINGS…: started anew with these; the one before must end well.
gateway()
{
    server_options=("$@")
    stop_gateway
    : >>"$work/aditd.log"
    mark
    start_server aditd
    says '^aditd: listening on '
}

stop_gateway()
{
    [ -n "${server_pid-}" ] || return 0
    stop "$server_pid"
    [ "$stopped" -eq 0 ] || fail "the gateway ended with $stopped"
    server_pid=
}

# authorize OPTIONS KEY…: the lines of authorized_keys, one for each key.
authorize()
{
    local options=$1 key

    shift
    for key; do
        echo "$options $(cat "$work/$key.pub")"
    done >"$work/authorized_keys"
}

fingerprint_of()
{
    ssh-keygen -l -f "$work/$1.pub" | cut -d' ' -f2
}

# ---- the log -----------------------------------------------------------------

marked=0

# What is said from now on is meant below.
mark()
{
    marked=$(wc -l <"$work/aditd.log")
}

new_lines()
{
    tail -n "+$((marked + 1))" "$work/aditd.log"
}

# An extended regular expression, as in the others.
said()
{
    new_lines >"$work/new_lines"
    grep -qE -- "$1" "$work/new_lines"
}

says()
{
    started=$server_pid
    await "the gateway's log: $1" said "$1"
}

# says_once PATTERN: in exactly one line.
says_once()
{
    says "$1"
    [ "$(grep -cE -- "$1" "$work/new_lines")" -eq 1 ] || fail "more than once in the log: $1"
}

# ---- questions ------------------------------------------------------------------

# one_ssh ARGUMENTS…: a session in the foreground; what ssh says is in ssh.log. Of an option that is
# given twice, ssh takes the first.
one_ssh()
{
    local status=0

    openssh_arguments
    timeout 120 ssh "$@" "${arguments[@]}" "$login@127.0.0.1" </dev/null >/dev/null \
        2>"$work/ssh.log" || status=$?
    [ $status -ne 124 ] || fail "ssh $* hangs"
    return $status
}

# The target must be one that closes by itself.
may_open()
{
    one_ssh -W "$1" || fail "may not open $1: $(cat "$work/ssh.log")"
}

signer= # the key that signs, where it is not $user_key

# may_not_open TARGET TEXT: the client and the log are told the text, which stands behind the target.
may_not_open()
{
    local text="not allowed to open $1$2"

    mark
    ! one_ssh -W "$1" || fail "may open $1"
    grep -qF "administratively prohibited: $text" "$work/ssh.log" ||
        fail "ssh is not told \"$text\": $(cat "$work/ssh.log")"
    new_lines | grep -F "refused user=$login key=$(fingerprint_of "${signer:-$user_key}") from=127.0.0.1:" |
        grep -qF ": $text" || fail "the log does not say \"$text\""
}

# Asks for a listener, -R's way; the session goes on in $client_pid if it is granted.
ask_to_listen()
{
    mark
    run_ssh -R "$1:127.0.0.1:$serving"
    client_pid=$started
    says '^aditd: (listen|refused) user='
}

# may_listen [ADDRESS:]PORT [SOCKET]: SOCKET is what the kernel must show then.
may_listen()
{
    ask_to_listen "$1"
    said '^aditd: listen ' || fail "may not listen on $1"
    [ -z "${2-}" ] || listens_at "$2" "${1##*:}" || fail "$1 does not listen at $2"
    stop "$client_pid"
}

# may_not_listen [ADDRESS:]PORT TEXT
may_not_listen()
{
    ask_to_listen "$1"
    said '^aditd: refused user=' || fail "may listen on $1"
    grep -qF -- "$2" "$work/new_lines" || fail "$1: the log does not say \"$2\""
    ends "$client_pid" 60 || fail "ssh goes on without $1"
    [ "$stopped" -ne 0 ] || fail "ssh is content without $1"
}

# ---- logins -----------------------------------------------------------------------

may_log_in()
{
    mark
    ! one_ssh -W 127.0.0.1:1 || fail "port 1 is open"
    said '^aditd: login user=' || fail "$login may not log in: $(cat "$work/ssh.log")"
}

# may_not_log_in REASON: the client learns nothing but that, the log the reason.
may_not_log_in()
{
    mark
    ! one_ssh -W 127.0.0.1:1 || fail "$login may log in"
    grep -qE 'Permission denied \([a-z,]+\)\.' "$work/ssh.log" || fail "$login: $(cat "$work/ssh.log")"
    says_once '^aditd: refused login from=127\.0\.0\.1:'
    grep -F 'refused login ' "$work/new_lines" | grep -qE -- "$1" ||
        fail "$login: the log does not say \"$1\""
    ! said '^aditd: login ' || fail "the log tells of a login"
}
