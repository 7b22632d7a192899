#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Passwords: a file of hashes at the gateway, ssh with SSH_ASKPASS and adit with a file at the client.
. "$(dirname "$0")/gateway.sh"

[ -x "$ADIT" ] || skip "$ADIT is not built"
make_keys
start_traffic

# "lamp" in three ways, as mkpasswd makes it; hollow's hash is that of no password at all.
cat >"$work/hashes" <<'END'
# user:hash

yes:$y$j75$W3qQX34Po7rPXhK9hZaPZ/$3cfj..HJNVDBmzTb2OsOf2OpWvQdwNIT2MI4TSK/69D
bcrypt:$2b$05$abcdefghijklmnopqrstuuevT0o4xqunljtIYR/wy0EVNLrhA4kxK
sha512:$6$YmFzYWx0cm9jaw$LkE/ppDY1q29FiHxwDU8NVjX12tFOwvUDwKw.aq7ELCQ.yVGiLN3gde.U/xerMwUhY.OlgRnX/Ox2L9yBndTP0
hollow:$6$rounds=1000$empty$mD/mfMVeNHBUgTII19Wa60uGXYFiKQekh3g31uXM.1DkGrKMw1ICxo7N9UEq9xthpeZV2NXWk/C7RFot9C.JR.
locked:!$2b$05$abcdefghijklmnopqrstuuevT0o4xqunljtIYR/wy0EVNLrhA4kxK
plain:lamp
strange:$9$lamp$lamp
END

# Tells the password to ssh, once.
cat >"$work/askpass" <<'END'
#!/bin/sh
echo "$PASSWORD"
END
chmod +x "$work/askpass"
export SSH_ASKPASS=$work/askpass SSH_ASKPASS_REQUIRE=force

with_password=(-o BatchMode=no -o NumberOfPasswordPrompts=1 -o PreferredAuthentications=password)

# ssh_with USER PASSWORD: through to the target that closes at once.
ssh_with()
{
    local login=$1

    PASSWORD=$2 one_ssh "${with_password[@]}" -W "127.0.0.1:$closing"
}

# adit_with USER PASSWORD: a tunnel in $client_pid, or its end with a sentence.
adit_with()
{
    local login=$1

    (umask 077 && printf '%s\n' "$2" >"$work/password")
    port=$(free_port)
    : >"$work/adit.log"
    run_adit --password-file "$work/password" -o PreferredAuthentications=password \
        -L "$port:127.0.0.1:$serving"
    client_pid=$started
}

# refuses USER PASSWORD REASON
refuses()
{
    mark
    ! ssh_with "$1" "$2" || fail "$1 may log in with \"$2\""
    grep -q "Permission denied (publickey,password)" "$work/ssh.log" || fail "$(cat "$work/ssh.log")"
    says_once "^aditd: refused login from=.* tries=1: user=$1 method=password, $3"
}

gateway "PasswordAuthentication yes" "PasswordFile $work/hashes" "PermitOpen any" "LogLevel DEBUG3"

for name in yes bcrypt sha512; do
    mark
    ssh_with $name lamp || fail "ssh: $name: $(cat "$work/ssh.log")"
    says_once "^aditd: login user=$name method=password from=127\\.0\\.0\\.1:[0-9]+\$"
    adit_with $name lamp
    await adit listening "$port"
    "$traffic" both "$port" 10000 || fail "adit: $name"
    stop "$client_pid"
    for wrong in Lamp lam 'lamp ' lampp ''; do
        refuses $name "$wrong" 'wrong password or no such user'
    done
    echo "$name: right and wrong passwords"
done
adit_with yes wrong
ends "$client_pid" 60 || fail "adit goes on with a wrong password"
[ "$stopped" -ne 0 ] || fail "adit is content with a wrong password"
grep -qiE 'password|login' "$work/adit.log" || fail "adit does not say why: $(cat "$work/adit.log")"
for name in nobody locked plain strange hollow; do
    refuses $name lamp 'wrong password or no such user'
done
refuses hollow '' 'wrong password or no such user'
echo "users without a good hash"

# A password is no key: what its user may do is the configuration's alone.
authorize "permitopen=\"127.0.0.1:1\"" user
gateway "PasswordAuthentication yes" "PasswordFile $work/hashes"
! ssh_with yes lamp || fail "what no line permits is opened"
grep -qF "not allowed to open 127.0.0.1:$closing: add" "$work/ssh.log" || fail "$(cat "$work/ssh.log")"

# Without the file, or switched off, it is not offered.
for setting in "PasswordFile none" "PasswordAuthentication no"; do
    gateway "$setting" "PasswordAuthentication yes" "PasswordFile $work/hashes"
    ! ssh_with yes lamp || fail "$setting: a password is taken"
    grep -q "Permission denied (publickey)" "$work/ssh.log" || fail "$(cat "$work/ssh.log")"
done

# A file that cannot be used lets nobody in, and the log says so; at once, also where it would block.
mkfifo "$work/fifo"
cp "$work/hashes" "$work/others" && chmod 646 "$work/others"
while read -r file strict reason; do
    gateway "PasswordAuthentication yes" "PasswordFile $work/$file" "StrictModes $strict"
    refuses yes lamp ".*$reason"
done <<'END'
missing no missing does not exist
fifo no fifo: is not a regular file
others yes others: (belongs to, or may be written by, others|a folder above it)
END
gateway "PasswordAuthentication yes" "PasswordFile $work/hashes" "PubkeyAuthentication no"
refusal=$(ssh_with yes wrong || cat "$work/ssh.log")
grep -q "Permission denied (password)" <<<"$refusal" || fail "without keys: $refusal"
echo "files and settings"

# Whoever guesses passwords keeps nobody from logging in with a key, though each guess takes seconds.
echo "slow:\$6\$rounds=6000000\$YmFzYWx0cm9jaw\$nothing" >"$work/slow_hashes"
authorize '' user
workers=1 gateway "PasswordAuthentication yes" "PasswordFile $work/slow_hashes"
guesses=()
openssh_arguments
for ((i = 0; i < 6; i++)); do
    start guess env PASSWORD=wrong ssh "${with_password[@]}" "${arguments[@]}" slow@127.0.0.1
    guesses+=("$started")
done
guessing()
{
    [ "$(new_lines | grep -c '^aditd: keys from=')" -eq 6 ]
}
await "the guesses" guessing
sleep 0.5
one_ssh -W 127.0.0.1:1 || true
said '^aditd: login user=tunnel method=publickey|^aditd: login user=tunnel key=' ||
    fail "a key does not log in: $(new_lines)"
! said ' method=password, ' || fail "a key had to wait for a password: $(new_lines)"
for started in "${guesses[@]}"; do
    stop "$started"
done
kill "$server_pid" # once: it ends when the guess that it is at is judged
ends "$server_pid" 60 || fail "the gateway does not end"
[ "$stopped" -eq 0 ] || fail "the gateway ended with $stopped"
server_pid=
echo "many guesses"

! grep -aE 'lamp|[$](y|6|2b)[$]' "$work/aditd.log" || fail "a password or a hash in the log"
! grep '^traffic:' "$work/traffic.log" || fail "the traffic server found a fault"
