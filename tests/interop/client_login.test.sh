#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# How adit logs in: keys, passwords and who is asked for them, banners, and the sentence when the
# server says no. sshd for keys, aditd for passwords.
. "$(dirname "$0")/client.sh"

# with_keys NAMES…: the options for these keys and no other; plain_arguments goes on with `user`.
with_keys()
{
    local name

    keys=()
    for name; do
        keys+=(-i "$work/$name")
    done
}

# Without the key that plain_arguments adds.
not_user=(-o IdentitiesOnly=yes)
plain_arguments()
{
    arguments=(-p "$server_port" -o "UserKnownHostsFile=$work/known_hosts"
        -o GlobalKnownHostsFile=/dev/null "$login@127.0.0.1")
}

offered()
{
    sed -n "s|^adit: offering key $work/\([^ ]*\) .*|\1|p" "$work/adit.log" | xargs
}

# ---- keys at sshd ------------------------------------------------------------------

try_keys()
{
    with_keys user
    accepted "one key" "${keys[@]}"
    said "logging in with key $work/user SHA256:" || fail "-v does not name the key"
    [ -z "$(offered)" ] || fail "one key is offered before it is used"
    with_keys stranger locked user foreigner
    accepted "the third of four keys" "${keys[@]}" -o BatchMode=yes
    [ "$(offered)" = "stranger user" ] || fail "these keys were offered: $(offered)"
    with_keys rsa stranger
    accepted "an RSA key" "${keys[@]}" "${not_user[@]}"
    cat >"$work/config" <<END
IdentityFile $work/none
IdentityFile "$work/stranger"
IdentityFile $work/user
END
    accepted "keys of a configuration file" -F "$work/config"
    ! said "identity file" || fail "it minds that a key of the configuration is missing"
    with_keys foreigner
    accepted "-i before the configuration" -F "$work/config" "${keys[@]}"
    [ "$(offered)" = "foreigner stranger user" ] || fail "these keys were offered: $(offered)"
    echo "keys"
}

# What is no key is passed over, with the reason, and never waited for.
try_bad_keys()
{
    local name why

    mkfifo "$work/fifo"
    mkdir "$work/folder"
    head -c 16000000 /dev/urandom >"$work/large"
    head -c 1000 /dev/urandom >"$work/noise"
    : >"$work/empty"
    head -c 200 "$work/user" >"$work/torn"
    ssh-keygen -q -t rsa -b 1024 -N '' -f "$work/short"
    cp "$work/user" "$work/readable"
    chmod 600 "$work"/{large,noise,empty,torn}
    chmod 644 "$work/readable"
    while read -r name why; do
        with_keys "$name"
        refuses "the server offers publickey" "${keys[@]}" -o LogLevel=FATAL
        with_keys "$name" user
        accepted "$name" "${keys[@]}"
        said "passed over: client side: key $work/$name: $why" ||
            said "identity file $work/$name: $why" || fail "$name: it does not say: $why"
        [ "$(offered)" = "" ] || fail "$name is offered"
    done <<END
none        No such file or directory
fifo        is not a regular file
folder      is not a regular file
large       is too large
noise       is no key file, or a broken one
empty       is no key file, or a broken one
torn        is no key file, or a broken one
short       is beyond the limits: an RSA key has 2048 to 16384 bits
readable    others have rights on it
user.pub    is a public key, and the private one is wanted
END
    echo "files that are no keys"
}

try_refusals()
{
    with_keys stranger
    refuses "gateway: login as $login refused: tried publickey (1 key); the server" "${keys[@]}"
    with_keys stranger foreigner rsa2
    refuses "refused: tried publickey (3 keys); the server offers publickey" "${keys[@]}"
    refuses "tried nothing; the server offers publickey (there was no key to try)" \
        -o IdentityFile=none
    with_keys locked
    refuses "(a key is encrypted and its passphrase could not be asked for)" "${keys[@]}" \
        -o BatchMode=yes
    will_answer '' # passes the key over, which the server would take
    refuses "(a key is encrypted and its passphrase was not given)" "${keys[@]}"
    [ "$(questions)" -eq 1 ] || fail "asked for a passphrase $(questions) times"
    with_keys user
    refuses "tried nothing; the server offers publickey" "${keys[@]}" -o PubkeyAuthentication=no
    refuses "login as nobody-at-all refused" "${keys[@]}" -l nobody-at-all
    echo "refused keys"
}

# Two keys, one after the other; and fewer tries than keys.
try_strict_server()
{
    server_options=("AuthenticationMethods publickey,publickey")
    start_server sshd
    cat "$work/user.pub" "$work/rsa.pub" >"$work/authorized_keys"
    with_keys user rsa
    accepted "two keys" "${keys[@]}"
    said "accepted, but the gateway wants more" || fail "two keys: the server wants but one"
    with_keys stranger rsa user
    accepted "two keys of three" "${keys[@]}"
    with_keys user
    refuses "login as $login refused after a first success: tried publickey (1 key)" "${keys[@]}"
    stop "$server_pid"

    server_options=("MaxAuthTries 2")
    start_server sshd
    with_keys stranger foreigner rsa2 user
    refuses "Too many authentication failures" "${keys[@]}"
    stop "$server_pid"
    echo "sshd that wants two keys, or few tries"
}

try_banner()
{
    printf 'Welcome, %s!\nsecond line\n\033[31mred\007\n' 'Grüße' >"$work/banner"
    server_options=("Banner $work/banner")
    start_server sshd
    with_keys user
    accepted "a banner" "${keys[@]}"
    said "second line" || fail "the banner is not shown"
    said "Welcome, " || fail "the banner is not shown from its beginning"
    ! grep -q $'[\033\007]' "$work/adit.log" || fail "the banner reaches the terminal's controls"
    with_keys stranger
    plain_arguments
    run "$ADIT" -F none "${keys[@]}" "${arguments[@]}"
    said "second line" || fail "the banner is not shown to whom is refused"
    run "$ADIT" -F none -q "${keys[@]}" "${arguments[@]}"
    [ "$status" -eq 255 ] || fail "-q: status $status"
    [ ! -s "$work/adit.log" ] || fail "-q: it speaks"
    stop "$server_pid"
    echo "banners"
}

# ---- passwords at aditd --------------------------------------------------------------

tries_at_server()
{
    grep -c 'refused try .*method=password' "$work/aditd.log" || true
}

# password_in NAME MODE TEXT: with the escapes of printf.
password_in()
{
    printf %b "$3" >"$work/$1"
    chmod "$2" "$work/$1"
}

try_password_file()
{
    local text name why

    for text in "$password" "$password\n" "$password\r\n" "$password\nanother line\n"; do
        password_in good 600 "$text"
        accepted "--password-file" --password-file "$work/good" -o IdentityFile=none
        accepted "--password-file=" "--password-file=$work/good" -o BatchMode=yes
    done
    will_answer "$password" "$password"
    password_in wrong_one 600 'not it'
    refuses "tried password; the server offers" --password-file "$work/wrong_one" \
        -o IdentityFile=none
    [ "$(questions)" -eq 0 ] || fail "who gives a password in a file is asked for another"

    password_in readable 640 "$password"
    password_in empty 600 ''
    password_in blank 600 '\nsecond line'
    password_in nul 600 'pass\0word'
    password_in long 600 "$(printf %05000d 0)"
    while read -r name why; do
        plain_arguments
        run "$ADIT" -F none --password-file "$work/$name" "${arguments[@]}"
        expect_failure "adit: password file $work/$name: $why"
        ! grep -qF "$password" "$work/adit.log" || fail "$name: the password is shown"
    done <<END
readable  others may use it
empty     its first line is empty
blank     its first line is empty
nul       there is a NUL in its first line
long      its first line is too long
fifo      is no regular file
folder    is no regular file
none      No such file or directory
END
    echo "--password-file"
}

try_asking()
{
    local before

    will_answer "$password"
    accepted "a password that is asked for" -o IdentityFile=none
    [ "$(cat "$work/asked")" = "Password of $login@127.0.0.1: " ] ||
        fail "the question is: $(cat "$work/asked")"
    will_answer wrong worse "$password"
    accepted "the third password" -o IdentityFile=none
    [ "$(questions)" -eq 3 ] || fail "asked $(questions) times, not 3"
    grep -q "did not take it" "$work/asked" || fail "it does not say that a password was wrong"

    for count in 1 2; do
        before=$(tries_at_server)
        will_answer wrong worse "$password"
        refuses "login as $login refused: tried password; the server offers" -o IdentityFile=none \
            -o "NumberOfPasswordPrompts=$count"
        [ "$(questions)" -eq "$count" ] || fail "asked $(questions) times, not $count"
        [ $(($(tries_at_server) - before)) -eq "$count" ] || fail "not $count tries at the server"
    done

    before=$(tries_at_server)
    will_answer "$password" "$password"
    refuses "login as $login refused: tried nothing" -o IdentityFile=none -o NumberOfPasswordPrompts=0
    refuses "a key is encrypted" -i "$work/locked" -o NumberOfPasswordPrompts=0
    [ "$(questions)" -eq 0 ] || fail "it asks $(questions) times, not 0"
    will_answer
    refuses "login as $login refused: tried nothing" -o IdentityFile=none
    will_answer "$password"
    refuses "login as $login refused: tried nothing" -o IdentityFile=none -o BatchMode=yes
    refuses "login as $login refused: tried nothing" -o IdentityFile=none \
        -o PasswordAuthentication=no
    [ "$(questions)" -eq 0 ] || fail "it asks though it may not"
    [ "$(tries_at_server)" -eq "$before" ] || fail "it tries a password that nobody gave"

    plain_arguments
    status=0
    SSH_ASKPASS_REQUIRE=never setsid -w "$ADIT" -F none -o IdentityFile=none "${arguments[@]}" \
        </dev/null 2>"$work/adit.log" || status=$?
    expect_failure "tried nothing"
    status=0
    SSH_ASKPASS=$work/none setsid -w "$ADIT" -F none -o IdentityFile=none "${arguments[@]}" \
        </dev/null 2>"$work/adit.log" || status=$?
    expect_failure "tried nothing"
    echo "passwords that are asked for"
}

try_terminal()
{
    plain_arguments
    on_terminal "Password of $login@127.0.0.1: " "$password" \
        "$ADIT" -F none -o IdentityFile=none "${arguments[@]}" -L "$serving:a:1"
    grep -q "Address already in use" "$work/screen.log" || fail "a password on a terminal: no login"
    ! grep -qF "$password" "$work/screen.log" || fail "the terminal shows the password"
    on_terminal "Passphrase of key $work/locked: " 'open sesame' \
        "$ADIT" -F none -i "$work/locked" -v "${arguments[@]}" -L "$serving:a:1"
    grep -q "logged in at" "$work/screen.log" || fail "a passphrase on a terminal: no login"
    ! grep -qF 'open sesame' "$work/screen.log" || fail "the terminal shows the passphrase"
    echo "passwords on a terminal"
}

# Which method first, and which at all.
try_preferred()
{
    local before

    with_keys user
    password_in good 600 "$password"
    before=$(tries_at_server)
    accepted "both" "${keys[@]}" --password-file "$work/good"
    said "logging in with key" || fail "the key does not come first"
    accepted "password first" "${keys[@]}" --password-file "$work/good" \
        -o PreferredAuthentications=password,publickey
    ! said "logging in with key" || fail "PreferredAuthentications is not obeyed"
    accepted "what is not known is passed over" "${keys[@]}" \
        -o PreferredAuthentications=gssapi-with-mic,keyboard-interactive,publickey
    will_answer "$password"
    with_keys stranger
    accepted "a password after a key" "${keys[@]}"
    [ "$(questions)" -eq 1 ] || fail "asked $(questions) times"
    will_answer "$password"
    refuses "tried publickey (1 key); the server offers" "${keys[@]}" \
        -o PreferredAuthentications=publickey
    refuses "tried publickey (1 key); the server offers" "${keys[@]}" -o PasswordAuthentication=no
    [ "$(questions)" -eq 0 ] || fail "asked for a password that is not wanted"
    will_answer wrong
    refuses "tried publickey (1 key), password; the server offers" "${keys[@]}" \
        -o NumberOfPasswordPrompts=1
    refuses "no login method is left" -o PreferredAuthentications=hostbased
    refuses "no login method is left" -o PubkeyAuthentication=no \
        -o PasswordAuthentication=no -o KbdInteractiveAuthentication=no
    echo "PreferredAuthentications"
}

# A password goes to no gateway whose key is not the known one (StrictHostKeyChecking=no).
try_barred()
{
    local before

    before=$(tries_at_server)
    echo "[127.0.0.1]:$server_port $(cut -d' ' -f1,2 "$work/stranger.pub")" >"$work/known_hosts"
    password_in good 600 "$password"
    plain_arguments
    run "$ADIT" -F none -o StrictHostKeyChecking=no --password-file "$work/good" "${arguments[@]}"
    [ "$status" -eq 255 ] || fail "a changed host key: status $status"
    said "(passwords are not sent: the host key is not the known one)" ||
        fail "it does not say that it keeps the password"
    will_answer "$password"
    run "$ADIT" -F none -o StrictHostKeyChecking=no "${arguments[@]}"
    [ "$status" -eq 255 ] || fail "a changed host key: status $status"
    [ "$(questions)" -eq 0 ] || fail "asked for a password that is not sent"
    [ "$(tries_at_server)" -eq "$before" ] || fail "the password went to the wrong gateway"
    echo "passwords are not for wrong gateways"
}

need ssh-keygen script setsid openssl
make_keys
start_traffic
make_key stranger ed25519
make_key foreigner ecdsa -b 256
make_key rsa rsa -b 2048
make_key rsa2 rsa -b 2048
cp "$work/user" "$work/locked"
cp "$work/user.pub" "$work/locked.pub"
ssh-keygen -q -p -N 'open sesame' -f "$work/locked" >>"$work/keys.log"

start_server sshd
cat "$work/user.pub" "$work/rsa.pub" >"$work/authorized_keys"
try_keys
try_bad_keys
try_refusals
stop "$server_pid"
try_strict_server
try_banner

cp "$work/user.pub" "$work/authorized_keys"
password='correct horse'
[ -x "$ADITD" ] || skip "$ADITD is not built"
echo "tunnel:$(openssl passwd -6 "$password")" >"$work/passwords"
chmod 600 "$work/passwords"
server_options=("PasswordAuthentication yes" "PasswordFile $work/passwords" "MaxAuthTries 10")
start_server aditd
try_password_file
try_asking
try_terminal
try_preferred
try_barred
