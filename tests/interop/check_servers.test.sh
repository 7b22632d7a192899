#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# adit check where the target is a real server, where a jump host is on the way, and where the tunnel
# that is checked is up.
. "$(dirname "$0")/client.sh"
. "$(dirname "$0")/mariadb.sh"
. "$(dirname "$0")/postgresql.sh"

need socat jq

# finds CODE LINE… -- ARGUMENTS…: what adit check says with these arguments and those that log in.
finds()
{
    local code=$1 lines=() line

    shift
    while [ "$1" != -- ]; do
        lines+=("$1")
        shift
    done
    shift
    run "$ADIT" check "$@"
    [ "$status" -eq "$code" ] || fail "status $status, not $code: $(cat "$work/out.log")"
    for line in "${lines[@]}"; do
        grep -qE "$line" "$work/out.log" || fail "no line \"$line\": $(cat "$work/out.log")"
    done
}

# ---- servers -----------------------------------------------------------------

# is_known NAME: at $database_port, through -L and through -R.
is_known()
{
    plain_arguments
    finds 0 "^target  *ok .* 127.0.0.1:$database_port is $1\$" "^all is well" -- -F none \
        -L "1:127.0.0.1:$database_port" "${arguments[@]}"
    finds 0 "^target  *ok .* 127.0.0.1:$database_port is $1\$" -- -F none \
        -R "0:127.0.0.1:$database_port" "${arguments[@]}"
    finds 0 '' -- --json -F none -L "1:127.0.0.1:$database_port" "${arguments[@]}"
    jq -r '.legs[-1].service' "$work/out.log" | grep -qxE "$1" || fail "JSON: no $1"
    echo "$1"
}

try_mariadb()
{
    database_port=$(free_port)
    start_mariadb "$database_port"
    database_pid=$started
    is_known "MariaDB [0-9]+\.[0-9]+\.[0-9]+"
    mariadb_direct -e "UPDATE mysql.global_priv SET Host = '192.0.2.9' WHERE User = 'digger';
        DELETE FROM mysql.global_priv WHERE User <> 'digger'; FLUSH PRIVILEGES"
    plain_arguments
    finds 18 "is MariaDB and refuses us: Host .* is not allowed" "^who must act: server side" \
        "^what to do: the database must let users in from the gateway" -- -F none \
        -L "1:127.0.0.1:$database_port" "${arguments[@]}"
    stop "$database_pid"
    finds 18 "cannot connect to 127.0.0.1:$database_port" "^who must act: server side" -- -F none \
        -L "1:127.0.0.1:$database_port" "${arguments[@]}"
}

try_postgresql()
{
    database_port=$(free_port)
    start_postgresql
    database_pid=$started
    is_known "PostgreSQL"
    ! grep -q 'ERROR\|FATAL\|invalid' <(tail -n 3 "$work/postgresql.log") ||
        fail "the check annoys the server"
    stop "$database_pid"
}

# run_redis OPTIONS…
run_redis()
{
    database_port=$(free_port)
    start redis redis-server --port "$database_port" --bind 127.0.0.1 --save '' \
        --dir "$work" "$@"
    database_pid=$started
    await "redis" listening "$database_port"
}

try_redis()
{
    if ! command -v redis-server >/dev/null; then
        echo "redis-server is not installed: left out"
        return
    fi
    run_redis
    is_known "Redis [0-9]+\.[0-9]+\.[0-9]+"
    stop "$database_pid"
    run_redis --requirepass lamp
    is_known "Redis"
    stop "$database_pid"
}

# ---- a jump host -------------------------------------------------------------

try_jump()
{
    local closed

    closed=$(free_port)
    sed 's/^\[127.0.0.1\]/[localhost]/' "$work/known_hosts" >"$work/more"
    cat "$work/more" >>"$work/known_hosts"
    cat >"$work/config" <<END
Host jump
    HostName localhost
    Port $server_port
    User $login
Host behind
    HostName 127.0.0.1
    Port $server_port
    User $login
    ProxyJump jump
Host stranger
    HostName 127.0.0.1
    Port $server_port
    User $login
    IdentityFile $work/stranger
Host *
    IdentityFile $work/user
    IdentityAgent none
    UserKnownHostsFile $work/known_hosts
    GlobalKnownHostsFile /dev/null
END
    finds 0 "^login  *ok .* localhost:$server_port: as $login" "^TCP  *ok .* through the jump host" \
        "^login  *ok .* ms  as $login" "^all is well" -- -F "$work/config" behind
    [ "$(grep -c '^host key' "$work/out.log")" -eq 2 ] || fail "the host keys of two are judged"
    finds 13 "^TCP  *FAILED .*jump host localhost:$server_port cannot connect to 127.0.0.1:$closed" \
        "^who must act: gateway" "^what to do: look from the jump host" -- -F "$work/config" \
        -p "$closed" behind
    finds 13 "^TCP  *FAILED .*jump host localhost:$closed: connect to .*Connection refused" \
        "^what to do: the host is there" -- -F "$work/config" -J "jump:$closed" behind
    finds 12 "^name  *FAILED .*jump host nowhere.invalid: look up" "^who must act: client side" -- \
        -F "$work/config" -J nowhere.invalid behind
    sed -i "s,^    IdentityFile $work/user,    IdentityFile $work/stranger," "$work/config"
    finds 16 "^login  *FAILED .*jump host localhost:$server_port: login as $login refused" \
        "^who must act: gateway" -- -F "$work/config" behind
    echo "jump host"
}

# ---- a tunnel that is up ---------------------------------------------------------

# tunnel_port NAME WHO TARGET CUT: what adit check says of a port of NAME's.
tunnel_port()
{
    start_client "$1" "$port" -L "$port:127.0.0.1:$web"
    finds 0 "^TCP  *ok .* $1 \(process $client_pid\) listens on 127.0.0.1$2" \
        "^target  *ok .* $3 is HTTP .shaft" "^all is well" -- "$port"
    plain_arguments
    finds 0 "; port $port here is in use, by $1" -- -F none -L "$port:127.0.0.1:$web" \
        "${arguments[@]}"
    stop "$web_pid"
    finds 18 "^target  *FAILED .* the tunnel $4" "^what to do: run adit check with the arguments of the tunnel" -- "$port"
    stop "$client_pid"
    finds 13 "^TCP  *FAILED .* nothing listens on port $port" "^who must act: client side" \
        "^what to do: start the tunnel" -- "$port"
    echo "the port of $1"
}

start_traffic_server()
{
    web=$(free_port)
    printf '#!/bin/sh\nread -r line; printf "HTTP/1.0 200 OK\\r\\nServer: shaft\\r\\n\\r\\n"\n' \
        >"$work/web"
    chmod +x "$work/web"
    start web socat "TCP-LISTEN:$web,bind=127.0.0.1,reuseaddr,fork" "EXEC:$work/web"
    web_pid=$started
    await "web" listening "$web"
}

# Of a tunnel of ours more is known than the port tells.
try_socks_port()
{
    start_client adit "$port" -D "$port"
    finds 0 "^TCP .* to what each connection asks for, which is up" "^target .* -D: each" \
        "^all is well" -- "$port"
    stop "$client_pid"
}

try_waiting_port()
{
    local nobody

    nobody=$(free_port)
    printf 'Host away\n    HostName 127.0.0.1\n    Port %s\n    LocalForward %s db:3306\n' \
        "$nobody" "$port" >"$work/away"
    start away "$ADIT" up -F "$work/away" -o BatchMode=yes away
    await "the tunnel" listening "$port"
    finds 18 "^TCP .*the tunnel away, by .*@127.0.0.1:$nobody to db:3306, which is (waiting|connecting)" \
        "^target  *FAILED .*the tunnel away is not up" "^who must act:" \
        "^what to do: run adit check with" -- "$port"
    stop "$started"
}

try_ports()
{
    local port

    port=$(free_port)
    start_traffic_server
    tunnel_port adit ": the tunnel [^ ]*, by $login@127.0.0.1:$server_port to 127.0.0.1:$web, which is up" \
        "127.0.0.1:$web" "is up, and hangs up: there is no way from the gateway to 127.0.0.1:$web"
    start_traffic_server
    tunnel_port ssh ", for $port:127.0.0.1:$web" "localhost:$port" \
        "takes the connection and hangs up"
    try_socks_port
    try_waiting_port
    start_traffic_server
    finds 0 "^TCP  *ok .* socat \(process $web_pid\) listens on 127.0.0.1, which is no tunnel" \
        "localhost:$web is HTTP" -- "$web"
    finds 11 "config  *FAILED" -- 70000 -L 1
    stop "$web_pid"
}

# aditd gives a port to whoever comes back with its key; a check is nobody who comes back.
try_no_takeover()
{
    local port

    port=$(free_port)
    start_traffic_server
    start_client adit "$port" -R "$port:127.0.0.1:$web"
    plain_arguments
    finds 0 "^permission  *ok .* -R at port $port" "^target  *ok .* is HTTP" -- -F none \
        -R "$port:127.0.0.1:$web" "${arguments[@]}"
    ! grep -q takeover "$work/aditd.log" || fail "the check has taken the tunnel's port"
    is_running "$client_pid" || fail "the check has ended the tunnel"
    finds 0 "localhost:$port is HTTP" -- "$port"
    cp "$work/authorized_keys" "$work/authorized_before"
    cat "$work/stranger.pub" >>"$work/authorized_keys"
    finds 17 "refused to listen on" "^who must act: gateway" -- -F none -i "$work/stranger" \
        -p "$server_port" -o UserKnownHostsFile="$work/known_hosts" -o IdentityAgent=none \
        -R "$port:127.0.0.1:$web" "$login@127.0.0.1"
    mv "$work/authorized_before" "$work/authorized_keys"
    stop "$client_pid"
    stop "$web_pid"
    echo "no takeover"
}

make_keys
make_key stranger ed25519
start_server aditd
try_jump
try_no_takeover
try_ports
try_mariadb
try_postgresql
try_redis
