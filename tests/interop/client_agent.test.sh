#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# adit with the keys of an ssh-agent, at sshd: which are used, in which order, and that nobody is
# asked for the passphrase of a key that the agent has.
. "$(dirname "$0")/client.sh"

plain_arguments()
{
    arguments=(-p "$server_port" -o "UserKnownHostsFile=$work/known_hosts"
        -o GlobalKnownHostsFile=/dev/null "$login@127.0.0.1")
}

# The keys in the order in which they were offered, by the names of their .pub files.
offered()
{
    local print name line

    while read -r line; do
        print=$(grep -o 'SHA256:[^ ]*' <<<"$line")
        for name in "$work"/{user,ecdsa,rsa,stranger,stranger2}.pub; do
            [ "$(ssh-keygen -lf "$name" | cut -d' ' -f2)" != "$print" ] ||
                basename "$name" .pub
        done
    done < <(grep '^adit: offering ' "$work/adit.log") | uniq | xargs
}

# agent NAMES…: an agent with these keys, in this order.
agent()
{
    local name

    rm -f "$work/agent.sock"
    start agent ssh-agent -D -a "$work/agent.sock"
    agent_pid=$started
    await "ssh-agent" test -S "$work/agent.sock"
    export SSH_AUTH_SOCK=$work/agent.sock
    for name; do
        ssh-add -q "$work/$name"
    done
}

try_agent_alone()
{
    local name

    agent
    for name in user rsa ecdsa; do
        ssh-add -q "$work/$name"
        accepted "a key of the agent: $name" -o IdentityFile=none
        said "logging in with key ssh-" || said "logging in with key ecdsa-" || fail "$name: which?"
        said " of the agent (test)" || fail "-v does not say that the agent has the key"
        ssh-add -q -D
    done
    refuses "tried nothing; the server offers publickey (there was no key to try)" \
        -o IdentityFile=none
    stop "$agent_pid"
    echo "keys that only the agent has"
}

try_passphrases()
{
    agent user
    will_answer 'open sesame'
    accepted "a locked key that the agent has" -i "$work/locked"
    [ "$(questions)" -eq 0 ] || fail "asked for the passphrase of a key that the agent has"
    accepted "a public half for a key of the agent" -i "$work/user.pub"
    mv "$work/user" "$work/user.away"
    accepted "a key file that is not there" -i "$work/user"
    mv "$work/user.away" "$work/user"
    accepted "-o BatchMode=yes" -i "$work/locked" -o BatchMode=yes
    ssh-add -q -D
    will_answer 'open sesame'
    accepted "a locked key that the agent has not" -i "$work/locked"
    [ "$(questions)" -eq 1 ] || fail "asked $(questions) times for one passphrase"
    run "$ADIT" -F none -i "$work/user.pub" "${arguments[@]}"
    [ "$status" -eq 255 ] || fail "a public half alone: status $status"
    said "is a public key, and the private one is wanted" || fail "it does not say what is wanted"
    stop "$agent_pid"
    echo "keys whose passphrase the agent spares"
}

# ssh's order: the agent's keys that are those of a file, the agent's others, the other files.
try_order()
{
    agent stranger stranger2 ecdsa
    accepted "order" -i "$work/user" -i "$work/ecdsa"
    [ "$(offered)" = "ecdsa" ] || fail "offered: $(offered)"
    sed -i /ecdsa/d "$work/authorized_keys"
    accepted "order" -i "$work/user" -i "$work/ecdsa"
    [ "$(offered)" = "ecdsa stranger stranger2 user" ] || fail "offered: $(offered)"
    accepted "order" -i "$work/user" -i "$work/ecdsa" -o IdentitiesOnly=yes
    [ "$(offered)" = "ecdsa user" ] || fail "IdentitiesOnly: offered: $(offered)"
    accepted "IdentityAgent=none" -i "$work/user" -i "$work/ecdsa" -o IdentityAgent=none
    [ "$(offered)" = "user" ] || fail "IdentityAgent=none: offered: $(offered)"
    stop "$agent_pid"
    echo "order"
}

try_identity_agent()
{
    local socket

    agent rsa
    socket=$SSH_AUTH_SOCK
    unset SSH_AUTH_SOCK
    accepted "a path" -o IdentityFile=none -o "IdentityAgent=$socket"
    OTHER_SOCK=$socket accepted "a variable" -o IdentityFile=none -o 'IdentityAgent=$OTHER_SOCK'
    refuses "there was no key to try" -o IdentityFile=none -o IdentityAgent=SSH_AUTH_SOCK
    accepted "an agent that is not there" -i "$work/user" -o "IdentityAgent=$work/nobody"
    export SSH_AUTH_SOCK=$socket
    refuses "there was no key to try" -o IdentityFile=none -o IdentityAgent=none
    stop "$agent_pid"
    echo "IdentityAgent"
}

# An agent that lists a key and then will not sign: the next key is used.
try_unwilling()
{
    agent
    ssh-add -q -c "$work/rsa"
    SSH_ASKPASS=/bin/false accepted "an agent whose user says no" -i "$work/user"
    said "the agent does not sign with key ssh-rsa" || fail "it does not say that the agent refused"
    ssh-add -q "$work/ecdsa"
    printf 'word\nword\n' >"$work/answers"
    ssh-add -x >>"$work/agent.log" 2>&1 </dev/null
    accepted "a locked agent" -i "$work/user"
    stop "$agent_pid"
    echo "agents that do not want to"
}

# bytes NUMBER: as four bytes, for printf.
bytes()
{
    printf '\\x%02x' $(($1 >> 24 & 255)) $(($1 >> 16 & 255)) $(($1 >> 8 & 255)) $(($1 & 255))
}

# hung QUESTION: an agent that answers the list of its keys, but not this question (11: the list
# itself, 13: to sign).
hung()
{
    local blob=$work/blob size

    cut -d' ' -f2 "$work/user.pub" | base64 -d >"$blob"
    size=$(wc -c <"$blob")
    { printf "$(bytes $((size + 13)))\\x0c$(bytes 1)$(bytes "$size")"; cat "$blob"
        printf "$(bytes 0)"; } >"$work/list"
    cat >"$work/hung" <<END
#!/bin/bash
kind=\$(head -c 5 | tail -c 1 | od -An -tu1)
[ "\$kind" -eq $1 ] || exec cat "$work/list"
touch "$work/asked"
exec cat >/dev/null
END
    chmod +x "$work/hung"
    rm -f "$work/asked" "$work/agent.sock"
    start agent socat "UNIX-LISTEN:$work/agent.sock,fork" "EXEC:$work/hung"
    agent_pid=$started
    await "an agent" test -S "$work/agent.sock"
    export SSH_AUTH_SOCK=$work/agent.sock
}

# It is waited for ten seconds or two minutes, but not by who wants to end.
try_hung()
{
    local question

    for question in 11 13; do
        hung "$question"
        plain_arguments
        start adit "$ADIT" -F none -o BatchMode=yes -o IdentityFile=none "${arguments[@]}"
        await "the question" test -e "$work/asked"
        stop "$started"
        stop "$agent_pid"
    done
    echo "agents that do not answer"
}

# Keys of authenticators (FIDO): the private half is in the hardware, and only the agent can use it.
try_tokens()
{
    local kind name

    cp "$work/authorized_keys" "$work/without_tokens"
    for kind in ed25519 ecdsa; do
        rm -f "$work/agent.sock" "$work/token"
        start token "$BUILD/tests/token_agent" "$work/agent.sock" "$work/token" "$kind"
        agent_pid=$started
        await "the token's agent" test -S "$work/agent.sock"
        export SSH_AUTH_SOCK=$work/agent.sock
        name=sk-ssh-ed25519@openssh.com
        [ "$kind" = ed25519 ] || name=sk-ecdsa-sha2-nistp256@openssh.com
        echo "$name $(base64 -w 0 "$work/token")" >"$work/authorized_keys"
        accepted "a token: $kind" -o IdentityFile=none
        said "logging in with key $name" || fail "$kind: not by the token's key"
        stop "$agent_pid"
    done
    cp "$work/without_tokens" "$work/authorized_keys"
    echo "tokens"
}

need socat ssh-keygen ssh-agent ssh-add
make_keys
start_traffic
make_key stranger ed25519
make_key stranger2 ed25519
make_key ecdsa ecdsa -b 384
make_key rsa rsa -b 2048
cp "$work/user" "$work/locked"
cp "$work/user.pub" "$work/locked.pub"
ssh-keygen -q -p -N 'open sesame' -f "$work/locked" >>"$work/keys.log"
start_server sshd
cat "$work"/{user,rsa,ecdsa}.pub >"$work/authorized_keys"
try_agent_alone
try_passphrases
try_order
try_identity_agent
try_unwilling
try_hung
try_tokens
