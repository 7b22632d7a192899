#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# adit key as its users have it: files that are not overwritten, passphrases from wherever, lines of
# authorized_keys that gateways obey, and PuTTY's keys to log in with.
. "$(dirname "$0")/lib.sh"

need ssh-keygen puttygen sshd
[ -x "$ADIT" ] || skip "$ADIT is not built"
cd "$work"
umask 022
install -m 600 /dev/null pass
echo 'open sesame' >pass
install -m 600 /dev/null pass2
echo 'close sesame' >pass2

# says TEXT COMMAND…: adit key fails with this one line.
says()
{
    local wanted=$1 said

    shift
    if said=$("$ADIT" key "$@" 2>&1 </dev/null); then
        fail "adit key $* succeeds"
    fi
    [ "$said" = "adit key: $wanted" ] || fail "adit key $*: $said"
}

works()
{
    "$ADIT" key "$@" >"$work/said" 2>"$work/adit.log" </dev/null ||
        fail "adit key $*: $(cat "$work/adit.log")"
}

fingerprint()
{
    ssh-keygen -lf "$1" | cut -d' ' -f2
}

# ---- files -------------------------------------------------------------------------

works new --no-passphrase -C 'me at home' id
[ "$(cat said)" = "id: ssh-ed25519, 256 bits, $(fingerprint id.pub)" ] || fail "new: $(cat said)"
says 'id.pub: is there already; --force overwrites it' new --no-passphrase id
rm id.pub
says 'id: is there already; --force overwrites it' new --no-passphrase id
[ ! -e id.pub ] || fail 'there is a public key of a private one that was not written'
before=$(cat id)
works new --no-passphrase --force id
[ "$(cat id)" != "$before" ] || fail '--force leaves the old key'
[ "$(fingerprint id)" = "$(fingerprint id.pub)" ] || fail 'the two halves are of two keys'

says '-o says where the private key goes; -o - is stdout' convert --to ppk id
works convert --to ppk -o - id
mv said stdout.ppk
puttygen stdout.ppk -L >again.pub
[ "$(fingerprint again.pub)" = "$(fingerprint id.pub)" ] || fail 'another key on stdout'
works convert --to ppk2 -o id.ppk id
says 'id.ppk: is there already; --force overwrites it' convert --to ppk -o id.ppk id
grep -q File-2 id.ppk || fail 'a file that was there is overwritten'
chmod 644 id.ppk
works convert --to ppk --force -o id.ppk id
grep -q File-3 id.ppk || fail '--force leaves the old file'
[ "$(stat -c %a id.ppk)" = 600 ] || fail "a file that was there kept its mode $(stat -c %a id.ppk)"
says '/dev/null: is no regular file' convert --to ppk --force -o /dev/null id
[ -c /dev/null ] || fail '/dev/null is no device any more'
says 'nowhere/id: No such file or directory' convert --to ppk -o nowhere/id id
[ "$(ls ./*.ppk.* nowhere* 2>/dev/null)" = '' ] || fail 'a temporary file is left'
says 'id.pub: is a public key, and pem is a format of private ones' convert --to pem -o x id.pub
says 'pem has no form for ssh-ed25519 keys; openssh, pkcs8 and ppk3 have' convert --to pem -o x id
says 'there is no format "ssh2"; openssh, pem, pkcs8, ppk3, ppk2; public, rfc4716' \
    convert --to ssh2 id
says 'said: is no key file, or a broken one' show said
says 'unknown option --frce' convert --frce id
says 'missing: No such file or directory' show missing
[ "$("$ADIT" key convert --to public - <id)" = "$(cat id.pub)" ] || fail 'stdin is another key'
echo 'files are kept, and have the modes that they ought to have'

# ---- passphrases -----------------------------------------------------------------------

# Tells the passphrases of $ANSWERS one after the other.
cat >askpass <<'END'
#!/bin/sh
echo "$1" >>"$ASKED"
sed -n "$(wc -l <"$ASKED")p" "$ANSWERS"
END
chmod +x askpass
export ASKED=$work/asked ANSWERS=$work/answers SSH_ASKPASS=$work/askpass SSH_ASKPASS_REQUIRE=force

# answers TEXT…: what askpass will say.
answers()
{
    : >"$ASKED"
    printf '%s\n' "$@" >"$ANSWERS"
}

answers one two
says 'the two passphrases are not the same' new locked
[ ! -e locked ] || fail 'a key without an agreed passphrase'
answers 'open sesame' 'open sesame'
works new locked
ssh-keygen -y -P 'open sesame' -f locked >/dev/null || fail 'the passphrase is another one'
answers wrong 'open sesame'
works convert --to ppk -o locked.ppk locked
[ "$(wc -l <"$ASKED")" -eq 2 ] || fail 'a wrong passphrase is not asked for again'
puttygen locked.ppk --old-passphrase pass -O private-openssh-new --new-passphrase /dev/null -o x ||
    fail 'what was encrypted is not, or under another passphrase'
answers no nor neither
says 'locked: the passphrase is wrong' convert --to ppk -o none.ppk locked

for file in locked locked.ppk; do
    works passphrase --passphrase-file pass --new-passphrase-file pass2 $file
    says "$file: the passphrase is wrong" convert --passphrase-file pass --to public $file
    works convert --passphrase-file pass2 --to public $file
    answers 'close sesame' '' ''
    works passphrase $file
    works convert --to public $file
    works passphrase --new-passphrase-file pass $file
done
grep -q File-3 locked.ppk || fail 'a change of the passphrase changed the format'
ln -s locked.ppk link.ppk
works passphrase --passphrase-file pass --no-passphrase link.ppk
[ -L link.ppk ] || fail 'a link became a file'
works convert --to public locked.ppk

export SSH_ASKPASS_REQUIRE=never
said=$(setsid "$ADIT" key new nobody 2>&1 </dev/null) && fail 'a key whose passphrase nobody gave'
[[ $said == *'there is nobody to ask'* ]] || fail "without a terminal: $said"
chmod 644 pass2
says "passphrase file pass2: others may use it; it must be for its owner alone (chmod 600)" \
    convert --passphrase-file pass2 --to public locked
echo 'passphrases are asked for, kept and changed'

# ---- authorized_keys ----------------------------------------------------------------------

make_keys
start_traffic
allowed=$(free_port)
refused=$(free_port)
works authorize --listen "$allowed" --open "127.0.0.1:$serving" --from 127.0.0.0/8,::1 \
    --expires +2d -C 'restricted key' user
cp said authorized_keys
[ "$(ssh-keygen -lf authorized_keys | cut -d' ' -f2)" = "$(fingerprint user.pub)" ] ||
    fail 'ssh-keygen does not read the line'
[ ! -s adit.log ] || fail "of a line with both restrictions: $(cat adit.log)"

for server in sshd aditd; do
    start_server $server
    run_adit -R "$allowed:127.0.0.1:$serving"
    client_pid=$started
    await adit listening "$allowed"
    "$traffic" both "$allowed" 10000 || fail "$server: the port that is allowed"
    stop "$client_pid"

    run_adit -R "$refused:127.0.0.1:$serving"
    ends "$started" 60 || fail "$server: the port that is not allowed"
    [ "$stopped" -ne 0 ] || fail "$server: a port that is not allowed is taken"
    : >adit.log

    local_port=$(free_port)
    run_adit -L "$local_port:127.0.0.1:$serving"
    client_pid=$started
    await adit listening "$local_port"
    "$traffic" both "$local_port" 10000 || fail "$server: the target that is allowed"
    stop "$client_pid"
    stop "$server_pid"
    echo "$server obeys the line"
done

works authorize --listen "$allowed" --expires 2020-01-31 user
grep -q 'expires.* is in the past' "$work/adit.log" || fail "nothing is said about a time that is over"
cp said authorized_keys
grep -q 'expiry-time="20200131"' said || fail "the time became $(cat said)"
grep -q 'without --open, sshd lets this key connect to anything' adit.log || fail 'no warning'
for server in sshd aditd; do
    start_server $server
    run_adit -L "$local_port:127.0.0.1:$serving"
    ends "$started" 60 || fail "$server: a key that has expired logs in"
    [ "$stopped" -ne 0 ] || fail "$server: a key that has expired"
    : >adit.log
    stop "$server_pid"
done
says 'an option with a bad value: permitopen "db"' authorize --open db user
echo 'a key that has expired is refused'

# ---- PuTTY's keys, as plink has them ----------------------------------------------------

works authorize user
cp said authorized_keys
puttygen user -O private --ppk-param version=2 -o plain2
puttygen user -O private --new-passphrase pass -o locked3.ppk
start_server aditd
for user_key in user.ppk plain2; do
    chmod 600 "$user_key"
    start_client adit "$local_port" -L "$local_port:127.0.0.1:$serving"
    "$traffic" both "$local_port" 10000 || fail "$user_key"
    stop "$client_pid"
done
export SSH_ASKPASS_REQUIRE=force
answers 'open sesame'
user_key=locked3.ppk
openssh_arguments
start adit "$ADIT" "${arguments[@]/BatchMode=yes/BatchMode=no}" \
    -L "$local_port:127.0.0.1:$serving" "$login@127.0.0.1"
client_pid=$started
await adit listening "$local_port"
"$traffic" both "$local_port" 10000 || fail "$user_key"
stop "$client_pid"
echo "PuTTY's keys log in"
