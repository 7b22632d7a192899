#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# What adit makes of its command line and of configuration files. Where ssh has the same option,
# ssh -G says what it means.
. "$(dirname "$0")/client.sh"

# settings PROGRAM ARGUMENTS…: those that both print.
settings()
{
    local program=$1

    shift
    "$program" -G "$@" 2>"$work/settings.log" </dev/null >"$work/printed" || return
    grep -E "^($both) " "$work/printed" | sed 's/ $//' | sort
}

both='hostname|user|port|addressfamily|bindaddress|bindinterface|hostkeyalias|batchmode'
both+='|gatewayports|stricthostkeychecking|connecttimeout|serveraliveinterval|serveralivecountmax'
both+='|rekeylimit|exitonforwardfailure|clearallforwardings|compression|loglevel'
both+='|numberofpasswordprompts|userknownhostsfile|localforward|remoteforward'
both+='|passwordauthentication|tcpkeepalive|tag'
# Where the two have other defaults.
same=(-o ServerAliveInterval=0 -o ConnectTimeout=9 -o ExitOnForwardFailure=no -o BatchMode=no
    -o HashKnownHosts=no -o UserKnownHostsFile=/dev/null)

# as_ssh WHAT ARGUMENTS…: adit prints the settings that ssh prints.
as_ssh()
{
    local what=$1

    shift
    settings ssh "${same[@]}" "$@" >"$work/of_ssh" || fail "ssh: $what"
    settings "$ADIT" "${same[@]}" "$@" >"$work/of_adit" ||
        fail "$what: $(cat "$work/settings.log")"
    [ "$(wc -l <"$work/of_adit")" -gt 10 ] || fail "$what: too little is printed"
    diff "$work/of_ssh" "$work/of_adit" || fail "$what: adit sets what ssh does not"
}

setting()
{
    sed -n "s/^$1 //p" "$work/of_adit"
}

try_destinations()
{
    local expected destination

    while read -r expected destination; do
        # shellcheck disable=SC2086 # several words
        as_ssh "$destination" -F none $destination
        [ "$(setting user) $(setting hostname) $(setting port)" = "${expected//,/ }" ] ||
            fail "$destination: $(setting user) $(setting hostname) $(setting port)"
    done <<END
$login,gateway,22          gateway
me,gateway,22              me@gateway
me,gateway,22              -l me gateway
me,gateway,22              gateway -l me
me,gateway,22              -lme you@gateway
you,gateway,22             you@gateway -l me
me@there,gateway,22        me@there@gateway
me,gateway,2222            -p 2222 me@gateway
me,gateway,2222            me@gateway -p 2222
me,gateway,2222            -p2222 -p 23 me@gateway
me,gateway,2222            ssh://me@gateway:2222
me,gateway,2222            ssh://me@gateway:2222/
$login,gateway,22          ssh://gateway
me,gateway,23              -p 23 ssh://me@gateway:2222
me,::1,22                  me@::1
$login,gateway,22          -4 -- gateway
END
    settings "$ADIT" -F none 'ssh://me@[::1]:2222' >"$work/of_adit" # ssh does not know this one
    [ "$(setting user) $(setting hostname) $(setting port)" = "me ::1 2222" ] || fail "ssh://…[::1]"
    as_ssh "-4" -F none -4 gateway
    [ "$(setting addressfamily)" = inet ] || fail "-4: $(setting addressfamily)"
    as_ssh "-6" -F none -6 gateway
    [ "$(setting addressfamily)" = inet6 ] || fail "-6: $(setting addressfamily)"
    while IFS='|' read -r destination; do
        rejects "bad destination" -F none "$destination"
    done <<'END'
ssh://
ssh://me@
ssh://gateway:22/path
ssh://[::1
@gateway
me@
me@-oProxyCommand=x
END
    echo "destinations"
}

try_options()
{
    local letter expected

    for letter in t X Y A K y 's x' 'w 0:0' 'I x' 'Q mac'; do
        # shellcheck disable=SC2086 # an option and its argument
        rejects "adit: -${letter%% *}: " -F none -$letter gateway
    done
    for letter in -Z -NZ --nothing --helpful; do
        run "$ADIT" -F none "$letter" gateway
        [ "$status" -eq 255 ] || fail "$letter: status $status"
        said "adit: unknown option ${letter/-NZ/-Z}" || fail "$letter: it is not named"
        said "usage: adit " || fail "$letter: no usage"
    done
    rejects "-p needs an argument" -F none gateway -p
    rejects "--help takes no argument" --help=me
    rejects 'and "uptime" after the destination' -F none gateway uptime
    rejects 'and "-v" after the destination' -F none gateway -- -v
    run "$ADIT"
    [ "$status" -eq 255 ] || fail "no argument: status $status"
    said "adit: no destination" || fail "no argument: it does not say what is missing"

    for letter in -V --version; do
        run "$ADIT" "$letter"
        [ "$status:$(cat "$work/adit.log")" = 0: ] || fail "$letter: status $status"
        grep -qxE 'adit [0-9]+\.[0-9]+\.[0-9]+' "$work/out.log" ||
            fail "$letter: $(cat "$work/out.log")"
    done
    run "$ADIT" --help
    [ "$status:$(cat "$work/adit.log")" = 0: ] || fail "--help: status $status"
    for letter in -L -R -D -g -f -p -l -i -o -F -G -4 -6 -b -B -c -m -C -v -q -E -V --password-file; do
        grep -qe "^  .*$letter\>" "$work/out.log" || fail "--help does not name $letter"
    done
    # What is printed does not get there.
    make_key key ed25519
    while read -r letter; do
        status=0
        # shellcheck disable=SC2086 # several words
        "$ADIT" $letter >/dev/full 2>"$work/adit.log" </dev/null || status=$?
        expected=255
        [ "${letter%% *}" != key ] || expected=1
        [ "$status" -eq "$expected" ] || fail "$letter >/dev/full: status $status"
        [ "$(grep -c 'could not be written to stdout$' "$work/adit.log")" -eq 1 ] ||
            fail "$letter >/dev/full: $(cat "$work/adit.log")"
    done <<END
-V
--help
up --help
-G -F none gateway
key --help
key show --help
key show $work/key
key authorize $work/key
END
    echo "options"
}

# ---- configuration files ---------------------------------------------------------------

write_config()
{
    mkdir -p "$work/parts"
    cat >"$work/parts/1.conf" <<'END'
Host b*
    Port 41
END
    cat >"$work/parts/2.conf" <<'END'
    # goes on in the block that includes it
    ServerAliveCountMax 8
Port 42
END
    cat >"$work/config" <<END
# comment
Host alpha a? !ab
    Port 2222
    HostName %h.example
    User "joe smith"
    LocalForward 1234 127.0.0.1:80
    localforward=*:1235 [::1]:80
    RemoteForward [::1]:99 far.example:1
    RekeyLimit 1G 1h
    BindAddress = 127.0.0.1
    StrictHostKeyChecking accept-new
    GatewayPorts	yes
    TCPKeepAlive no   # comment
Host !bb b* *c
    Include $work/parts/*.conf
    Include "$work/parts/none"
Match host *.example user "joe smith"
    HostKeyAlias castle
Match originalhost beta,gamma
    NumberOfPasswordPrompts 7
Match !localuser $(id -un)
    HostKeyAlias elsewhere
Match localuser $(id -un) user $(id -un)
    HostKeyAlias ours
Match all
    LogLevel VERBOSE
Host *
    Port 33
    HostName last.example
    PasswordAuthentication no
END
}

try_files()
{
    local host

    write_config
    for host in alpha aa ab bb beta gamma cc bc delta me@aa 127.0.0.1; do
        as_ssh "the configuration for $host" -F "$work/config" "$host"
    done
    as_ssh "alpha" -F "$work/config" alpha
    [ "$(setting port):$(setting hostname):$(setting hostkeyalias)" = 2222:alpha.example:castle ] ||
        fail "alpha is set as $(cat "$work/of_adit")"
    as_ssh "beta" -F "$work/config" beta
    [ "$(setting port):$(setting serveralivecountmax)" = 41:8 ] ||
        fail "beta: $(cat "$work/of_adit")"
    as_ssh "-F none" -F none alpha
    [ "$(setting port)" = 22 ] || fail "-F none reads a file"
    as_ssh "-o before the file" -F "$work/config" -o Port=1 -o port=2 -o "User you" \
        -o 'HostKeyAlias = "a b"' -o LogLevel=DEBUG3 alpha
    [ "$(setting port):$(setting user):$(setting hostkeyalias)" = '1:you:a b' ] || fail "-o"
    as_ssh "-L after the file's" -F "$work/config" -L 9:a:9 -R 8:b:8 aa
    [ "$(setting localforward | wc -l)" -eq 3 ] || fail "three local forwards are not three"
    as_ssh "ClearAllForwardings" -F "$work/config" -o ClearAllForwardings=yes aa
    [ -z "$(setting localforward)" ] || fail "ClearAllForwardings"

    printf 'Port 77\r\nHost *\r\n\tUser you\r\n' >"$work/crlf"
    as_ssh "lines that end in CR LF" -F "$work/crlf" alpha
    [ "$(setting port):$(setting user)" = 77:you ] || fail "CR LF: $(cat "$work/of_adit")"
    echo "configuration files"
}

# Every error has its file and line, and the name of what is wrong.
try_errors()
{
    local sentence text

    while IFS='|' read -r sentence text; do
        printf '%b\n' "$text" >"$work/bad"
        rejects "adit: $work/bad:$sentence" -F "$work/bad" gateway
    done <<END
3: unknown keyword "Prot"|# first\\nPort 22\\nProt 23
2: unknown keyword "Prot"|Host other\\n Prot 23
1: Port: "22x" is not a port|Port 22x
1: Port: a value is missing|Port
1: Port: "23" is not expected after the value|Port 22 23
2: a quote has no end|\\nUser "me
2: a NUL byte|Port 22\\nUser m\\0e
1: Tunnel is not supported|Tunnel yes
1: Match localnetwork is not supported|Match localnetwork ::/0
1: Match wants a criterion|Match
1: Host wants a pattern|Host
1: LocalForward: "80:a:b"|LocalForward 80:a:b
1: Ciphers: "rot13" is not an algorithm|Ciphers aes128-ctr,rot13
1: StrictHostKeyChecking: "maybe" is not|StrictHostKeyChecking maybe
1: the line is longer than|User $(printf %09000d 0)
1: unknown keyword "\x89PNG"|\\0211PNG
END
    printf 'Port 22\n\nPrrt 1\n' >"$work/parts/3.conf"
    echo "Include $work/parts/3.conf" >"$work/bad"
    rejects "adit: $work/parts/3.conf:3: unknown keyword \"Prrt\"" -F "$work/bad" gateway
    echo "Include $work/bad" >"$work/bad"
    rejects "adit: $work/bad:1: " -F "$work/bad" gateway
    rejects "adit: $work/none: No such file" -F "$work/none" gateway
    rejects "adit: $work: is a folder" -F "$work" gateway
    rejects "adit: /dev/zero" -F /dev/zero gateway

    rejects 'adit: command line: unknown keyword "Prot"' -F none -o Prot=22 gateway
    rejects 'adit: command line: Port: "0" is not a port' -F none -p 0 gateway
    rejects 'adit: command line: RekeyLimit: "x"' -F none -o RekeyLimit=x gateway
    rejects 'adit: command line: Ciphers: "rot13" is not' -F none -c rot13 gateway
    rejects 'adit: command line: MACs: "rot13" is not' -F none -m +rot13 gateway
    rejects 'adit: command line: KexAlgorithms: "rot13"' -F none -o KexAlgorithms=^rot13 gateway
    rejects 'adit: command line: HostKeyAlgorithms: "rot13"' -F none -o HostKeyAlgorithms=rot13 \
        gateway

    printf 'IgnoreUnknown Prot,F*\nProt 1\nfoo bar "baz qux"\nPort 29\n' >"$work/ignoring"
    as_ssh "IgnoreUnknown" -F "$work/ignoring" gateway
    [ "$(setting port)" = 29 ] || fail "IgnoreUnknown: $(setting port)"
    as_ssh "IgnoreUnknown on the command line" -F none -o IgnoreUnknown=Prot -o Prot=1 gateway
    run "$ADIT" -v -G -F none -o ForwardX11=yes gateway
    said "adit: ForwardX11 has no effect on tunnels" || fail "-v does not tell what has no effect"
    echo "errors"
}

need ssh
login=$(id -un)
try_destinations
try_options
try_files
try_errors
