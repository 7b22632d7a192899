#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Users' certificates, made by ssh-keygen: adit at sshd and at aditd, ssh at aditd; good ones, and
# each way in which one is not.
. "$(dirname "$0")/client.sh"

plain_arguments()
{
    arguments=(-p "$server_port" -o "UserKnownHostsFile=$work/known_hosts"
        -o GlobalKnownHostsFile=/dev/null "$login@127.0.0.1")
}

# certificate NAME OPTIONS…: the key NAME with its certificate beside it, for $principals.
certificate()
{
    local name=$1

    shift
    [ -e "$work/$name" ] || make_key "$name" ed25519
    ssh-keygen -q -s "$work/ca" -I "id of $name" -n "$principals" "$@" "$work/$name.pub"
}

make_certificates()
{
    principals=$login,tunnel,other
    certificate good
    certificate here -O source-address=127.0.0.0/8,::1
    certificate elsewhere -O source-address=192.0.2.0/24
    certificate expired -V 20200101:20200102
    certificate early -V 20400101:20400102
    certificate forwardless -O clear
    certificate host -h
    certificate option -O critical:unknown@example.com=x
    principals=nobody-else certificate wrong
    make_key rsa rsa -b 2048
    certificate rsa
    make_key ecdsa ecdsa -b 521
    certificate ecdsa
    make_key foreign ed25519
    ssh-keygen -q -s "$work/stranger" -I foreign -n "$principals" "$work/foreign.pub"
    cp "$work/good" "$work/locked"
    cp "$work/good.pub" "$work/locked.pub"
    cp "$work/good-cert.pub" "$work/locked-cert.pub"
    ssh-keygen -q -p -N 'open sesame' -f "$work/locked" >>"$work/keys.log"
}

try_certificates()
{
    local name

    for name in good here rsa ecdsa; do
        accepted "$1: $name" -i "$work/$name"
    done
    for name in elsewhere expired early option host wrong foreign; do
        refuses "tried publickey (" -i "$work/$name"
    done
    mv "$work/good-cert.pub" "$work/apart.pub"
    refuses "tried publickey (1 key)" -i "$work/good"
    accepted "$1: CertificateFile" -i "$work/good" -o "CertificateFile=$work/apart.pub"
    mv "$work/apart.pub" "$work/good-cert.pub"
    will_answer 'open sesame'
    accepted "$1: a locked key" -i "$work/locked"
    [ "$(questions)" -eq 1 ] || fail "asked $(questions) times for one passphrase"
    echo "$1: certificates"
}

try_agent()
{
    start agent ssh-agent -D -a "$work/agent.sock"
    await "ssh-agent" test -S "$work/agent.sock"
    agent_pid=$started
    export SSH_AUTH_SOCK=$work/agent.sock
    ssh-add -q "$work/good" # adds the certificate, too
    accepted "a certificate in the agent" -o IdentityFile=none
    will_answer
    accepted "a locked key's certificate, which the agent has" -i "$work/locked"
    [ "$(questions)" -eq 0 ] || fail "asked for the passphrase of a key that the agent has"
    ssh-add -q -D
    mv "$work/good-cert.pub" "$work/apart.pub"
    ssh-add -q "$work/good"
    accepted "a key in the agent, its certificate in a file" -o IdentityFile=none \
        -o "CertificateFile=$work/apart.pub"
    mv "$work/apart.pub" "$work/good-cert.pub"
    unset SSH_AUTH_SOCK
    stop "$agent_pid"
    echo "certificates and the agent"
}

# says TEXT: aditd does, since it was started; of a login that was refused when the connection ends.
says()
{
    started=$server_pid
    await "aditd's word: $1" grep -qF -- "$1" "$work/aditd.log"
}

try_reasons()
{
    says "the certificate: its source-address does not list where the peer is"
    says "the certificate: it has expired"
    says "the certificate: it is not valid yet"
    says "the certificate: it has a critical option that is not known here"
    says "the certificate: it is no user's certificate"
    says "the certificate: its principals do not name what it is used for"
    says "no line has the authority of this certificate"
    says "comment=\"id of good\""
}

# ssh_opens KEY: whether ssh gets through aditd with it.
ssh_opens()
{
    timeout 30 ssh -F none -N -p "$server_port" -i "$work/$1" -o IdentitiesOnly=yes \
        -o "UserKnownHostsFile=$work/known_hosts" -o BatchMode=yes -W "127.0.0.1:$closing" \
        "$login@127.0.0.1" </dev/null >/dev/null 2>"$work/ssh.log"
}

try_authorized_keys()
{
    local name

    accepted "cert-authority" -i "$work/good"
    refuses "tried publickey (2 keys)" -i "$work/wrong"
    ssh_opens good || fail "ssh: $(cat "$work/ssh.log")"
    ! ssh_opens expired || fail "ssh: an expired certificate"
    ! ssh_opens forwardless || fail "a certificate without permit-port-forwarding forwards"
    grep -qF 'administratively prohibited' "$work/ssh.log" || fail "$(cat "$work/ssh.log")"
    echo "cert-authority,principals=\"nobody-else,third\" $(cat "$work/ca.pub")" \
        >"$work/authorized_keys"
    accepted "principals=" -i "$work/wrong"
    refuses "tried publickey (2 keys)" -i "$work/good"
    echo "restrict,cert-authority $(cat "$work/ca.pub")" >"$work/authorized_keys"
    ! ssh_opens good || fail "what restrict forbids, a certificate allows"
    cp "$work/ca.pub" "$work/authorized_keys"
    refuses "tried publickey (2 keys)" -i "$work/good" # the authority's key is no authority
    echo "cert-authority"
}

need ssh ssh-keygen ssh-agent ssh-add
make_keys
start_traffic
make_key ca ed25519
make_key stranger ed25519
login=$(id -un)
make_certificates
: >"$work/authorized_keys"
server_options=("TrustedUserCAKeys $work/ca.pub")
start_server sshd
try_certificates sshd
try_agent
stop "$server_pid"

start_server aditd
try_certificates aditd
try_reasons
stop "$server_pid"

server_options=()
echo "cert-authority $(cat "$work/ca.pub")" >"$work/authorized_keys"
start_server aditd
try_authorized_keys
stop "$server_pid"

server_options=("CASignatureAlgorithms ecdsa-sha2-nistp256,rsa-sha2-512")
echo "cert-authority $(cat "$work/ca.pub")" >"$work/authorized_keys"
start_server aditd
refuses "tried publickey (" -i "$work/good"
says "its authority signed by an algorithm that is not accepted"
stop "$server_pid"

# ---- the host's -----------------------------------------------------------------

# host_certificate OPTIONS…: for the host's key, anew; sshd reads it when it is started.
host_certificate()
{
    rm -f "$work/host-cert.pub"
    ssh-keygen -q -s "$work/$authority" -h -I "id of host" "$@" "$work/host.pub"
    [ -z "${server_pid-}" ] || stop "$server_pid"
    server_options=("HostCertificate $work/host-cert.pub")
    start_server "$host_server"
    echo "@cert-authority [127.0.0.1]:$server_port $(cat "$work/$authority.pub")" \
        >"$work/known_hosts"
}

good_host="host certificate \"id of host\" is good"
bad_host="host certificate \"id of host\" does not count:"

# unknown_host ARGUMENTS…: the certificate does not count, and the key alone is not known.
unknown_host()
{
    plain_arguments
    run "$ADIT" -F none -i "$work/user" -o StrictHostKeyChecking=yes "$@" "${arguments[@]}"
    [ "$status" -eq 255 ] || fail "status $status for a host that is not known"
    said "is not known (ssh-ed25519" || fail "it does not say that the host is not known"
}

try_host_certificates()
{
    host_certificate -n 127.0.0.1,gw
    accepted "a host certificate" -i "$work/user"
    said "$good_host" || fail "it does not say that the certificate is good"
    echo "@cert-authority 127.0.0.* $(cat "$work/ca.pub")" >"$work/known_hosts"
    accepted "an authority without a port" -i "$work/user"
    { cat "$work/known_hosts" && echo "@revoked * $(cat "$work/ca.pub")"; } >"$work/revoked"
    refuses "the authority of the host certificate" -i "$work/user" \
        -o "UserKnownHostsFile=$work/revoked"
    { cat "$work/known_hosts" && echo "@revoked * $(cat "$work/host.pub")"; } >"$work/revoked"
    refuses "is marked as revoked" -i "$work/user" -o "UserKnownHostsFile=$work/revoked"
    echo "@cert-authority other $(cat "$work/ca.pub")" >"$work/known_hosts"
    unknown_host
    ! said "host certificate" || fail "a certificate was asked for without an authority"
    echo "@cert-authority * $(cat "$work/stranger.pub")" >"$work/known_hosts"
    unknown_host
    said "$bad_host" || fail "it does not say why the certificate does not count"
    echo "[127.0.0.1]:$server_port $(cat "$work/host.pub")" >>"$work/known_hosts"
    accepted "the plain key of a certificate that does not count" -i "$work/user"
    while read -r why options; do
        # shellcheck disable=SC2086 # options are words
        host_certificate $options
        unknown_host
        said "$bad_host" || fail "$why: it does not say why the certificate does not count"
    done <<END
expired -n 127.0.0.1 -V 20200101:20200102
another -n gw
option -n 127.0.0.1 -O critical:x@example.com=1
END
    echo "$host_server: host certificates"
}

# signed_by ALGORITHM OTHER: of the host's certificate; one that is not accepted does not count.
signed_by()
{
    accepted "$1: without a list" -i "$work/user"
    accepted "$1: in the list" -i "$work/user" -o "CASignatureAlgorithms=$2,sk-ssh-ed25519@openssh.com,$1"
    said "$good_host" || fail "$1: it does not say that the certificate is good"
    unknown_host -o "CASignatureAlgorithms=$2"
    said "$bad_host its authority signed by an algorithm that is not accepted" ||
        fail "$1: it does not say that the algorithm is not accepted"
    unknown_host -o "CASignatureAlgorithms=-$1"
}

try_ca_algorithms()
{
    host_certificate -n 127.0.0.1
    signed_by ssh-ed25519 rsa-sha2-512
    authority=rsa_ca
    host_certificate -n 127.0.0.1 -t rsa-sha2-512
    signed_by rsa-sha2-512 rsa-sha2-256
    host_certificate -n 127.0.0.1 -t rsa-sha2-256
    signed_by rsa-sha2-256 rsa-sha2-512
    authority=ca
    echo "what authorities sign hosts' certificates with"
}

cp "$work/user.pub" "$work/authorized_keys"
server_pid=
authority=ca
for host_server in sshd aditd; do
    try_host_certificates
done
make_key rsa_ca rsa -b 2048
host_server=sshd
try_ca_algorithms
stop "$server_pid"
