#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# aditd --try: what it tells the user to type is typed, and works.
. "$(dirname "$0")/gateway.sh"

need plink puttygen
[ -x "$ADIT" ] || skip "$ADIT is not built"
start_traffic
make_key stranger ed25519
user_key=stranger
state="$work/a state" # a path with a space must stand in quotes
printed=$work/aditd.log

try()
{
    : >"$printed"
    XDG_STATE_HOME=$state start aditd "$ADITD" --try -p "$1"
    server_pid=$started
    await "what to type" grep -q 'Stop it with Ctrl-C' "$printed"
    server_port=$(sed -nE 's/^The gateway listens on 127\.0\.0\.1 port ([0-9]+) .*/\1/p' "$printed")
    listens_at 127.0.0.1 "$server_port" || fail "it does not listen on port $server_port"
}

# carries PROGRAM: the line of what to type that begins with it, run by a shell as it stands, but with a
# free port and the test's server for the ports of its tunnel.
carries()
{
    local line

    mark
    [ "$(grep -cE "^ +$1 " "$printed")" -eq 1 ] || fail "not one line for $1: $(cat "$printed")"
    line=$(sed -nE "s,^ +($1 ),\\1,p" "$printed")
    case $line in
    "$1 "*'-N '*' -L 3307:127.0.0.1:3306 you@127.0.0.1') ;;
    *) fail "not the line that is described: $line" ;;
    esac
    port=$(free_port)
    echo "exec ${line//3307:127.0.0.1:3306/$port:127.0.0.1:$serving}" >"$work/line"
    start "${1##*/}" sh "$work/line"
    client_pid=$started
    await "$1" listening "$port"
    "$traffic" both "$port" 100000 || fail "the tunnel of: $(cat "$work/line")"
    says '^aditd: login user=you key=SHA256:.* from=127\.0\.0\.1:'
    stop "$client_pid"
    echo "$1's line"
}

all_carry()
{
    local line

    carries "$adit"
    carries ssh
    line=$(grep -E '^ +puttygen ' "$printed") || fail "no line for puttygen"
    sh -c "$line" </dev/null >>"$work/keys.log" 2>&1 || fail "$line"
    carries plink
}

put_on_path()
{
    PATH=$(dirname "$adit"):$PATH
    adit=adit
}

# Where adit is not on PATH, as it is not before make install, it is the one beside aditd.
adit=$(dirname "$(readlink -f "$ADITD")")/adit
! command -v adit >/dev/null || put_on_path
try 0
all_carry
for file in try_host_key try_client_key; do
    [ "$(stat -c %a "$state/adit/$file")" = 600 ] || fail "$file may be read by others"
done
sums=$(cd "$state/adit" && sha256sum try_host_key try_client_key)

# This machine only.
try_options=(-o "UserKnownHostsFile=\"$state/adit/try_known_hosts\"")
client_options=("${try_options[@]}")
login=anybody
try_ssh()
{
    one_ssh "${try_options[@]}" -i "$state/adit/try_client_key" "$@"
}
for target in 192.0.2.1:80 10.0.0.1:3306 '[2001:db8::1]:80' "0.0.0.0:$serving" 128.0.0.1:80; do
    mark
    ! try_ssh -W "$target" || fail "$target is opened"
    grep -qF "not allowed to open $target" "$work/ssh.log" || fail "$(cat "$work/ssh.log")"
    grep -q 'aditd --try serves this machine only' "$work/ssh.log" || fail "$(cat "$work/ssh.log")"
done
try_ssh -W "127.0.0.1:$closing" || fail "$(cat "$work/ssh.log")"
try_ssh -W "localhost:$closing" || fail "$(cat "$work/ssh.log")"
mark
port=$(free_port)
openssh_arguments
start ssh ssh "${try_options[@]}" -i "$state/adit/try_client_key" "${arguments[@]}" \
    -R "0.0.0.0:$port:127.0.0.1:$serving" "$login@127.0.0.1"
client_pid=$started
says '^aditd: listen user=anybody '
listens_at 127.0.0.1 "$port" || fail "-R does not listen on loopback"
! listens_at 0.0.0.0 "$port" || fail "-R listens for everybody"
stop "$client_pid"
echo "it opens this machine, and listens for it alone"

# No other key and no password.
mark
! one_ssh "${try_options[@]}" -W "127.0.0.1:$closing" || fail "a stranger's key"
says_once '^aditd: refused login .* tries=1: user=anybody .*aditd --try takes its own key only$'
stop_gateway

# Its keys are for the next time, on another port and with the files that were written before.
[ "$adit" = adit ] || put_on_path
try "$(free_port)"
[ "$(cd "$state/adit" && sha256sum try_host_key try_client_key)" = "$sums" ] || fail "other keys"
all_carry
stop_gateway

# No place for keys, or a port that is taken: a sentence, and no gateway.
! env -u HOME -u XDG_STATE_HOME "$ADITD" --try -p 0 >"$work/told" 2>&1 || fail "keys in no place"
grep -qx 'aditd: no place for keys: neither HOME nor XDG_STATE_HOME is set' "$work/told" ||
    fail "$(cat "$work/told")"
! XDG_STATE_HOME=$state "$ADITD" --try -p "$serving" >"$work/told" 2>&1 || fail "a port that is taken"
grep -q "^aditd: .*$serving: Address already in use" "$work/told" || fail "$(cat "$work/told")"
! grep '^traffic:' "$work/traffic.log" || fail "the traffic server found a fault"
