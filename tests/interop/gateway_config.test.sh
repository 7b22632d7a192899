#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# aditd -t and -T: what is wrong is found before anything is served, and named by file and line.
. "$(dirname "$0")/gateway.sh"

make_key host ed25519
config=$work/config

# aditd ARGUMENTS…: its words in `told`, its end in $status.
aditd()
{
    status=0
    timeout 30 "$ADITD" "$@" </dev/null >"$work/printed" 2>"$work/told" || status=$?
}

# write LINES…: the configuration, \0 and the like as printf has them; a good HostKey is line 1.
write()
{
    # shellcheck disable=SC2059 # they are formats
    { echo "HostKey $work/host" && printf "$@"; } >"$config"
}

good()
{
    write "$@"
    aditd -t -f "$config"
    [ "$status" -eq 0 ] || fail "-t is not content with \"$*\": $(cat "$work/told")"
    [ ! -s "$work/told" ] || fail "-t has something to say: $(cat "$work/told")"
    [ ! -s "$work/printed" ] || fail "-t prints: $(cat "$work/printed")"
}

# says_wrong SENTENCE: exactly this on stderr, and exit status 255.
says_wrong()
{
    [ "$status" -eq 255 ] || fail "status $status instead of 255: $1"
    [ "$(cat "$work/told")" = "aditd: $1" ] || fail "\"$(cat "$work/told")\" instead of \"$1\""
    [ ! -s "$work/printed" ] || fail "something on stdout: $1"
}

# bad LINES SENTENCE: the last line is the wrong one, and its number stands before the sentence.
bad()
{
    write "$1"
    aditd -t -f "$config"
    says_wrong "$config:$(wc -l <"$config"): $2"
}

echo "good ones"
good ''
good '# a remark\n\n\t  \n port = 2222 # another\r\nPort 2223\nPORT 2224\n'
good 'PermitOpen db:3306 [2001:db8::7]:5432 *.example.com:* 10.0.0.*:1\nPermitListen 1 [::1]:2 *\n'
good 'AuthorizedKeysFile "/a file/%%u" %%h/keys none%%%%\nMaxStartups 10:30:60\nLoginGraceTime 1m30s\n'
good 'X11Forwarding no\nForceCommand none\nUsePAM no\n'
good 'SshdDefaults yes\nUsePAM yes\nX11Forwarding yes\nSubsystem sftp internal-sftp\nPrintMotd no\n'
good 'X11Forwarding yes\nSshdDefaults yes\n' # it may stand below
good "Include $work/no-such-*\n"

echo "bad ones"
support='is not supported: the gateway'
soft='(or set SshdDefaults yes)'
more='is not supported, and to pass over it would let in more than was meant'
bad '\n# here:\nUnheard of\n' 'unknown keyword "Unheard"'
bad 'Fo\033[31mo 1\n' 'unknown keyword "Fo\x1b[31mo"'
bad 'ForceCommand /bin/true\n' "ForceCommand $support never starts a shell $soft"
bad 'Port 22\nX11Forwarding yes\n' "X11Forwarding $support forwards TCP only, not X11 $soft"
bad 'UsePAM yes\n' "UsePAM $support does not use PAM $soft"
bad 'AllowGroups miners\n' "AllowGroups $more"
bad 'SshdDefaults yes\nAllowGroups miners\n' "AllowGroups $more"
bad 'SshdDefaults yes\nRevokedKeys /etc/revoked\n' "RevokedKeys $more"
bad 'Match User x\n' 'Match is not supported yet'
bad 'SshdDefaults yes\nMatch User x\n' 'Match is not supported yet'
bad 'Port 22\0 3\n' 'a NUL byte or line break inside the line'
bad 'Port\n' 'Port: a value is missing'
bad 'Port 0\n' 'Port: "0" is not a port from 1 to 65535'
bad 'Port 65536\n' 'Port: "65536" is not a port from 1 to 65535'
bad 'PermitOpen db\n' 'PermitOpen: "db" is not host:port or a path'
bad 'PermitListen here:there\n' 'PermitListen: "here:there" is not a port, host:port or a path'
bad 'Banner "not closed\n' 'a quote has no end'
bad 'MaxStartups 0\n' 'MaxStartups: "0" is not a number, or start:rate:full such as 10:30:100'
bad 'AuthorizedKeysFile /keys/%%d\n' 'AuthorizedKeysFile: unknown % token "%d"'
bad '=1\n' 'no keyword before "="'

echo "bad files"
printf '\n\nPort x\n' >"$work/included"
write "Include $work/included\n"
aditd -t -f "$config"
says_wrong "$work/included:3: Port: \"x\" is not a port from 1 to 65535"
aditd -t -f "$work/missing"
says_wrong "$work/missing: No such file or directory"
mkfifo "$work/fifo"
aditd -t -f "$work/fifo"
says_wrong "$work/fifo: is not a regular file"
write "Banner $work/fifo\n"
aditd -t -f "$config"
says_wrong "banner: $work/fifo: is not a regular file"
write ''
aditd -t -f "$config" -o LogLevel=LOUD
[ "$status" -eq 255 ] || fail "-o LogLevel=LOUD is taken"
grep -q '^aditd: command line: LogLevel: "LOUD" is not' "$work/told" || fail "$(cat "$work/told")"
sed -i 1d "$config"
aditd -t -f "$config" -o "HostKey=$work/none_rsa"
says_wrong "no host key; make one: ssh-keygen -t rsa -N '' -f $work/none_rsa"
aditd -t -f "$config" -h "$work/a/b/host"
says_wrong "no host key; make one: mkdir -p $work/a/b && ssh-keygen -t ed25519 -N '' -f $work/a/b/host"
aditd -t -f "$config" -h "$work/fifo"
says_wrong "host key: $work/fifo: is not a regular file"
aditd -t -f "$config" -h "$work/host.pub"
[ "$status" -eq 255 ] || fail "a public key is a host key"
aditd -t -f "$config" -h "$work/host" -h "$work/typo" -o "HostKey=$work/slip"
[ "$status" -eq 0 ] || fail "a HostKey that is missing beside a good one: $(cat "$work/told")"
[ "$(cat "$work/told")" = "aditd: no host key $work/typo: it is passed over
aditd: no host key $work/slip: it is passed over" ] || fail "$(cat "$work/told")"
aditd -t -f "$config" -h "$work/host" -h "$work/typo" -e
[ "$(wc -l <"$work/told")" -eq 1 ] || fail "a HostKey that is missing, with -e: $(cat "$work/told")"
ssh-keygen -q -t rsa -b 1024 -N '' -f "$work/short"
aditd -t -f "$config" -h "$work/short"
[ "$status" -eq 255 ] || fail "an RSA key of 1024 bits is a host key"
grep -qF "aditd: host key $work/short: is beyond the limits: an RSA key has 2048 to 16384 bits" "$work/told" ||
    fail "$(cat "$work/told")"
chmod 640 "$work/host"
aditd -t -f "$config" -h "$work/host"
says_wrong "host key: $work/host: others have rights on it (mode 0640); make it 0600"
chmod 600 "$work/host"
aditd -t -f "$config" -h "$work/host"
[ "$status" -eq 0 ] || fail "$(cat "$work/told")"

# What is said of a gateway's first key, in an empty folder for /etc/aditd.
echo "recipes"
for recipe in "sed -n '/^## A gateway/,/^It is/s/^    //p' README.md" \
    "sed -n 's/^\.Dl \(.*etc.aditd\)/\1/p' docs/man/aditd.8"; do
    rm -rf "$work/etc"
    (cd "$here/../.." && eval "$recipe") | sed "s|/etc/aditd|$work/etc|g; /^aditd /d" >"$work/recipe"
    [ "$(wc -l <"$work/recipe")" -ge 2 ] || fail "no recipe: $recipe"
    sh -e "$work/recipe" >/dev/null 2>"$work/told" || fail "$recipe: $(cat "$work/told")"
    aditd -t -f "$config" -h "$work/etc/ssh_host_ed25519_key"
    [ "$status" -eq 0 ] || fail "$recipe: $(cat "$work/told")"
done

echo "-T"
write 'PermitOpen db:3306 [::1]:*\nPermitListen 20000 here:1\nMaxAuthTries 3\nMaxAuthTries 4\n'
aditd -T -f "$config" -o LogLevel=VERBOSE -p 2222
[ "$status" -eq 0 ] || fail "-T: $(cat "$work/told")"
for line in "hostkey $work/host" 'permitopen db:3306 [::1]:*' 'permitlisten 20000 here:1' \
    'maxauthtries 3' 'loglevel VERBOSE' 'listenaddress *:2222' 'sshddefaults no'; do
    grep -qxF "$line" "$work/printed" || fail "-T without \"$line\": $(cat "$work/printed")"
done
cp "$work/printed" "$work/first"
aditd -T -f "$work/first"
cmp "$work/first" "$work/printed" || fail "what -T prints does not read back"

# listens_on ADDRESSES ARGUMENTS…: with the configuration, and these options.
listens_on()
{
    local addresses=$1 listed

    shift
    aditd -T -f "$config" "$@"
    [ "$status" -eq 0 ] || fail "-T $*: $(cat "$work/told")"
    listed=$(sed -n 's/^listenaddress //p' "$work/printed" | xargs)
    [ "$listed" = "$addresses" ] || fail "with \"$*\" it listens on $listed instead of $addresses"
}

echo "no file"
for none in none /dev/null; do
    aditd -T -f "$none" -h "$work/host" -o 'PermitOpen db:3306'
    [ "$status" -eq 0 ] || fail "-f $none: $(cat "$work/told")"
    grep -qxF 'permitopen db:3306' "$work/printed" || fail "-f $none: $(cat "$work/printed")"
done

echo "-p stands for every Port of the file"
write 'Port 2300\nPort 2301\n'
listens_on '*:2300 *:2301'
listens_on '*:2999' -p 2999
listens_on '*:2998 *:2999' -p 2998 -p 2999
listens_on '*:2999 *:2300 *:2301' -o Port=2999
write 'Port 2300\nListenAddress 127.0.0.1\nListenAddress 127.0.0.1:2301\n'
listens_on '127.0.0.1:2999 127.0.0.1:2301' -p 2999
write 'Port 2300\nPort 2301\nListenAddress 127.0.0.1\n'
listens_on '127.0.0.1:2300' -p 0
write 'Port x\n'
aditd -t -f "$config" -p 2999
says_wrong "$config:2: Port: \"x\" is not a port from 1 to 65535"

echo "command lines"
for arguments in -Z 'stray' '-p x' '-p 65536' '--try -i' -f; do
    # shellcheck disable=SC2086 # they are words
    aditd $arguments
    [ "$status" -eq 1 ] || fail "aditd $arguments returns $status"
    [ -s "$work/told" ] || fail "aditd $arguments says nothing"
done
for arguments in -V --version --help; do
    aditd "$arguments"
    [ "$status" -eq 0 ] || fail "aditd $arguments returns $status"
    grep -q aditd "$work/printed" || fail "aditd $arguments prints nothing"
done
write ''
for arguments in -V --help "-T -f $config"; do
    status=0
    # shellcheck disable=SC2086 # they are words
    "$ADITD" $arguments </dev/null >/dev/full 2>"$work/told" || status=$?
    [ "$status:$(cat "$work/told")" = "255:aditd: what there is to print could not be written to stdout" ] ||
        fail "aditd $arguments >/dev/full: status $status, $(cat "$work/told")"
done
