#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# adit service: units that systemd takes, that are written whole, that are nobody else's, and a
# manager that is asked where there is one.
. "$(dirname "$0")/client.sh"

ADIT=$(readlink -f "$ADIT")
unset XDG_CONFIG_HOME
export XDG_RUNTIME_DIR=$work/run
mkdir -m 700 "$XDG_RUNTIME_DIR"
units=$HOME/.config/systemd/user
need unshare

# The home folder of the user who runs this, and of one more, are folders of the test.
namespace=(unshare --mount)
[ "$(id -u)" -eq 0 ] || namespace=(unshare --mount --map-root-user)
"${namespace[@]}" true 2>/dev/null || skip "no mount namespace can be made"
mkdir -p "$work/login/.ssh" "$work/other/.ssh"
printf 'Host %s\n    User root\n' db '"a b"' >"$work/login/.ssh/config"
chmod 755 "$work"
chmod -R go-w "$work/login" "$work/other"
cat >"$work/passwd" <<END
root:x:0:0:root:$work/login:/bin/sh
bin:x:2:2:bin:$work/other:/bin/sh
END

# service STATUS WORDS…
service()
{
    local expected=$1

    shift
    # shellcheck disable=SC2016 # for the inner shell
    run "${namespace[@]}" sh -c 'mount --bind "$1" /etc/passwd; shift; exec "$@"' sh \
        "$work/passwd" "$ADIT" service "$@"
    [ "$status" -eq "$expected" ] ||
        fail "adit service $*: $status, not $expected: $(cat "$work/out.log" "$work/adit.log")"
}

# tells TEXT: on stdout.
tells()
{
    grep -qxF -- "$1" "$work/out.log" || fail "it does not tell \"$1\", but: $(cat "$work/out.log")"
}

# complains TEXT: on stderr, alone.
complains()
{
    [ "$(cat "$work/adit.log")" = "adit service: $1" ] ||
        fail "not \"$1\", but: $(cat "$work/adit.log")"
}

# ---- words ---------------------------------------------------------------------------

service 0 --help
service 0 install --help
service 1
service 1 start db
service 1 install
service 1 install db db2
complains 'one name, not "db2" too'
service 1 install db --verbose
complains "unknown option --verbose"
service 1 install db --system
complains "--system needs --user: a tunnel has no use for root"
service 1 install db --user bin
service 1 install db --system --user nobody-of-this-name
complains 'there is no user "nobody-of-this-name"'
service 1 install -- -v
service 1 install $'d\nb'
service 1 status db --force
complains "unknown option --force"
[ ! -e "$units" ] || fail "a command that failed has written something"

# ---- what systemd says ------------------------------------------------------------------

service 0 install db --print
cp "$work/out.log" "$work/adit-db.service"
service 0 install 'o"dd $HOME %n\ ;x' --print
cp "$work/out.log" "$work/adit-odd.service"
service 0 install db --system --user bin --print
cp "$work/out.log" "$work/adit-sdb.service"
if command -v systemd-analyze >/dev/null; then
    mkdir -p "$work/man/man1"
    cp "$here/../../docs/man/adit.1" "$work/man/man1"
    for unit in "--user adit-db" "--user adit-odd" "--system adit-sdb"; do
        # shellcheck disable=SC2086 # a switch and a name
        set -- $unit
        MANPATH=$work/man: systemd-analyze "$1" verify "$work/$2.service" >"$work/verify.log" 2>&1 ||
            fail "systemd-analyze verify $2: $(cat "$work/verify.log")"
    done
    # What the hardening is worth in systemd's eyes, in tenths; without any it is 9.6.
    for unit in "user 65 adit-db" "system 20 adit-sdb"; do
        # shellcheck disable=SC2086
        set -- $unit
        systemd-analyze security --offline=yes --threshold="$2" "$work/$3.service" \
            >"$work/security.log" 2>&1 || fail "the unit of the $1 is worse than $2"
    done
    escaped=$(systemd-escape 'a b@c/%\"')
    service 4 status 'a b@c/%\"'
    # Of the two differences one is ours: a slash is no folder here.
    tells "adit-$(systemd-escape 'a b@c')\\x2f${escaped#*c-}.service is not installed."
fi

# ---- the file ----------------------------------------------------------------------------

unit=$units/adit-db.service
service 4 status db
service 1 remove db
complains "adit-db.service is not installed"
service 0 install db
tells "$unit is written."
tells "    systemctl --user enable --now --no-block adit-db.service"
cmp -s "$unit" "$work/adit-db.service" || fail "the unit is not the one that is printed"
[ "$(stat -c %a "$unit")" = 644 ] || fail "the unit's mode is $(stat -c %a "$unit")"
[ "$(ls "$units")" = adit-db.service ] || fail "something is left beside the unit"
service 3 status db
echo "# an older version" >>"$unit"
service 0 install db
cmp -s "$unit" "$work/adit-db.service" || fail "our own unit was not replaced"
service 0 remove db
[ ! -e "$unit" ] || fail "the unit was not removed"

# Somebody else's file, folder or link stays.
mine="[Service] # mine"
echo "$mine" >"$unit"
service 1 install db
complains "$unit was not written by adit; --force overwrites it"
service 1 remove db
[ "$(cat "$unit")" = "$mine" ] || fail "another's unit was changed"
service 0 install db --force
cmp -s "$unit" "$work/adit-db.service" || fail "--force does not overwrite"
ln -sf /dev/null "$unit"
service 1 install db
[ -L "$unit" ] || fail "a unit that is masked was unmasked"
service 0 remove db --force
mkdir "$unit"
service 1 install db --force
rmdir "$unit"

# A name that is nowhere; one that only another user's configuration has a use for.
rm -rf "$units"
unknown="no Host line of ~/.ssh/config and /etc/ssh/ssh_config is for it, and it has no HostName and no forward"
service 1 install bd
complains "bd: $unknown"
[ ! -e "$units" ] || fail "a unit that cannot work is written"
if [ "$(id -u)" -eq 0 ]; then
    chown -R 2:2 "$work/other"
    service 1 install bd --system --user root
    complains "bd: $unknown"
    # As that user: whoever reads the file is not root.
    printf 'Match exec "id -u >%s/other/who"\n' "$work" >"$work/other/.ssh/config"
    service 1 install bd --system --user bin
    complains "bd: $unknown"
    [ "$(cat "$work/other/who")" = 2 ] || fail "the user's command is run by $(cat "$work/other/who")"
fi
printf 'Host *\n    HostName 127.0.0.1\n' >>"$work/login/.ssh/config"
service 0 install bd
service 0 remove bd
mkdir -p "$units"

# Elsewhere, and with a name that a shell would read otherwise.
XDG_CONFIG_HOME=$work/config service 0 install 'a b'
tells "    systemctl --user enable --now --no-block 'adit-a\\x20b.service'"
[ -e "$work/config/systemd/user/adit-a\\x20b.service" ] || fail "XDG_CONFIG_HOME is not obeyed"

# ---- a manager ----------------------------------------------------------------------------

mkdir -p "$XDG_RUNTIME_DIR/systemd" "$work/bin"
: >"$XDG_RUNTIME_DIR/systemd/private"
cat >"$work/bin/systemctl" <<'END'
#!/bin/sh
echo "$* $(ls "$UNIT" 2>/dev/null)" >>"$ASKED"
case $* in *"$BROKEN"*) exit 3 ;; esac
END
chmod +x "$work/bin/systemctl"
export PATH="$work/bin:$PATH" UNIT=$unit BROKEN=nothing

# was_asked LINES…: systemctl, since last time.
was_asked()
{
    [ "$(cat "$ASKED")" = "$(printf '%s\n' "$@")" ] || fail "systemctl was asked: $(cat "$ASKED")"
    : >"$ASKED"
}

: >"$ASKED"
service 0 install db
was_asked "--user daemon-reload $unit" "--user enable --now --no-block adit-db.service $unit"
BROKEN=status service 3 status db
was_asked "--user --no-pager status adit-db.service $unit"
BROKEN=enable service 1 install db
complains "systemctl enable failed"
: >"$ASKED"
# What could not be stopped is not removed.
BROKEN=disable service 1 remove db
[ -e "$unit" ] || fail "a unit that runs on was removed"
: >"$ASKED"
service 0 remove db
was_asked "--user disable --now adit-db.service $unit" "--user daemon-reload "
[ ! -e "$unit" ] || fail "the unit was not removed"

# ---- what it runs ---------------------------------------------------------------------------

"$ADIT" --help | grep -q '^ *adit up ' || exit 0
need socat unshare
[ "$(id -u)" -eq 0 ] || exit 0
make_keys
start_traffic
start_server aditd
port=$(free_port)
cat >"$work/login/.ssh/config" <<END
Host db
    HostName 127.0.0.1
    Port $server_port
    User $login
    IdentityFile $work/user
    UserKnownHostsFile $work/known_hosts
    LocalForward $port 127.0.0.1:$serving
END
chmod -R go-rwx "$work/login"

# The unit's command, with the home folder above and what a service has around it.
start socat socat -u "UNIX-RECV:$work/notify" "CREATE:$work/notified"
await "socat" test -S "$work/notify"
eval "command=($(sed -n 's/^ExecStart=//p' "$work/adit-db.service"))"
# shellcheck disable=SC2016 # for the inner shell
start adit env -i NOTIFY_SOCKET="$work/notify" WATCHDOG_USEC=1000000 unshare --mount sh -c \
    'mount --bind "$1" /etc/passwd; shift; exec setpriv --no-new-privs "$@"' sh \
    "$work/passwd" "${command[@]}"
client_pid=$started
await "READY=1" grep -qa READY=1 "$work/notified"
"$traffic" push "$port" 1000000 || fail "ready, but the tunnel is not up"
await "WATCHDOG=1" grep -qa WATCHDOG=1 "$work/notified"
stop "$client_pid"
# Restart=on-failure: an end that was asked for is none.
[ "$stopped" -eq 0 ] || fail "adit up ended with $stopped when it was told to stop"
