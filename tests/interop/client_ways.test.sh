#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The ways to the gateway: commands, HTTP and SOCKS proxies.
. "$(dirname "$0")/client.sh"

# reaches WHAT ARGUMENTS…: a login over that way, and bytes both ways through it.
reaches()
{
    local what=$1 port

    shift
    port=$(free_port)
    begin -vvv -L "$port:127.0.0.1:$serving" "$@"
    await "$what" said "logged in at 127.0.0.1:$server_port as $login"
    await "$what" listening "$port"
    "$traffic" both "$port" $((1 << 20)) || fail "$what: wrong bytes"
    end
}

# Neither running nor waiting to be reaped.
is_gone()
{
    [ ! -e "/proc/$1" ]
}

try_commands()
{
    local child descriptors

    reaches "nc" -o 'ProxyCommand=nc %h %p'
    reaches "a shell's own words" -o 'ProxyCommand=sh -c '\''exec nc "$0" %p # %%'\'' %h'
    reaches "ssh -W" -o "ProxyCommand=ssh -F none -q -i $work/user -o BatchMode=yes \
-o UserKnownHostsFile=$work/known_hosts -p $server_port -W %h:%p %r@127.0.0.1"
    reaches "none" -o ProxyCommand=none -o 'ProxyCommand=exit 1'
    printf 'Host 127.0.0.1\nProxyCommand nc %%h "%%p"  \n' >"$work/config"
    reaches "the configuration's" -F "$work/config"

    refuses "127.0.0.1:$server_port does not answer as an SSH server: ProxyCommand ended with exit \
code 7" -o 'ProxyCommand=sh -c "exit 7"'
    refuses "ProxyCommand was killed by signal 9" -o 'ProxyCommand=sh -c "kill -9 \$\$"'
    refuses "ProxyCommand ended with exit code 127" -o 'ProxyCommand=/nowhere/to/be/found'
    grep -q 'nowhere.*[Nn]o such\|nowhere.*not found' "$work/adit.log" || fail "what the shell says is not heard"
    refuses "127.0.0.1:$server_port does not answer as an SSH server: no answer in time" \
        -o ConnectTimeout=1 -o 'ProxyCommand=sleep 30'
    rejects "ProxyCommand: unknown % token" -F none -o 'ProxyCommand=nc %x' gateway
    rejects "ProxyCommand: %h stands for a name with signs of the shell" -F none \
        -o 'ProxyCommand=nc %h 22' 'a$(id)'

    # It inherits nothing but stdio, and goes with the tunnel.
    begin -v -o "ProxyCommand=sh -c 'ls -l /proc/self/fd >$work/fds; echo \$\$ >$work/child; \
exec nc %h %p'"
    await "a child" said "logged in at"
    read -r child <"$work/child"
    is_running "$child" || fail "the command does not run"
    descriptors=$(grep -cE ' [3-9]+ -> ' "$work/fds" || true)
    [ "$descriptors" -eq 1 ] || fail "the command has descriptors: $(cat "$work/fds")" # ls's own
    end
    is_gone "$child" || fail "the command is left behind"

    # One that does not care about a hang-up is killed; the end of one is that of the connection.
    begin -v -o "ProxyCommand=sh -c 'echo \$\$ >$work/child; trap \"\" HUP TERM; nc %h %p; \
sleep 5'"
    await "a stubborn child" said "logged in at"
    read -r child <"$work/child"
    started=$client_pid
    await "adit" is_settled
    kill "$client_pid"
    ends "$client_pid" 60 || fail "adit waits for a stubborn command"
    is_gone "$child" || fail "the stubborn command is left behind"
    begin -v -o "ProxyCommand=sh -c 'echo \$\$ >$work/child; exec nc %h %p'"
    await "a child" said "logged in at"
    started=$client_pid
    await "adit" is_settled
    kill -9 "$(cat "$work/child")"
    await "the command's end is told" \
        said "the connection to 127.0.0.1:$server_port was lost: ProxyCommand was killed by signal 9"
    await "another command" said "adit: up again after"
    is_running "$(cat "$work/child")" || fail "the second command does not run"
    end
    echo "commands"
}

# proxy_sees NOTHING: the password is in no log.
is_silent()
{
    ! grep -qF "s3cr" "$work/adit.log" || fail "the proxy's password is in the log"
}

try_http()
{
    local port closed

    need tinyproxy
    port=$(free_port)
    closed=$(free_port)
    cat >"$work/tinyproxy.conf" <<END
Port $port
Listen 127.0.0.1
BasicAuth me s3cret
ConnectPort $server_port
ConnectPort $closed
END
    start tinyproxy tinyproxy -d -c "$work/tinyproxy.conf"
    await "tinyproxy" listening "$port"
    reaches "an HTTP proxy" -o "ProxyURL=http://me:s3cret@127.0.0.1:$port"
    is_silent
    reaches "an HTTP proxy by name" -o "ProxyURL=http://me:s3cr%65t@localhost:$port/"
    HTTPS_PROXY=http://me:s3cret@127.0.0.1:$port reaches "the environment's" -o ProxyURL=env
    HTTPS_PROXY=http://127.0.0.1:1 reaches "not the environment's"
    HTTPS_PROXY=127.0.0.1:1 NO_PROXY=127.0.0.1 reaches "an exempt host" -o ProxyURL=env
    HTTPS_PROXY=127.0.0.1:$closed refuses \
        "adit: gateway: the proxy: connect to 127.0.0.1:$closed: Connection refused" -o ProxyURL=env
    HTTPS_PROXY=ftp://127.0.0.1:1 refuses \
        "adit: client side: connect to 127.0.0.1:$server_port: the proxy of HTTPS_PROXY: " \
        -o ProxyURL=env
    refuses "adit: gateway: the proxy http://127.0.0.1:$port, asked for 127.0.0.1:$server_port: it \
refuses the user or the password: HTTP/1." \
        -o "ProxyURL=http://me:s3cr@127.0.0.1:$port"
    refuses "it wants a user and a password: HTTP/1.0 407" -o "ProxyURL=http://127.0.0.1:$port"
    is_silent
    refuses "asked for 127.0.0.1:$closed: it refuses: HTTP/1." \
        -o "ProxyURL=http://me:s3cret@127.0.0.1:$port" -p "$closed"
    refuses "asked for 127.0.0.1:$serving: it refuses: HTTP/1." \
        -o "ProxyURL=http://me:s3cret@127.0.0.1:$port" -p "$serving"
    refuses "its answer is not HTTP: S" -o "ProxyURL=http://me:s3cret@127.0.0.1:$server_port"
    rejects "ProxyURL: a proxy that is reached by TLS" -F none -o "ProxyURL=https://p" gateway
    run "$ADIT" -F none -G -o "ProxyURL=http://me:s3cret@proxy:1" gateway
    grep -qx "proxyurl http://proxy:1" "$work/out.log" || fail "-G shows another ProxyURL"
    echo "HTTP proxies"
}

try_socks()
{
    local port

    port=$(free_port)
    plain_arguments
    start socks ssh -F none -N -D "127.0.0.1:$port" -o BatchMode=yes "${arguments[@]}"
    await "ssh -D" listening "$port"
    reaches "SOCKS5" -o "ProxyURL=socks5://127.0.0.1:$port"
    reaches "SOCKS5 that need not ask" -o "ProxyURL=socks5://me:s3cret@127.0.0.1:$port"
    reaches "SOCKS4a" -o "ProxyURL=socks4a://127.0.0.1:$port"
    refuses "the proxy socks5://127.0.0.1:$port, asked for 127.0.0.1:1: it closed the connection" \
        -o "ProxyURL=socks5://127.0.0.1:$port" -p 1
    stop "$started"

    need microsocks
    port=$(free_port)
    start microsocks microsocks -i 127.0.0.1 -p "$port" -u me -P s3cret
    await "microsocks" listening "$port"
    reaches "SOCKS5 with a login" -o "ProxyURL=socks5h://me:s3cret@127.0.0.1:$port"
    is_silent
    refuses "asked for 127.0.0.1:$server_port: it refuses the user or the password" \
        -o "ProxyURL=socks5://me:s3cr@127.0.0.1:$port"
    refuses "it wants a user and a password" -o "ProxyURL=socks5://127.0.0.1:$port"
    refuses "asked for 127.0.0.1:1: it refuses: connection refused" \
        -o "ProxyURL=socks5://me:s3cret@127.0.0.1:$port" -p 1
    is_silent
    echo "SOCKS proxies"
}

need ssh nc
make_keys
start_traffic
start_server sshd
try_commands
try_http
try_socks
