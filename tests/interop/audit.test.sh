#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# What ssh-audit says about the gateway as it comes and about the client. What it finds fault with
# stands here by name, and with its reason in docs/conformance.md: nothing else may come.
. "$(dirname "$0")/gateway.sh"

need ssh-audit
[ -x "$ADIT" ] || skip "$ADIT is not built"
make_keys

# judge WHO [KEYS]: the report in $work/WHO.audit; KEYS are names of host keys that may be failed, too.
judge()
{
    local report=$work/$1.audit curves="ecdh-sha2-nistp(256|384|521)${2:+|$2}" found

    grep -q '^(kex) curve25519-sha256 ' "$report" || fail "$1: no report: $(cat "$report")"
    # Each finding by its algorithm, the lines below the first one, too.
    awk '/^\((kex|key|enc|mac)\)/ { name = $2 }
         / -+ \[(fail|warn)\]| `- \[(fail|warn)\]/ {
             sub(/^.*\[/, "["); print name ": " $0 }' "$report" >"$work/findings"
    found=$(grep -F '[fail]' "$work/findings" | grep -vE "^($curves): \[fail\] using .*elliptic curves" || true)
    [ -z "$found" ] || fail "$1: $found"
    grep -qE "^ecdh-sha2-nistp256: \[fail\]" "$work/findings" || fail "$1: the curves pass now: say so"
    found=$(grep -F '[warn]' "$work/findings" | grep -vE \
        -e '^hmac-sha2-(256|512): \[warn\] using encrypt-and-MAC mode' \
        -e '^sntrup761x25519-sha512@openssh.com: \[warn\] using experimental algorithm' \
        -e '^(mlkem768x25519-sha256|sntrup761x25519-sha512|kex-strict-[cs]-v00@openssh.com): \[warn\] unknown algorithm' \
        -e '^[^ ]*: \[warn\] does not provide protection against post-quantum attacks' \
        -e '^diffie-hellman-group14-sha256: \[warn\] 2048-bit modulus' \
        -e '^ecdsa-sha2-nistp(256|384|521): \[warn\] using weak random number generator' || true)
    [ -z "$found" ] || fail "$1: $found"
    echo "$1: nothing new"
}

# Its exit status tells the worst of the report, which is read below.
echo "the gateway as it comes"
gateway
timeout 60 ssh-audit -n -p "$server_port" 127.0.0.1 >"$work/gateway.audit" 2>&1 || true
judge gateway

echo "the gateway without the curves of NIST"
gateway "KexAlgorithms -ecdh-sha2-nistp*"
timeout 60 ssh-audit -n -p "$server_port" 127.0.0.1 >"$work/strict.audit" 2>&1 || true
grep -q '^(kex) curve25519-sha256 ' "$work/strict.audit" || fail "no report: $(cat "$work/strict.audit")"
! grep -F '[fail]' "$work/strict.audit" || fail "there is a way to nothing failed no more"

echo "the client"
port=$(free_port)
start client ssh-audit -n -c -t 30 -p "$port"
await "ssh-audit" listening "$port"
auditor=$started
! timeout 30 "$ADIT" -F none -N -o BatchMode=yes -o StrictHostKeyChecking=no \
    -o UserKnownHostsFile=/dev/null -p "$port" -L "$(free_port):127.0.0.1:1" \
    tunnel@127.0.0.1 >"$work/adit.log" 2>&1 || fail "a tunnel through ssh-audit"
wait "$auditor" || true
cp "$work/client.log" "$work/client.audit"
judge client 'ecdsa-sha2-nistp(256|384|521)'
