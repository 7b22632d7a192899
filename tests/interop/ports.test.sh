#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The tests' own ports: no two tests have one in common, and none is given out that is in use.
. "$(dirname "$0")/lib.sh"

need socat
ports=$BUILD/tests/ports

# There are fifty blocks, of which other tests have some.
for ((i = 0; i < 8; i++)); do
    start "keep$i" "$ports" keep "$work/block$i"
    await "a block" test -s "$work/block$i"
    "$ports" draw "$work/block$i"
done >"$work/drawn"
free_port >>"$work/drawn"
[ "$(sort -u "$work/drawn" | wc -l)" -eq 9 ] || fail "a port is given out twice: $(cat "$work/drawn")"

# What would come next is in use, here or everywhere.
for address in 127.0.0.1 0.0.0.0; do
    cp "$work/ports" "$work/before"
    port=$(free_port)
    start listener socat "TCP4-LISTEN:$port,bind=$address" STDOUT
    await "a listener" listens_at "$address" "$port"
    [ "$("$ports" draw "$work/before")" -gt "$port" ] || fail "$port is in use at $address"
done

first=$(head -n 1 "$work/drawn")
status=0
timeout 5 socat -u "TCP4-LISTEN:$((first - 1))" STDOUT 2>"$work/socat.log" || status=$?
[ "$status" -eq 1 ] || fail "the block's own port is not held"
echo "ports"
