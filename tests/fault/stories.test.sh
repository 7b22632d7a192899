#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The reverse tunnel of README, word by word: the database behind a firewall that lets nothing in, a
# key in PEM by openssl, a host that is called gateway, and its port 22. With adit and with plink, at
# aditd and at sshd; and adit's comes back after the gateway was restarted.
. "$(dirname "$0")/world.sh"
. "$here/mariadb.sh"

need openssl plink puttygen mariadb mariadbd nft
server_port=22
user_key=key.pem

# in_world SIDE COMMAND…: where a user called tunnel exists, and root's home is the test's.
in_world()
{
    local side=$1

    shift
    inside=(ip netns exec "$side" sh -c 'mount --bind "$1" /etc/passwd && shift && exec "$@"' sh
        "$work/passwd" "$@")
}

start_gateway()
{
    case $gateway in
        aditd)
            aditd_config >"$work/aditd.conf"
            start gateway ip netns exec "$far" "$ADITD" -D -e -f "$work/aditd.conf"
            ;;
        sshd)
            mkdir -p /run/sshd
            sshd_config >"$work/sshd.conf"
            in_world "$far" "$(command -v sshd)" -D -e -f "$work/sshd.conf"
            start gateway "${inside[@]}"
            ;;
    esac
    server_pid=$started
    await "the gateway" listens_on "$far" "$server_port" >"$work/number"
}

# Closed but for what the key's line allows.
aditd_config()
{
    server_config
}

database_answers()
{
    [ "$(echo 'SELECT 6 * 7' | on_far mariadb --no-defaults -h 127.0.0.1 -P 23432 -u digger -plamp \
        -N mine 2>"$work/mariadb.said")" = 42 ]
}

# tell FAULT NOTICED BACK
tell()
{
    left="nothing"
    row - "$1" "$2" "the database answers at port 23432 of the gateway" "$3"
}

with_adit()
{
    local since took

    cd "$work"
    : >"$work/adit.log"
    since=$(now_ms)
    in_world "$near" adit -nNT -i key.pem -R 23432:127.0.0.1:3306 tunnel@gateway
    PATH="$(dirname "$ADIT"):$PATH" start adit "${inside[@]}"
    client_pid=$started
    await "the database through adit" database_answers
    took=$(($(now_ms) - since))
    [ ! -s "$work/adit.log" ] || fail "adit has something to say"
    tell "adit at $gateway" "$(seconds "$took")" "-"

    mark
    gateway_killed
    start_gateway
    since=$(now_ms)
    started=$client_pid
    await "the end of the connection" said " was lost: "
    await "the database after a restart" database_answers
    tell "adit, after $gateway was killed" "-" "$(seconds $(($(now_ms) - since)))"
    is_running "$client_pid" || fail "adit has ended"
    finish
    ! database_answers || fail "the port is still there"
}

with_plink()
{
    local since

    cd "$work"
    rm -f key.ppk
    "$ADIT" key convert --to ppk -o key.ppk key.pem >"$work/convert.log" 2>&1 </dev/null ||
        fail "adit key convert"
    # The host key is confirmed once, as people do.
    in_world "$near" timeout 10 plink -i key.ppk tunnel@gateway exit
    echo y | "${inside[@]}" >"$work/plink.log" 2>&1 || true
    since=$(now_ms)
    in_world "$near" plink -N -i key.ppk -R 23432:127.0.0.1:3306 tunnel@gateway
    start plink "${inside[@]}"
    client_pid=$started
    await "the database through plink" database_answers
    tell "plink at $gateway" "$(seconds $(($(now_ms) - since)))" "-"
    stop "$client_pid"
}

(cd "$work" && umask 077 && openssl genrsa -out key.pem 3072 2>"$work/openssl.log")
(cd "$work" && "$ADIT" key authorize --listen 23432 key.pem) >"$work/authorized_keys" \
    2>"$work/authorize.log" ||
    fail "adit key authorize"
mkdir -p "/etc/netns/$near" "$work/home/.ssh"
{
    sed "s,^root:.*,root:x:0:0:root:$work/home:/bin/sh," /etc/passwd
    echo "tunnel:x:64999:65534::/nonexistent:/bin/sh"
} >"$work/passwd"
echo "$far_address gateway" >"/etc/netns/$near/hosts"
echo "gateway $(cut -d' ' -f1,2 "$work/host.pub")" >"$work/home/.ssh/known_hosts"
# The firewall: nothing comes in.
on_near nft -f - <<<"table inet wall { chain in { type filter hook input priority 0; policy drop
    iif lo accept; ct state established,related accept; meta l4proto icmp accept; }; }"
start_mariadb 3306 ip netns exec "$near"
title
for gateway in aditd sshd; do
    start_gateway
    with_adit
    with_plink
    gateway_killed
done
