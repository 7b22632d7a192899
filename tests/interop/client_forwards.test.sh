#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# -L and -R of adit in every form of ssh(1), and what becomes of a forward that cannot be.
. "$(dirname "$0")/client.sh"

# leads_to_server ADDRESS PORT: whether a connection reaches sshd, which speaks first.
leads_to_server()
{
    local line=

    exec 3<>"/dev/tcp/$1/$2" || return 1
    read -r -t 20 line <&3 || true
    exec 3<&- 3>&-
    [[ $line == SSH-2.0-* ]]
}

# Each form of the address to listen on, and where that is, here as at a server that lets its
# clients choose.
addresses='
default         127.0.0.1 ::1
localhost:      127.0.0.1 ::1
127.0.0.1:      127.0.0.1
[127.0.0.1]:    127.0.0.1
[::1]:          ::1
*:              0.0.0.0 ::
:               0.0.0.0 ::
0.0.0.0:        0.0.0.0
[::]:           ::'

# Several of each, all at once.
try_addresses()
{
    local letter form where port address ports=() forwards=()

    while read -r form where; do
        [ -n "$form" ] || continue
        for letter in L R; do
            port=$(free_port)
            ports+=("$letter $form $port $where")
            forwards+=("-$letter" "${form/default/}$port:127.0.0.1:$server_port")
        done
    done <<<"$addresses"
    begin "${forwards[@]}"
    await "the last forward" is_settled
    for port in "${ports[@]}"; do
        read -r letter form port where <<<"$port"
        address=$(addresses_of "$port")
        [ "$address" = "$where" ] || fail "-$letter $form listens on $address, not on $where"
        for address in $where; do
            leads_to_server "$address" "$port" || fail "-$letter $form: no way from $address"
        done
    done
    end
    started=$server_pid
    for port in "${ports[@]}"; do
        read -r letter form port where <<<"$port"
        await "the end of -$letter $form" not_listening "$port"
    done
    echo "every form of the address to listen on"
}

# The address to connect to, in every form. One forward of our own is what listens on ::1.
try_targets()
{
    local letter relay first second third

    for letter in L R; do
        relay=$(free_port) first=$(free_port) second=$(free_port) third=$(free_port)
        begin -L "[::1]:$relay:127.0.0.1:$server_port" \
            "-$letter$first:[::1]:$relay" "-$letter" "$second:localhost:$server_port" \
            "-$letter" "$third:[127.0.0.1]:$server_port"
        await "the last forward" is_settled
        leads_to_server 127.0.0.1 "$first" || fail "-$letter to [::1]"
        leads_to_server 127.0.0.1 "$second" || fail "-$letter to localhost"
        leads_to_server 127.0.0.1 "$third" || fail "-$letter to [127.0.0.1]"
        end
    done
    echo "every form of the address to connect to"
}

# What a server that does not listen where it was asked to still leads to us.
try_overruled()
{
    local port

    port=$(free_port)
    begin -R "*:$port:127.0.0.1:$serving" -R "127.0.0.1:$other:127.0.0.1:$server_port"
    await "the forward" listening "$other"
    [ "$(addresses_of "$port")" = "$1" ] || fail "$2: sshd listens on $(addresses_of "$port")"
    "$traffic" both "$port" 100000 || fail "$2: -R *"
    leads_to_server 127.0.0.1 "$other" || fail "$2: -R 127.0.0.1"
    end
}

# The port that the server chose for a target, as adit tells.
allocated()
{
    sed -n "s/^Allocated port \([0-9]*\) for remote forward to $1\$/\1/p" "$work/adit.log"
}

try_port_zero()
{
    local line="Allocated port [0-9]* for remote forward to" first second

    begin -R "0:127.0.0.1:$server_port" -R "localhost:0:[::1]:$closing"
    await "the second port" grep -q "^$line \[::1\]:$closing\$" "$work/adit.log"
    first=$(allocated "127.0.0.1:$server_port")
    second=$(allocated "\[::1\]:$closing")
    [ "$first" != "$second" ] || fail "two forwards with one port: $first"
    leads_to_server 127.0.0.1 "$first" || fail "port 0: no way to the first target"
    listening "$second" || fail "port 0: $second does not listen"
    end
    [ "$(grep -c "^$line" "$work/adit.log")" -eq 2 ] || fail "port 0: told more than once"

    begin -q -R "0:127.0.0.1:$server_port" -R "127.0.0.1:$other:127.0.0.1:$server_port"
    await "the forward" listening "$other"
    end
    [ ! -s "$work/adit.log" ] || fail "-q: it speaks"
    echo "ports that the server chooses"
}

try_config_file()
{
    local ports=() i

    for i in 0 1 2 3 4 5; do
        ports[i]=$(free_port)
    done
    cat >"$work/config" <<END
Host 127.0.0.1
    LocalForward ${ports[0]} 127.0.0.1:$server_port
    localforward=[::1]:${ports[1]} 127.0.0.1:$server_port
    LocalForward "${ports[2]}:127.0.0.1:$server_port"
Host *
    RemoteForward ${ports[3]} 127.0.0.1:$server_port
    RemoteForward 127.0.0.1:${ports[4]} 127.0.0.1:$server_port
Host elsewhere
    LocalForward $serving 127.0.0.1:$server_port
END
    begin -F "$work/config" -L "${ports[5]}:127.0.0.1:$server_port"
    await "the last forward" listening "${ports[4]}"
    for i in 0 2 3 4 5; do
        leads_to_server 127.0.0.1 "${ports[i]}" || fail "forward $i of the configuration"
    done
    leads_to_server ::1 "${ports[1]}" || fail "a forward of the configuration from ::1"
    end

    begin -v -F "$work/config" -o ClearAllForwardings=yes
    await "the login" said "logged in at"
    sleep 0.5
    for i in 0 1 2 3 4; do
        not_listening "${ports[i]}" || fail "ClearAllForwardings: forward $i is there"
    done
    end
    echo "forwards of a configuration file"
}

try_gateway_ports()
{
    local option open bound

    for option in -g -oGatewayPorts=yes -oGatewayPorts=no; do
        open=$(free_port) bound=$(free_port)
        begin "$option" -L "$open:127.0.0.1:$server_port" \
            -L "localhost:$bound:127.0.0.1:$server_port"
        await "the forward" is_settled
        case $option:$(addresses_of "$open") in
        -g:'0.0.0.0 ::' | *=yes:'0.0.0.0 ::' | *=no:'127.0.0.1 ::1') ;;
        *) fail "$option: it listens on $(addresses_of "$open")" ;;
        esac
        [ "$(addresses_of "$bound")" = '127.0.0.1 ::1' ] || fail "$option: localhost is not obeyed"
        leads_to_server 127.0.0.1 "$open" || fail "$option: no way"
        end
    done
    echo "GatewayPorts"
}

# A forward that cannot be is the end, at once, unless ExitOnForwardFailure says otherwise.
try_failures()
{
    local sentence forward port taken="$serving:127.0.0.1:1"

    while IFS='|' read -r sentence forward; do
        port=$(free_port)
        refuses "$sentence" -L "$port:127.0.0.1:$serving" "$forward"
        not_listening "$port" || fail "$forward: the other forward is still there"
        # In neither case does a port before it or after it suffer.
        begin -o ExitOnForwardFailure=no -L "$port:127.0.0.1:$serving" "$forward" \
            -R "127.0.0.1:$other:127.0.0.1:$serving"
        await "the forward" listening "$other"
        said "adit: $sentence" || fail "$forward: not a word"
        "$traffic" push "$port" 10000 || fail "$forward: the local forward beside it"
        "$traffic" push "$other" 10000 || fail "$forward: the remote forward beside it"
        end
    done <<END
client side: listen on 127.0.0.1 port $serving: Address already in use|-L$taken
client side: listen on 192.0.2.1 port $serving: Cannot assign|-L192.0.2.1:$taken
gateway: refused to listen on port $serving of 127.0.0.1|-R127.0.0.1:$taken
gateway: refused to listen on port $serving of 192.0.2.1|-R192.0.2.1:$taken
END
    refuses "client side: listen on 127.0.0.1 port $serving" -L "$taken" -o ExitOnForwardFailure=yes
    while IFS='|' read -r sentence forward; do
        rejects "$sentence" "$forward" nowhere.invalid
    done <<END
"0:a:1": port 0 is for remote forwards only|-L0:a:1
"65536:a:1": the port to listen on is not a port|-L65536:a:1
"1:a:0": the port to connect to is not a port|-R1:a:0
not [address:]port:host:port|-L::1:1:a:1
END
    echo "forwards that cannot be"
}

# Nobody at the target: that connection ends, adit says on which side, and goes on.
try_dead_targets()
{
    local nobody local_port

    nobody=$(free_port) local_port=$(free_port)
    begin -L "$local_port:127.0.0.1:$nobody" -R "127.0.0.1:$other:127.0.0.1:$nobody"
    await "the forward" listening "$other"
    "$traffic" refused "$local_port" || fail "-L without a target"
    await "server side" said "adit: server side: the gateway cannot connect to 127.0.0.1:$nobody"
    ! said "client side" || fail "it blames the client for the server's side"
    "$traffic" refused "$other" || fail "-R without a target"
    await "client side" said "adit: client side: connect to 127.0.0.1:$nobody: Connection refused"
    end
    echo "targets that are not there"
}

has_ipv6 || skip "no IPv6"
make_keys
start_traffic
other=$(free_port)

server_options=("GatewayPorts clientspecified")
start_server sshd
try_addresses
try_targets
try_port_zero
try_config_file
try_gateway_ports
try_failures
try_dead_targets
stop "$server_pid"

for answer in "no:127.0.0.1 ::1" "yes:0.0.0.0 ::"; do
    server_options=("GatewayPorts ${answer%%:*}")
    start_server sshd
    try_overruled "${answer#*:}" "sshd with GatewayPorts ${answer%%:*}"
    stop "$server_pid"
done
echo "servers that listen elsewhere"

server_options=("PermitListen 127.0.0.1:$other" "PermitOpen 127.0.0.1:$closing")
start_server sshd
refuses "gateway: refused to listen on port $serving of localhost" -R "$serving:127.0.0.1:1"
port=$(free_port)
begin -L "$port:127.0.0.1:$serving" -R "127.0.0.1:$other:127.0.0.1:$serving"
await "the forward" listening "$other"
"$traffic" refused "$port" || fail "a target that is not permitted"
await "the refusal" said "adit: gateway: connections to 127.0.0.1:$serving are not permitted"
"$traffic" push "$other" 10000 || fail "the forward that is permitted"
end
