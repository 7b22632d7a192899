#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# keyboard-interactive and several methods in a row: ssh, plink and adit at aditd, adit at sshd with a
# PAM service of the test's own.
. "$(dirname "$0")/client.sh"

[ -x "$ADITD" ] || skip "$ADITD is not built"
server_pid=

aditd_config()
{
    server_config
}

# gateway SETTINGS…: started anew with these.
gateway()
{
    server_options=("$@")
    [ -z "$server_pid" ] || stop "$server_pid"
    : >"$work/aditd.log"
    start_server aditd
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

# says TEXT: aditd does, since it was started; of a login that was refused when the connection ends.
says()
{
    started=$server_pid
    await "aditd's word: $1" grep -qF -- "$1" "$work/aditd.log"
}

# one_ssh ARGUMENTS…: a session in the foreground; what ssh says is in ssh.log.
one_ssh()
{
    local status=0

    openssh_arguments
    timeout 60 ssh "$@" "${arguments[@]}" "$login@127.0.0.1" </dev/null >/dev/null \
        2>"$work/ssh.log" || status=$?
    [ $status -ne 124 ] || fail "ssh $* hangs"
    return $status
}

make_keys
make_key second ed25519
start_traffic
cat >"$work/hashes" <<'END'
yes:$2b$05$abcdefghijklmnopqrstuuevT0o4xqunljtIYR/wy0EVNLrhA4kxK
END

plain_arguments()
{
    arguments=(-p "$server_port" -o "UserKnownHostsFile=$work/known_hosts" -l "$login"
        -o IdentitiesOnly=yes -o GlobalKnownHostsFile=/dev/null 127.0.0.1)
}

# ssh_with METHODS KEY: through to the target that closes at once.
ssh_with()
{
    local login=yes user_key=$2

    one_ssh -o BatchMode=no -o NumberOfPasswordPrompts=1 -o "PreferredAuthentications=$1" \
        -W "127.0.0.1:$closing"
}

interactive=("KbdInteractiveAuthentication yes" "PasswordFile $work/hashes" "PermitOpen any")

try_one_method()
{
    gateway "${interactive[@]}"
    will_answer lamp
    ssh_with keyboard-interactive user || fail "ssh: $(cat "$work/ssh.log")"
    [ "$(questions)" -eq 1 ] || fail "ssh was asked $(questions) times"
    will_answer wrong
    ! ssh_with keyboard-interactive user || fail "ssh: logged in with a wrong password"
    grep -q 'Permission denied (publickey,keyboard-interactive)' "$work/ssh.log" ||
        fail "$(cat "$work/ssh.log")"
    says 'user=yes method=keyboard-interactive, wrong password or no such user'
    login=yes
    will_answer lamp
    accepted adit -o PubkeyAuthentication=no
    grep -qF '(yes@127.0.0.1) Password: ' "$work/asked" || fail "adit asked: $(cat "$work/asked")"
    will_answer wrong lam lamp
    accepted "adit, the third time" -o PubkeyAuthentication=no
    will_answer wrong lam Lamp lamp
    refuses "tried keyboard-interactive; the server offers publickey,keyboard-interactive" \
        -o PubkeyAuthentication=no
    [ "$(questions)" -eq 3 ] || fail "adit asked $(questions) times"
    will_answer lamp
    refuses "tried nothing" -o PubkeyAuthentication=no -o KbdInteractiveAuthentication=no
    refuses "tried nothing" -o PubkeyAuthentication=no -o BatchMode=yes
    [ "$(questions)" -eq 0 ] || fail "adit asked, and should not"
    if command -v plink >/dev/null; then
        will_answer
        # plink's -pw answers a round of one hidden prompt.
        timeout 30 plink -batch -ssh -P "$server_port" -l yes -pw lamp -noagent \
            -hostkey "$(ssh-keygen -l -f "$work/host.pub" | cut -d" " -f2)" -nc "127.0.0.1:$closing" 127.0.0.1 </dev/null \
            >"$work/plink.log" 2>&1 || fail "plink: $(cat "$work/plink.log")"
    fi
    gateway "PasswordFile $work/hashes"
    login=yes
    refuses "the server offers publickey (" -o PubkeyAuthentication=no
    echo "keyboard-interactive"
}

try_methods_in_a_row()
{
    gateway "${interactive[@]}" "PasswordAuthentication yes" \
        "AuthenticationMethods publickey,keyboard-interactive publickey,password"
    authorize "" user second
    login=yes
    will_answer lamp
    accepted "key and answer" -i "$work/user"
    said "accepted, but the gateway wants more" || fail "the key alone was enough"
    will_answer lamp
    accepted "key and password" -i "$work/user" -o PreferredAuthentications=publickey,password
    will_answer lamp
    refuses "the server offers publickey" -o PubkeyAuthentication=no
    [ "$(questions)" -eq 0 ] || fail "asked before its turn"
    will_answer wrong wrong wrong
    refuses "refused after a first success: tried publickey (1 key), keyboard-interactive" \
        -i "$work/user" -o PasswordAuthentication=no
    will_answer lamp
    ssh_with publickey,keyboard-interactive user || fail "ssh: $(cat "$work/ssh.log")"
    will_answer lamp
    ! ssh_with keyboard-interactive user || fail "ssh: logged in without a key"

    # What the key forbids, the password does not allow again.
    authorize 'restrict' user
    will_answer lamp
    ! ssh_with publickey,password user || fail "the second method undid what the key forbids"
    says 'not allowed to open'
    authorize "" user second
    gateway "AuthenticationMethods publickey,publickey" "PermitOpen any"
    login=yes
    accepted "two keys" -i "$work/user" -i "$work/second"
    refuses "refused after a first success: tried publickey" -i "$work/user"
    rejected=$("$ADITD" -t -f "$work/aditd.conf" -o 'AuthenticationMethods hostbased' 2>&1) &&
        fail "AuthenticationMethods hostbased is taken"
    grep -q 'AuthenticationMethods: "hostbased" is no list' <<<"$rejected" || fail "$rejected"
    echo "several methods in a row"
}

# sshd has its one PAM service: /etc/pam.d/sshd is another file in a mount namespace.
run_sshd()
{
    login=root
    need sshd unshare
    mkdir -p /run/sshd
    cat >"$work/pam" <<END
auth required pam_exec.so expose_authtok quiet $work/check
auth required pam_permit.so
account required pam_permit.so
session required pam_permit.so
END
    printf '#!/bin/sh\n[ "$(tr -d "\\0")" = lamp ]\n' >"$work/check"
    chmod +x "$work/check"
    cat >"$work/sshd.conf" <<END
$(server_config)
KbdInteractiveAuthentication yes
UsePAM yes
PermitRootLogin yes
AuthenticationMethods publickey,keyboard-interactive
END
    start sshd unshare --mount sh -c 'mount --bind "$1" /etc/pam.d/sshd; shift; exec "$@"' sh \
        "$work/pam" "$(command -v sshd)" -D -e -f "$work/sshd.conf"
}

try_pam()
{
    if [ "$(id -u)" -ne 0 ] || ! unshare --mount true 2>/dev/null || [ ! -e /etc/pam.d/sshd ]; then
        echo "no PAM of its own: passed over"
        return
    fi
    stop "$server_pid"
    authorize "" user
    server_options=()
    start_server sshd
    will_answer lamp
    accepted "key, and PAM's question" -i "$work/user"
    grep -q '(root@127.0.0.1) Password: ' "$work/asked" || fail "asked: $(cat "$work/asked")"
    will_answer wrong wrong wrong
    refuses "refused after a first success" -i "$work/user"
    stop "$server_pid"
    echo "adit at sshd with PAM"
}

need ssh ssh-keygen
try_one_method
try_methods_in_a_row
try_pam
