#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Keys as people have them: PKCS#1, SEC1 and PKCS#8 in .pem files for both ends, .ppk for plink.
. "$(dirname "$0")/lib.sh"

# log_in CLIENT: a tunnel with $user_key.
log_in()
{
    local port

    port=$(free_port)
    start_client "$1" "$port" -L "$port:127.0.0.1:$serving"
    "$traffic" both "$port" 10000 || fail "$user_key"
    stop "$client_pid"
    echo "$1 logs in at $server with $user_key"
}

need ssh-keygen
make_keys
make_key rsa_pkcs1.pem rsa -b 2048 -m PEM
make_key rsa_pkcs8.pem rsa -b 3072 -m PKCS8
make_key ec_sec1.pem ecdsa -b 256 -m PEM
make_key ec_pkcs8.pem ecdsa -b 384 -m PKCS8
make_key rsa_openssh rsa -b 2048
for form in rsa_pkcs1:'RSA PRIVATE' rsa_pkcs8:PRIVATE ec_sec1:'EC PRIVATE' ec_pkcs8:PRIVATE; do
    grep -q "BEGIN ${form#*:} KEY" "$work/${form%:*}.pem" || fail "$form is not what it says"
done
cat "$work"/*.pub >"$work/authorized_keys"
start_traffic

pem_keys='rsa_pkcs1.pem rsa_pkcs8.pem ec_sec1.pem ec_pkcs8.pem rsa_openssh'
for server in sshd aditd; do
    host_key=host
    start_server $server
    for user_key in $pem_keys; do
        [ $server = sshd ] && log_in ssh
        log_in adit
    done
    if command -v puttygen >/dev/null; then
        for user_key in rsa_openssh ec_sec1.pem; do
            puttygen "$work/$user_key" -O private -o "$work/$user_key.ppk"
            log_in plink
        done
    fi
    stop "$server_pid"

    user_key=user
    for host_key in rsa_pkcs1.pem ec_sec1.pem ec_pkcs8.pem; do
        start_server $server
        log_in ssh
        stop "$server_pid"
    done
done
