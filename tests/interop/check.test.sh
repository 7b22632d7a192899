#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# adit check: each of the eight legs is broken on purpose; who must act, what is advised and the exit
# status are right each time. And all is well where all is well.
. "$(dirname "$0")/client.sh"

need socat ssh-keygen jq

checked=0
nowhere=adit-check-$$ # a network of the test's own

leave()
{
    local status=$?

    ip netns del "$nowhere" 2>/dev/null || true
    (exit "$status")
    clean_up
}
trap leave EXIT

# check ARGUMENTS…: with what logs in at the server.
check()
{
    plain_arguments
    run "$ADIT" check -F none "$@" "${arguments[@]}"
}

# broken CODE LEG WHO SENTENCE ADVICE: what the last check must have found.
broken()
{
    local out=$work/out.log

    [ "$status" -eq "$1" ] || fail "status $status, not $1: $(cat "$out")"
    grep -qE "^$2 +FAILED .*$4" "$out" || fail "no failure of $2 with \"$4\": $(cat "$out")"
    [ "$(grep -c ' FAILED ' "$out")" -eq 1 ] || fail "more than one failure: $(cat "$out")"
    grep -qx "who must act: $3" "$out" || fail "$2: not the $3: $(cat "$out")"
    grep -qE "^what to do: .*$5" "$out" || fail "$2: no advice \"$5\": $(cat "$out")"
    tail -n 3 "$out" | head -n 1 | grep -q ' FAILED ' ||
        fail "something comes after the failure: $(cat "$out")"
    checked=$((checked + 1))
}

# well LINE…: nothing failed, and these lines are there, without their times.
well()
{
    local line

    [ "$status" -eq 0 ] || fail "status $status: $(cat "$work/out.log")"
    [ "$(tail -n 1 "$work/out.log")" = "all is well" ] || fail "all is not well"
    sed -E 's/ +[0-9.]+ ms  /: /; s/ +ok/: ok/' "$work/out.log" >"$work/lines"
    for line; do
        grep -qE "^$line" "$work/lines" || fail "no line $line: $(cat "$work/lines")"
    done
    checked=$((checked + 1))
}

# serve ADDRESS PORT COMMAND: a server that does that with each connection.
serve()
{
    printf '#!/bin/sh\n%s\n' "$3" >"$work/serve"
    chmod +x "$work/serve"
    start serve socat "TCP-LISTEN:$2,bind=$1,reuseaddr,fork" "EXEC:$work/serve"
    await "a server on $2" listens_at "$1" "$2"
    served=$started
}

silent='exec cat >/dev/null'
http='read -r line; printf "HTTP/1.0 200 OK\r\nServer: shaft/1.0\r\n\r\n"'

# ---- 1 to 6 ------------------------------------------------------------------

try_config()
{
    printf 'Port 22\nLocalForward 1\n' >"$work/bad"
    run "$ADIT" check -F "$work/bad" somewhere
    broken 11 config "client side" "bad:2: LocalForward" "correct what is named here"
    check -o Reconect=no
    broken 11 config "client side" "Reconect" "correct"
    run "$ADIT" check -L 3307:db:3306
    broken 11 config "client side" "no destination" "correct"
    run "$ADIT" check -f somewhere
    broken 11 config "client side" "-f: a check stays" "correct"
    echo "config"
}

try_name()
{
    run "$ADIT" check -F none -L 1:db:3306 nowhere.invalid
    broken 12 name "client side" "look up nowhere.invalid: " "how the name is written"
}

try_tcp()
{
    local port

    port=$(free_port)
    check -p "$port"
    broken 13 TCP gateway "connect to 127.0.0.1:$port: Connection refused" "start its SSH server"
    check -b 203.0.113.77
    broken 13 TCP "client side" "to connect from is not of this machine" "correct -b"
    check -o ProxyURL="http://127.0.0.1:$port"
    broken 13 TCP "client side" "the proxy: connect to 127.0.0.1:$port: Connection refused" ProxyURL
    check -o ProxyCommand="sh -c 'exit 3'"
    broken 14 "key exchange" "client side" "ProxyCommand ended with exit code 3" "by hand"
    echo "name and TCP"
}

# In a network where packets are dropped, and in one that leads nowhere.
try_filtered()
{
    if [ "$(id -u)" -ne 0 ] || ! command -v nft >/dev/null || ! ip netns add "$nowhere" 2>/dev/null; then
        echo "no network of the test's own: filtered ports are left out"
        return
    fi
    run ip netns exec "$nowhere" "$ADIT" check -F none 203.0.113.77
    broken 13 TCP "client side" "203.0.113.77:22: Network is unreachable" "its routes"
    ip -n "$nowhere" link set lo up
    ip netns exec "$nowhere" nft -f - <<'END'
table inet wall {
    chain in {
        type filter hook input priority 0
        tcp dport 22 drop
    }
}
END
    run ip netns exec "$nowhere" "$ADIT" check -F none -o ConnectTimeout=1 127.0.0.1
    broken 13 TCP gateway "127.0.0.1:22: no answer in time" "a firewall drops the packets"
    echo "filtered"
}

try_exchange()
{
    local port

    port=$(free_port)
    serve 127.0.0.1 "$port" 'printf "HTTP/1.1 400 Bad Request\r\n\r\n"; sleep 1'
    check -p "$port"
    broken 14 "key exchange" "client side" "it said: HTTP/1.1 400" "correct the host or the port"
    stop "$served"
    serve 127.0.0.1 "$port" 'echo Exceeded MaxStartups; sleep 1'
    check -p "$port"
    broken 14 "key exchange" gateway "it said: Exceeded MaxStartups" "too many logins at once"
    stop "$served"
    serve 127.0.0.1 "$port" "$silent"
    check -p "$port" -o ConnectTimeout=1
    broken 14 "key exchange" gateway "does not answer as an SSH server: no answer" "hangs"
    stop "$served"
    serve 127.0.0.1 "$port" true
    check -p "$port"
    broken 14 "key exchange" gateway "does not answer as an SSH server" "MaxStartups"
    stop "$served"
    check -c aes128-ctr
    broken 14 "key exchange" gateway "no common cipher" "update it"
    echo "key exchange"
}

try_host_key()
{
    echo "[127.0.0.1]:$server_port $(cut -d' ' -f1,2 "$work/stranger.pub")" >"$work/other_hosts"
    check -o UserKnownHostsFile="$work/other_hosts"
    broken 15 "host key" gateway "is not the known one" "by another way"
    check -o UserKnownHostsFile=/dev/null -o BatchMode=yes
    broken 15 "host key" "client side" "is not known" "add the key to known_hosts"
    echo "host key"
}

try_login()
{
    run "$ADIT" check -F none -p "$server_port" -i "$work/stranger" -o IdentityAgent=none \
        -o UserKnownHostsFile="$work/known_hosts" -o BatchMode=yes "$login@127.0.0.1"
    broken 16 login gateway "login as $login refused" "authorized_keys"
    run "$ADIT" check -F none -p "$server_port" -i none -o IdentityAgent=none \
        -o UserKnownHostsFile="$work/known_hosts" -o BatchMode=yes "$login@127.0.0.1"
    broken 16 login "client side" "there was no key to try" "with -i"
    run "$ADIT" check -F none -p "$server_port" -i "$work/locked" -o IdentityAgent=none \
        -o UserKnownHostsFile="$work/known_hosts" -o BatchMode=yes "$login@127.0.0.1"
    broken 16 login "client side" "a key is encrypted" "passphrase"
    echo "login"
}

# ---- 7 and 8 -----------------------------------------------------------------

# The server in use lets nothing through.
try_permission()
{
    check -L "1:127.0.0.1:$serving"
    broken 17 permission gateway "connections to 127.0.0.1:$serving are not permitted" PermitOpen
    check -W "127.0.0.1:$serving"
    broken 17 permission gateway "are not permitted" "AllowTcpForwarding"
    check -R "$(free_port):127.0.0.1:$serving"
    broken 17 permission gateway "refused to listen on" PermitListen
}

try_target()
{
    local port

    port=$(free_port)
    check -L "1:127.0.0.1:$port"
    broken 18 target "server side" "cannot connect to 127.0.0.1:$port" "nothing listens on this port"
    grep -q '^permission *ok .*-L to 127.0.0.1' "$work/out.log" || fail "the leg before is not told"
    check -W nowhere.invalid:3306
    broken 18 target "server side" "cannot connect to nowhere.invalid:3306" "can look up"
    check -R "$(free_port):127.0.0.1:$port"
    broken 18 target "client side" "127.0.0.1:$port from here: Connection refused" "nothing listens"
    serve 127.0.0.1 "$port" "$silent"
    check -W "127.0.0.1:$port"
    broken 18 target "server side" "takes connections and answers nothing" "the server hangs"
    stop "$served"
    serve 127.0.0.1 "$port" true
    check -W "127.0.0.1:$port"
    broken 18 target "server side" "hangs up at once" "turns the gateway's address away"
    stop "$served"
    echo "targets"
}

# Another server where a database should be, on an address that is nobody else's.
try_no_database()
{
    local port address

    port=$(free_port)
    address=127.33.$((port >> 8)).$((port & 255))

    serve "$address" 3306 "$http"
    check -L "1:$address:3306"
    # It waits to be asked, as no MySQL does.
    broken 18 target "server side" "takes connections and answers nothing" "hangs"
    stop "$served"
    serve "$address" 3306 'printf "SSH-2.0-shaft\r\n"; sleep 1'
    check -L "1:$address:3306"
    broken 18 target "server side" "is no MySQL, .* but SSH .shaft" "another server has this port"
    stop "$served"
    serve "$address" 5432 "$http"
    check -L "1:$address:5432"
    broken 18 target "server side" "is no PostgreSQL" "another server has this port"
    stop "$served"
    serve "$address" 6379 'exec cat'
    check -L "1:$address:6379"
    broken 18 target "server side" "is no Redis" "another server has this port"
    stop "$served"
    echo "no database"
}

try_well()
{
    local port

    port=$(free_port)
    serve 127.0.0.1 "$port" "$http"
    check -L "1:127.0.0.1:$port" -D 2
    well "config *: ok: $login@127.0.0.1, port $server_port" "name *: ok: 127.0.0.1" \
        "TCP *: ok: 127.0.0.1:$server_port" "key exchange *: ok: SSH-2.0-" \
        "host key *: ok: ssh-ed25519 SHA256:" "login *: ok: as $login" \
        "permission *: ok: -L to 127.0.0.1:$port" \
        "target *: ok: 127.0.0.1:$port is HTTP .shaft/1.0" "target .*-D: each connection"
    check -R "$(free_port):127.0.0.1:$port" -W "127.0.0.1:$server_port"
    well "target *: ok: 127.0.0.1:$server_port is SSH ." 
    check -R "$(free_port):127.0.0.1:$port"
    well "permission *: ok: -R at port " "target *: ok: 127.0.0.1:$port is HTTP .shaft/1.0"
    check --json -L "1:127.0.0.1:$port"
    [ "$status" -eq 0 ] || fail "JSON: status $status"
    [ "$(jq -r '[.ok, .exit, .failure, (.legs | length), .legs[7].service] | @csv' \
        "$work/out.log")" = "true,0,,8,\"HTTP (shaft/1.0)\"" ] || fail "JSON: $(cat "$work/out.log")"
    stop "$served"
    check --json -L "1:127.0.0.1:$port"
    [ "$status" -eq 18 ] || fail "JSON: status $status"
    [ "$(jq -r '[.ok, .exit, .failure.leg, .failure.who, (.failure.advice | length > 10),
        ([.legs[] | select(.ok)] | length)] | @csv' "$work/out.log")" = \
        'false,18,"target","server side",true,7' ] || fail "JSON: $(cat "$work/out.log")"
    run "$ADIT" check --json -F none -o "Bad=$(printf '\377')" somewhere
    [ "$status" -eq 11 ] && jq -e '.failure.text | test("Bad")' "$work/out.log" >/dev/null ||
        fail "JSON of what is no UTF-8: $(cat "$work/out.log")"
    checked=$((checked + 3))
    echo "well"
}

make_keys
make_key stranger ed25519
ssh-keygen -q -t ed25519 -N 'open sesame' -C test -f "$work/locked"
start_traffic
server_options=("Ciphers aes256-ctr")
start_server sshd
try_config
try_name
try_tcp
try_filtered
try_exchange
try_host_key
try_login
try_target
try_no_database
try_well
stop "$server_pid"

server_options=("AllowTcpForwarding no")
start_server sshd
try_permission
stop "$server_pid"
server_options=("PermitOpen none" "PermitListen none")
start_server aditd
try_permission
echo "permission"
echo "$checked checks"
