#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# What hands that are used to plink type: -ssh -batch -P port -pw password -hostkey fingerprint.
. "$(dirname "$0")/client.sh"

need openssl ssh-keygen
make_keys
password='correct horse'
echo "tunnel:$(openssl passwd -6 "$password")" >"$work/passwords"
chmod 600 "$work/passwords"
server_options=("PasswordAuthentication yes" "PasswordFile $work/passwords")
start_server aditd
: >"$work/known_hosts"
right=$(ssh-keygen -lf "$work/host.pub" | cut -d' ' -f2)
wrong=$(ssh-keygen -lf "$work/user.pub" | cut -d' ' -f2)
note="-pw: a password on a command line can be read by others"
words=(-F none -ssh -batch -P "$server_port" -o IdentityFile=none)

: >"$work/adit.log"
start adit "$ADIT" "${words[@]}" -v -pw "$password" -hostkey "$wrong" -hostkey "$right" \
    "$login@127.0.0.1"
client_pid=$started
await "a login" said "logged in at 127.0.0.1:$server_port as $login"
said "$note" || fail "nothing is said about -pw"
said "-P: a number is plink's port" || fail "nothing is said about -P"
! tr '\0' ' ' <"/proc/$client_pid/cmdline" | grep -q "$password" || fail "the password can be read"
! said "$password" || fail "the password is in the log"
! said 'was added to' || fail "the host key was written to a file"
end
[ ! -s "$work/known_hosts" ] && [ ! -e none ] || fail "a host key was written down"
echo "plink's words"

: >"$work/adit.log"
run "$ADIT" "${words[@]}" -q -pw "$password" -o StrictHostKeyChecking=no -hostkey "$wrong" \
    "$login@127.0.0.1"
[ "$status" -eq 255 ] || fail "another host key: status $status"
! said "$note" || fail "-q and a note"
[ "$(grep -c 'login user=' "$work/aditd.log")" -eq 1 ] || fail "a login"
echo "another host key"
