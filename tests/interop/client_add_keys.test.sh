#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# AddKeysToAgent: a key of a file that a login was made with is in the ssh-agent then, and works.
. "$(dirname "$0")/client.sh"

# The agent asks by this program before it uses a key that is to be confirmed.
cat >"$work/confirm" <<'END'
#!/bin/sh
echo "$1" >>"$ASKED.confirm"
END
chmod +x "$work/confirm"

plain_arguments()
{
    arguments=(-p "$server_port" -o "UserKnownHostsFile=$work/known_hosts"
        -o GlobalKnownHostsFile=/dev/null "$login@127.0.0.1")
}

agent()
{
    rm -f "$work/agent.sock"
    start agent env SSH_ASKPASS="$work/confirm" DISPLAY=none ssh-agent -D -a "$work/agent.sock"
    agent_pid=$started
    await "ssh-agent" test -S "$work/agent.sock"
    export SSH_AUTH_SOCK=$work/agent.sock
}

# has KEYS…: the agent has exactly these.
has()
{
    local key wanted='' have

    have=$(ssh-add -L 2>/dev/null | sed '/ has no identities/d' | cut -d' ' -f1,2 | sort)
    for key; do
        wanted+=$(cut -d' ' -f1,2 "$work/$key.pub")$'\n'
    done
    [ "$have" = "$(printf %s "$wanted" | sort)" ]
}

make_keys
make_key ecdsa ecdsa
make_key rsa rsa -b 2048
ssh-keygen -q -t ed25519 -N 'open sesame' -C 'a comment' -f "$work/locked"
cat "$work"/{user,ecdsa,rsa,locked}.pub >"$work/authorized_keys"
need ssh-agent ssh-add
start_server sshd
agent

for value in no false; do
    accepted "AddKeysToAgent=$value" -i "$work/user" -o "AddKeysToAgent=$value"
    has || fail "AddKeysToAgent=$value: the agent has a key"
done
accepted "the default" -i "$work/user"
has || fail "the default: the agent has a key"

for key in user ecdsa rsa; do
    accepted "$key" -i "$work/$key" -o AddKeysToAgent=yes
    has "$key" || fail "$key: the agent has: $(ssh-add -l)"
    mv "$work/$key" "$work/$key.away"
    accepted "$key of the agent" -i "$work/$key.pub"
    mv "$work/$key.away" "$work/$key"
    ssh-add -q -D
done
echo "keys of every kind"

will_answer 'open sesame'
accepted "a locked key" -i "$work/locked" -o AddKeysToAgent=yes
has locked || fail "a locked key: the agent has: $(ssh-add -l)"
ssh-add -l | grep -qF ' a comment ' || fail "its comment: $(ssh-add -l)"
will_answer
accepted "a key that was unlocked before" -i "$work/locked" -o AddKeysToAgent=yes
[ "$(questions)" -eq 0 ] || fail "the passphrase is asked for although the agent has the key"
ssh-add -q -D
echo "a locked key is unlocked once"

will_answer no
accepted "ask, no" -i "$work/user" -o AddKeysToAgent=ask
has || fail "no is no"
grep -qF "Add key $work/user SHA256:" "$work/asked" || fail "the question"
accepted "ask, nobody there" -i "$work/user" -o AddKeysToAgent=ask -o BatchMode=yes
has || fail "nobody has said yes"
will_answer yes
accepted "ask, yes" -i "$work/user" -o AddKeysToAgent=ask
has user || fail "yes is yes"
ssh-add -q -D
echo "AddKeysToAgent=ask"

accepted "a time" -i "$work/user" -o AddKeysToAgent=6s
has user || fail "a time: the agent has: $(ssh-add -l)"
started=$agent_pid
await "the end of the time" has
accepted "confirm" -i "$work/user" -o "AddKeysToAgent=confirm 1h"
has user || fail "confirm: the agent has: $(ssh-add -l)"
rm -f "$ASKED.confirm"
accepted "a key to be confirmed" -i "$work/user.pub"
grep -qF "Allow use of key" "$ASKED.confirm" || fail "the agent has not asked"
echo "constraints"

stop "$agent_pid"
accepted "an agent that is gone" -i "$work/user" -o AddKeysToAgent=yes
said "the agent does not take key $work/user" || fail "nothing is said"
export SSH_AUTH_SOCK=
accepted "no agent" -i "$work/user" -o AddKeysToAgent=yes
agent
accepted "IdentityAgent=none" -i "$work/user" -o AddKeysToAgent=yes -o IdentityAgent=none
has || fail "IdentityAgent=none"
echo "without an agent"
