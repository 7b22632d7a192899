#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# known_hosts and StrictHostKeyChecking, with ssh as the judge of what a line means and of what adit
# has written.
. "$(dirname "$0")/client.sh"

# know LINES…: makes them known_hosts.
know()
{
    printf '%s\n' "$@" >"$work/known_hosts"
    cp "$work/known_hosts" "$work/known_before"
}

unchanged()
{
    cmp -s "$work/known_hosts" "$work/known_before" || fail "$1: known_hosts was written to"
}

# grown WHAT: known_hosts has one line more, which ssh takes for this server's key.
grown()
{
    head -n -1 "$work/known_hosts" | cmp -s - "$work/known_before" ||
        fail "$1: not one line more in known_hosts"
    as_ssh "${@:2}" || fail "$1: ssh does not know the host by it"
}

# as_ssh OPTIONS…: whether ssh takes the host key of the server.
as_ssh()
{
    plain_arguments
    ssh -F none -o BatchMode=yes -o StrictHostKeyChecking=yes "$@" "${arguments[@]}" true \
        >"$work/ssh.log" 2>&1 </dev/null
}

strictly=(-o StrictHostKeyChecking=yes)

# ---- what a policy does with a key -----------------------------------------------

# The five ways to know a host.
know_host()
{
    case $1 in
    new) know "[127.0.0.2]:$server_port $key" ;;
    match) know "$name $key" ;;
    other) know "$name $ecdsa" ;;
    changed) know "# a comment" "$name $wrong" ;;
    revoked) know "$name $key" "@revoked $name $key" ;;
    esac
}

refusal_of()
{
    case $1 in
    new) echo "the host key of $name is not known (ssh-ed25519 $fingerprint)" ;;
    other) echo "$name is known by host keys of other types, but showed ssh-ed25519 $fingerprint" ;;
    changed) echo "ssh-ed25519 $fingerprint, and $work/known_hosts line 2 differs" ;;
    revoked) echo "$fingerprint, is marked as revoked in $work/known_hosts line 2" ;;
    esac
}

try_policies()
{
    local policy how verdict

    while read -r policy how verdict; do
        know_host "$how"
        will_answer yes
        case $verdict in
        takes)
            accepted "$policy, $how" -o "StrictHostKeyChecking=$policy"
            unchanged "$policy, $how"
            ;;
        warns)
            accepted "$policy, $how" -o "StrictHostKeyChecking=$policy"
            said "adit: WARNING: gateway: " || fail "$policy, $how: no warning"
            said "$(refusal_of "$how")" || fail "$policy, $how: the warning does not say why"
            unchanged "$policy, $how"
            ;;
        refuses)
            refuses "$(refusal_of "$how")" -o "StrictHostKeyChecking=$policy"
            unchanged "$policy, $how"
            ;;
        writes | asks)
            accepted "$policy, $how" -o "StrictHostKeyChecking=$policy"
            said "was added to $work/known_hosts" || fail "$policy, $how: it does not say so"
            grown "$policy, $how"
            ;;
        esac
        [ "$(questions)" -eq "$([ "$verdict" = asks ] && echo 1 || echo 0)" ] ||
            fail "$policy, $how: $(questions) questions"
    done <<END
yes         new      refuses
yes         match    takes
yes         other    refuses
yes         changed  refuses
yes         revoked  refuses
ask         new      asks
ask         match    takes
ask         other    asks
ask         changed  refuses
ask         revoked  refuses
accept-new  new      writes
accept-new  match    takes
accept-new  other    refuses
accept-new  changed  refuses
accept-new  revoked  refuses
no          new      writes
no          match    takes
no          other    warns
no          changed  warns
no          revoked  refuses
off         changed  warns
END
    echo "every policy with every key"
}

try_answers()
{
    local answer

    for answer in yes YES "$fingerprint"; do
        know_host new
        will_answer "$answer"
        accepted "the answer $answer"
        grown "the answer $answer"
        grep -qF "$name" "$work/asked" || fail "the question does not name the host"
        grep -qxF "$fingerprint" "$work/asked" || fail "the question does not show the key"
    done
    for answer in no '' ; do
        know_host new
        will_answer "$answer"
        refuses "$(refusal_of new)"
        unchanged "the answer $answer"
    done
    will_answer maybe "${fingerprint^^}" yes
    accepted "an answer at the third time"
    [ "$(grep -c '^Please type' "$work/asked")" -eq 2 ] ||
        fail "unclear answers are not asked about"
    know_host new
    will_answer maybe perhaps why yes
    refuses "$(refusal_of new)"
    will_answer
    refuses "$(refusal_of new)"
    will_answer yes
    refuses "$(refusal_of new)" -o BatchMode=yes
    [ "$(questions)" -eq 0 ] || fail "BatchMode: asked"
    unchanged "no answer"
    echo "answers to the question"
}

try_terminal()
{
    know_host new
    plain_arguments
    on_terminal "(yes/no/fingerprint)?" yes "$ADIT" -F none "${arguments[@]}" -L "$serving:a:1"
    grep -q "Address already in use" "$work/screen.log" || fail "yes on a terminal is no login"
    grep -qF "$fingerprint" "$work/screen.log" || fail "the question does not show the key"
    grown "yes on a terminal"
    know_host new
    on_terminal "(yes/no/fingerprint)?" no "$ADIT" -F none "${arguments[@]}" -L "$serving:a:1"
    [ "$status" -eq 255 ] || fail "no on a terminal: status $status"
    grep -qF "$(refusal_of new)" "$work/screen.log" || fail "no on a terminal: not a sentence"
    unchanged "no on a terminal"
    echo "the question on a terminal"
}

# ---- what a line means --------------------------------------------------------------

# Whether ssh and adit take the key, given these lines. What is worse to adit than to ssh: a key
# that is revoked for a host is so at each of its ports.
try_lines()
{
    local verdict lines

    while IFS='|' read -r verdict lines; do
        printf '%b\n' "$lines" >"$work/known_hosts"
        if [ "$verdict" = good ]; then
            as_ssh || fail "ssh: $lines"
            accepted "$lines" "${strictly[@]}"
        else
            [ "$verdict" = worse ] || ! as_ssh || fail "ssh is content: $lines"
            refuses "adit: gateway: " "${strictly[@]}" -o LogLevel=FATAL # which lines are broken is INFO
            grep -qE "the host key of|the ssh-ed25519 host key|host keys of other types" \
                "$work/adit.log" || fail "not because of the key: $lines"
        fi
    done <<END
good|$name $key
good|$name $key and a comment
good|\\n# comment\\n\\t $name\\t$key
good|127.0.0.1 $key
good|other,$name,more $key
good|127.0.0.1 $wrong\\n$name $key
good|$name $wrong\\n$name $key
good|$name $ecdsa\\n$name $key
good|* $key
good|127.0.0.* $key
good|127.0.0.? $key
good|[127.0.0.1]:* $key
good|[127.0.*]:$server_port $key
good|!127.0.0.2,127.0.0.* $key
good|!127.0.0.1,* $key
good|*,!$name $key
good|$name garbage\\nno line at all\\n$name $key
good|$name ssh-ed25519 AAAA\\n$name $key
good|@cert-authority $name $wrong\\n$name $key
good|@revoked $name $wrong\\n$name $key
good|@revoked other $key\\n$name $key
good|@unknown-marker $name $wrong\\n$name $key
bad|
bad|$name
bad|$name ssh-ed25519
bad|# $name $key
bad|[127.0.0.1]:1 $key
bad|[127.0.0.2]:$server_port $key
bad|127.0.0.1:$server_port $key
bad|!127.0.0.1,!$name,* $key
bad|*,!*127.0.0.1* $key
bad|$name $wrong
bad|127.0.0.1 $wrong
bad|@cert-authority $name $key
bad|@revoked $name $key
bad|@revoked * $key\\n$name $key
worse|@revoked 127.0.0.1 $key\\n$name $key
bad|@unknown-marker $name $key
END
    echo "lines of known_hosts"
}

try_hashed()
{
    know "$name $key"
    ssh-keygen -q -H -f "$work/known_hosts" >>"$work/keys.log" 2>&1
    ! grep -qF "$name" "$work/known_hosts" || fail "ssh-keygen -H did nothing"
    as_ssh || fail "ssh: a hashed line"
    accepted "a hashed line" "${strictly[@]}"
    know "$name $wrong"
    ssh-keygen -q -H -f "$work/known_hosts" >>"$work/keys.log" 2>&1
    refuses "and $work/known_hosts line 1 differs" "${strictly[@]}"
    know "other $key" "$name $key"
    ssh-keygen -q -H -f "$work/known_hosts" >>"$work/keys.log" 2>&1
    sed -i 's/^|1|/@revoked &/' "$work/known_hosts"
    refuses "is marked as revoked in $work/known_hosts line 2" "${strictly[@]}"
    echo "hashed lines"
}

try_files()
{
    know
    printf '%s\n' "$name $key" >"$work/second"
    accepted "a second file" "${strictly[@]}" \
        -o "UserKnownHostsFile=$work/known_hosts $work/none $work/second"
    accepted "the system's file" "${strictly[@]}" -o "GlobalKnownHostsFile=$work/second"
    printf '%s\n' "@revoked * $key" >"$work/third"
    refuses "revoked in $work/third line 1" -o "UserKnownHostsFile=$work/second $work/third"
    unchanged "files that say enough"

    # The first file is written to. Neither it nor its folder need be there; nor its last newline.
    accepted "no file" -o StrictHostKeyChecking=accept-new \
        -o "UserKnownHostsFile=$work/folder/new $work/known_hosts"
    unchanged "a second file of the user"
    [ "$(stat -c %a "$work/folder" "$work/folder/new" | xargs)" = "700 600" ] ||
        fail "a new file may be read by others"
    cp "$work/folder/new" "$work/known_hosts"
    as_ssh || fail "ssh: what was written into a new file"
    printf '%s' "other $key" >"$work/known_hosts"
    accepted "no newline at the end" -o StrictHostKeyChecking=accept-new
    as_ssh || fail "what was written joins the line before it"
    as_ssh -o HostKeyAlias=other || fail "what was written spoils the line before it"
    know
    accepted "no file to write to" -o StrictHostKeyChecking=accept-new -o UserKnownHostsFile=none
    unchanged "UserKnownHostsFile=none"
    accepted "a file that cannot be made" -o StrictHostKeyChecking=accept-new \
        -o UserKnownHostsFile=/proc/none/known_hosts
    said "cannot be written to /proc/none" || fail "it does not say that the key was not written"

    # One that is there and cannot be read may have said that the key is wrong.
    for policy in yes ask accept-new; do
        refuses "is known cannot be told: $work: is not a regular file" \
            -o "StrictHostKeyChecking=$policy" -o "UserKnownHostsFile=$work"
    done
    accepted "a second file that says enough" "${strictly[@]}" \
        -o "UserKnownHostsFile=$work $work/second"
    [ "$(grep -c "$work: is not a regular file" "$work/adit.log")" -eq 1 ] ||
        fail "not once: $(cat "$work/adit.log")"
    echo "files of known hosts"
}

try_names()
{
    know "castle $key"
    accepted "HostKeyAlias" "${strictly[@]}" -o HostKeyAlias=castle
    accepted "HostKeyAlias in other letters" "${strictly[@]}" -o HostKeyAlias=CASTLE
    know "$name $key"
    refuses "the host key of castle is not known" "${strictly[@]}" -o HostKeyAlias=castle
    will_answer yes
    accepted "HostKeyAlias" -o HostKeyAlias=castle
    grown "HostKeyAlias" -o HostKeyAlias=castle
    [ "$(tail -n 1 "$work/known_hosts")" = "castle $key" ] ||
        fail "HostKeyAlias: not under that name"

    know "other $wrong"
    accepted "HashKnownHosts" -o StrictHostKeyChecking=accept-new -o HashKnownHosts=yes
    grown "HashKnownHosts"
    grep -q '^|1|[^ ]* ssh-ed25519 ' "$work/known_hosts" || fail "HashKnownHosts: no hash"
    ! grep -qF 127.0.0.1 "$work/known_hosts" || fail "HashKnownHosts: the name is there"
    [ -n "$(ssh-keygen -F "$name" -f "$work/known_hosts")" ] || fail "ssh-keygen does not find it"

    know "other $wrong"
    accepted "no HashKnownHosts" -o StrictHostKeyChecking=accept-new
    [ "$(tail -n 1 "$work/known_hosts")" = "$name $key" ] || fail "not as ssh would write it"
    echo "names in known_hosts"
}

# The sentence about a changed key holds the command that mends it.
try_remedy()
{
    know "other $key" "$name $wrong" "$name $ecdsa"
    refuses "line 2 differs" -o StrictHostKeyChecking=accept-new
    sh -c "$(sed -n 's/.*is confirmed: //p' "$work/adit.log")" >>"$work/keys.log" 2>&1 ||
        fail "the command that adit names does not work"
    [ "$(cat "$work/known_hosts")" = "other $key" ] || fail "the command removes something else"
    accepted "after the remedy" -o StrictHostKeyChecking=accept-new
    echo "the remedy for a changed key"
}

# A host that is known by one of its keys is asked for that one first.
try_order()
{
    server_options=("HostKey $work/ecdsa")
    start_server sshd
    name="[127.0.0.1]:$server_port"
    know "$name $ecdsa"
    accepted "a host known by its second key" "${strictly[@]}"
    said "host key ecdsa-sha2-nistp256" || fail "it does not ask for the key that it knows"
    know "$name $key"
    accepted "a host known by its first key" "${strictly[@]}"
    said "host key ssh-ed25519" || fail "it does not ask for the key that it knows"
    refuses "host keys of other types" "${strictly[@]}" -o HostKeyAlgorithms=ecdsa-sha2-nistp256
    stop "$server_pid"
    echo "the order of host keys"
}

need ssh ssh-keygen script
make_keys
make_key wrong ed25519
make_key ecdsa ecdsa -b 256
start_traffic
key=$(cut -d' ' -f1,2 "$work/host.pub")
wrong=$(cut -d' ' -f1,2 "$work/wrong.pub")
ecdsa=$(cut -d' ' -f1,2 "$work/ecdsa.pub")
fingerprint=$(ssh-keygen -l -f "$work/host.pub" | cut -d' ' -f2)
start_server sshd
name="[127.0.0.1]:$server_port"
try_policies
try_answers
try_terminal
try_lines
try_hashed
try_files
try_names
try_remedy
stop "$server_pid"
try_order
