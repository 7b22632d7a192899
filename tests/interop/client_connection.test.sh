#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# What of adit's settings reaches the wire: algorithms, addresses, times; and the files at home.
. "$(dirname "$0")/client.sh"

# keys_with PATTERN ARGUMENTS…: what is agreed on, in the words of -v.
keys_with()
{
    local pattern=$1

    shift
    accepted "$*" "$@"
    grep -qE "^adit: keys: $pattern" "$work/adit.log" ||
        fail "$*: $(grep '^adit: keys:' "$work/adit.log"), and not $pattern"
}

try_algorithms()
{
    local any='[^ ]*'
    local host="$any, host key $any, to the gateway" name
    local failed="adit: gateway: key exchange with 127.0.0.1:$server_port: "

    keys_with "$host aes256-ctr hmac-sha2-512 none, from it aes256-ctr hmac-sha2-512 none" \
        -c aes256-ctr -m hmac-sha2-512
    keys_with "$host aes192-ctr hmac-sha2-512-etm@openssh.com" -c ^aes192-ctr \
        -m ^hmac-sha2-512-etm@openssh.com
    keys_with "$host chacha20-poly1305@openssh.com" -c '-aes*'
    keys_with "$host aes256-ctr hmac-sha2-256 " -c aes256-ctr -m '-*etm*'
    keys_with "$host aes128-gcm@openssh.com" -c +aes128-ctr
    keys_with "$host aes192-ctr hmac-sha2-512 " -c aes192-ctr,aes128-ctr \
        -m hmac-sha2-512,hmac-sha2-256
    keys_with "ecdh-sha2-nistp384, " -o KexAlgorithms=ecdh-sha2-nistp384
    keys_with "diffie-hellman-group16-sha512, " -o KexAlgorithms=^diffie-hellman-group16-sha512
    keys_with "ecdh-sha2-nistp256, " -o 'KexAlgorithms=-mlkem*,sntrup*,curve25519*'
    keys_with "sntrup761x25519-sha512, " -o KexAlgorithms=+diffie-hellman-group14-sha256
    for name in rsa-sha2-256 rsa-sha2-512 ecdsa-sha2-nistp256; do
        keys_with "$any, host key $name," -o "HostKeyAlgorithms=$name"
        keys_with "$any, host key $name," -o "HostKeyAlgorithms=^$name"
    done
    keys_with "$any, host key ecdsa-sha2-nistp256," -o HostKeyAlgorithms=-ssh-ed25519
    keys_with "$any, host key ssh-ed25519," -o HostKeyAlgorithms=+rsa-sha2-256

    refuses "$failed" -o KexAlgorithms=ecdh-sha2-nistp521
    refuses "$failed" -o HostKeyAlgorithms=ecdsa-sha2-nistp521
    for name in rsa-sha2-256 rsa-sha2-512; do
        : >"$work/sshd.log"
        accepted "$name" -o IdentityFile="$work/rsa" -o "PubkeyAcceptedAlgorithms=$name"
        grep -q "have $name signature for RSA" "$work/sshd.log" ||
            fail "the key does not sign by $name"
        accepted "$name" -o IdentityFile="$work/rsa" -o "PubkeyAcceptedAlgorithms=^$name"
    done
    refuses "login as $login refused" -o PubkeyAcceptedAlgorithms=ecdsa-sha2-nistp256 \
        -o LogLevel=FATAL
    refuses "login as $login refused" -o PubkeyAcceptedAlgorithms=-ssh-ed25519 -o LogLevel=FATAL
    echo "algorithms"
}

try_connecting()
{
    local relay closed name destination

    accepted "-b" -b 127.0.0.2
    grep -q "^Connection from 127.0.0.2 " "$work/sshd.log" || fail "-b: it comes from elsewhere"
    for name in "-b 192.0.2.1" "-b nowhere.invalid" "-B nothing0"; do
        # shellcheck disable=SC2086 # an option and its argument
        refuses "the address or interface to connect from is not of this machine" $name
    done
    accepted "-B" -B lo
    accepted "-4" -4
    refuses "adit: gateway: " -6
    accepted "RekeyLimit" -o "RekeyLimit=64M 1h"
    accepted "what ssh is asked for is implied" -NTnakx -e none -C
    closed=$(free_port)
    refuses "adit: gateway: connect to 127.0.0.1:$closed: Connection refused" -p "$closed"
    rejects "adit: gateway: look up nowhere.invalid: " -F none nowhere.invalid

    # Of three hosts with one name the settings are the name's.
    cat >"$work/config" <<END
Host here
    HostName 127.0.0.1
    Port $server_port
    User $login
    IdentityFile $work/user
    UserKnownHostsFile "$work/known_hosts"
END
    plain_arguments
    : >"$work/adit.log"
    start adit "$ADIT" -v -F "$work/config" here
    client_pid=$started
    await "a name of the configuration" said "logged in at 127.0.0.1:$server_port as $login"
    end

    kill -STOP "$server_pid"
    refuses "127.0.0.1:$server_port does not answer as an SSH server: " -o ConnectTimeout=1
    kill -CONT "$server_pid"

    if has_ipv6; then
        relay=$(free_port)
        begin -L "[::1]:$relay:127.0.0.1:$server_port"
        await "the relay" is_settled
        echo "here $(cut -d' ' -f1,2 "$work/host.pub")" >"$work/here"
        as_v6=(-F none -i "$work/user" -o HostKeyAlias=here -o "UserKnownHostsFile=$work/here"
            -o StrictHostKeyChecking=yes)
        for destination in "ssh://$login@[::1]:$relay" "-p $relay -6 $login@::1"; do
            # shellcheck disable=SC2086 # options and a destination
            start v6 "$ADIT" "${as_v6[@]}" -v $destination
            await "$destination" grep -q "logged in at ::1:$relay as $login" "$work/v6.log"
            stop "$started"
            : >"$work/v6.log"
        done
        rejects "adit: gateway: " "${as_v6[@]}" -4 -p "$relay" "$login@::1"
        end
    fi
    echo "connections"
}

# ---- the files at home ---------------------------------------------------------------------

# As a user whose home is $work/login. The system is asked where that is, and not $HOME, so there is
# another password file, in a mount namespace.
try_home()
{
    local namespace=(unshare --mount) at_home

    [ "$(id -u)" -eq 0 ] || namespace=(unshare --mount --map-root-user)
    if ! "${namespace[@]}" true 2>/dev/null; then
        echo "no namespace for a home: that part is left out"
        return
    fi
    # shellcheck disable=SC2016 # for the inner shell
    at_home=("${namespace[@]}" sh -c 'mount --bind "$1" /etc/passwd; shift; exec "$@"' sh
        "$work/passwd")
    echo "root:x:0:0:root:$work/login:/bin/sh" >"$work/passwd"
    mkdir -p "$work/login/.ssh"
    cp "$work/rsa" "$work/login/.ssh/id_rsa"
    cat >"$work/login/.ssh/config" <<END
Include more
Host here
    HostName 127.0.0.1
    Port $server_port
END
    echo "StrictHostKeyChecking accept-new" >"$work/login/.ssh/more"
    chmod -R go-rwx "$work/login"
    : >"$work/adit.log"
    start adit "${at_home[@]}" "$ADIT" -v "$login@here"
    client_pid=$started
    await "a login with the files at home" said "logged in at 127.0.0.1:$server_port as $login"
    end
    # The system's configuration may want it hashed.
    [ -n "$(ssh-keygen -F "[127.0.0.1]:$server_port" -f "$work/login/.ssh/known_hosts")" ] ||
        fail "known_hosts at home is not written"

    # shellcheck disable=SC2088 # adit is to expand it
    run "${at_home[@]}" "$ADIT" -G -o 'UserKnownHostsFile=~/other' here
    grep -qxF "userknownhostsfile $work/login/other" "$work/out.log" || fail "~ is not the home"
    chmod g+w "$work/login/.ssh/config"
    run "${at_home[@]}" "$ADIT" here
    expect_failure "$work/login/.ssh/config: bad owner or permissions"
    echo "files at home"
}

need ssh-keygen
make_keys
make_key rsa rsa -b 2048
make_key ecdsa ecdsa -b 256
start_traffic
server_options=("LogLevel DEBUG3" "HostKey $work/ecdsa" "HostKey $work/rsa"
    "KexAlgorithms -ecdh-sha2-nistp521")
cat "$work/rsa.pub" >>"$work/authorized_keys"
start_server sshd
for name in ecdsa rsa; do
    echo "[127.0.0.1]:$server_port $(cut -d' ' -f1,2 "$work/$name.pub")" >>"$work/known_hosts"
done
try_algorithms
try_connecting
try_home
