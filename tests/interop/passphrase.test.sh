#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Encrypted keys, under every cipher that ssh-keygen knows; SSH_ASKPASS is asked for the passphrase.
. "$(dirname "$0")/lib.sh"

# Tells the passphrase, and writes down that it was asked.
cat >"$work/askpass" <<'END'
#!/bin/sh
echo "$1" >>"$ASKED"
echo "$PASSPHRASE"
END
chmod +x "$work/askpass"
export SSH_ASKPASS=$work/askpass SSH_ASKPASS_REQUIRE=force ASKED=$work/asked

run_asking_adit()
{
    [ -x "$ADIT" ] || skip "$ADIT is not built"
    openssh_arguments
    arguments=("${arguments[@]/BatchMode=yes/BatchMode=no}")
    : >"$ASKED"
    start adit "$ADIT" "${arguments[@]}" "$@" "$login@127.0.0.1"
}

need ssh-keygen sshd
make_keys
start_traffic
start_server sshd
while read -r cipher; do
    user_key=locked_$cipher
    ssh-keygen -q -t ed25519 -N 'open sesame' -Z "$cipher" -f "$work/$user_key"
    cp "$work/$user_key.pub" "$work/authorized_keys"

    port=$(free_port)
    export PASSPHRASE='open sesame'
    run_asking_adit -L "$port:127.0.0.1:$serving"
    client_pid=$started
    await adit listening "$port"
    "$traffic" both "$port" 10000 || fail "$cipher"
    stop "$client_pid"
    [ "$(wc -l <"$ASKED")" -eq 1 ] || fail "$cipher: asked $(wc -l <"$ASKED") times, not once"
    grep -q "$user_key" "$ASKED" || fail "$cipher: the question does not name the key"
    echo "adit logs in with a key under $cipher"

    export PASSPHRASE=wrong
    run_asking_adit -L "$port:127.0.0.1:$serving"
    client_pid=$started
    ends "$client_pid" 60 || fail "$cipher: it goes on with a wrong passphrase"
    [ "$stopped" -ne 0 ] || fail "$cipher: a wrong passphrase is good"
    grep -q 'passphrase is missing or wrong' "$work/adit.log" || fail "$cipher: it does not say why"
    : >"$work/adit.log"
done < <(ssh -Q cipher)
