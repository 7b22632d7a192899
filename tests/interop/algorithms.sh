#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# algorithms.sh CLIENT SERVER: a tunnel with each line of algorithms.txt, which the server insists on,
# or the client where the server is Dropbear.
. "$(dirname "$0")/lib.sh"

client=$1
server=$2

key_of()
{
    case $1 in
    ssh-ed25519) echo ed25519 ;;
    ecdsa-sha2-nistp256) echo ecdsa256 ;;
    ecdsa-sha2-nistp384) echo ecdsa384 ;;
    ecdsa-sha2-nistp521) echo ecdsa521 ;;
    rsa-sha2-*) echo rsa ;;
    esac
}

# known OPTION NAME PROGRAMS: whether the end that is not ours has it.
known()
{
    case "$client $server" in
    *plink*) [[ ,$3, == *,plink,* ]] ;;
    *dropbear* | *dbclient*) [[ ,$3, == *,dropbear,* ]] ;;
    *ssh*) ssh -Q "$1" | grep -qxF "$2" ;;
    esac
}

try()
{
    local option=$1 name=$2 port

    server_options=("$option $name")
    client_options=()
    host_key=ed25519
    user_key=ed25519
    case $option in
    MACs) server_options+=("Ciphers aes128-ctr") ;; # with an AEAD no MAC is agreed
    HostKeyAlgorithms) host_key=$(key_of "$name") ;;
    PubkeyAcceptedAlgorithms)
        # sshd 9.2 tells the client of every algorithm it knows, not of the one it takes.
        client_options=(-o "$option=$name")
        user_key=$(key_of "$name")
        ;;
    esac
    if [ "$server" = dropbear ]; then
        client_options=(-o "$option=$name")
        [ "$option" != MACs ] || client_options+=(-o Ciphers=aes128-ctr)
    fi

    start_server "$server"
    port=$(free_port)
    start_client "$client" "$port" -L "$port:127.0.0.1:$serving"
    "$traffic" both "$port" 300000 || fail "$option $name"
    stop "$client_pid"
    stop "$server_pid"
    echo "$option $name"
}

# Nothing that the gateway offers is missing from the list.
check_list()
{
    local option names name lists

    aditd_config >"$work/aditd.conf"
    lists=$("$ADITD" -T -f "$work/aditd.conf" | grep -E '^(ciphers|macs|(kex|hostkey|pubkeyaccepted)algorithms) ')
    while read -r option names; do
        for name in ${names//,/ }; do
            grep -qix "$option $name\( .*\)\?" "$here/algorithms.txt" || fail "$name is not in the list"
        done
    done <<<"$lists"
}

for key in ed25519 ecdsa256 ecdsa384 ecdsa521 rsa; do
    case $key in
    ecdsa*) make_key $key ecdsa -b ${key#ecdsa} ;;
    rsa) make_key rsa rsa -b 2048 ;;
    *) make_key $key $key ;;
    esac
done
cat "$work"/*.pub >"$work/authorized_keys"
for key in ed25519 ecdsa256 ecdsa384 ecdsa521 rsa; do
    case "$client $server" in
    *plink*) puttygen "$work/$key" -O private -o "$work/$key.ppk" ;;
    *dropbear* | *dbclient*)
        dropbearconvert openssh dropbear "$work/$key" "$work/$key.dropbear" >>"$work/keys.log" 2>&1
        ;;
    esac
done
start_traffic
if [ "$server" = aditd ]; then
    host_key=ed25519 server_port=22
    check_list
fi

tried=0
while read -r option name programs; do
    case $option in '' | '#'*) continue ;; esac
    if known "$option" "$name" "$programs"; then
        try "$option" "$name"
        tried=$((tried + 1))
    else
        echo "$option $name: not known to the other end"
    fi
done <"$here/algorithms.txt"
[ "$tried" -ge 20 ] || fail "only $tried algorithms were tried"
