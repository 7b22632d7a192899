#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# adit -G says of every configuration in ssh_config.cases what ssh -G says of it, for every keyword
# that both know. Where the two have other defaults, a default of one must be the other's too.
. "$(dirname "$0")/client.sh"

same='host hostname user port hostkeyalias bindaddress bindinterface addressfamily
    proxycommand proxyjump proxyusefdpass canonicalizehostname canonicaldomains canonicalizemaxdots
    canonicalizefallbacklocal canonicalizepermittedcnames certificatefile identitiesonly
    identityagent addkeystoagent pubkeyauthentication passwordauthentication
    kbdinteractiveauthentication preferredauthentications numberofpasswordprompts batchmode
    stricthostkeychecking userknownhostsfile globalknownhostsfile hashknownhosts updatehostkeys
    compression rekeylimit serveralivecountmax tcpkeepalive gatewayports
    clearallforwardings localforward remoteforward dynamicforward streamlocalbindmask
    streamlocalbindunlink controlmaster controlpath controlpersist loglevel'
own='identityfile kexalgorithms hostkeyalgorithms ciphers macs pubkeyacceptedalgorithms
    casignaturealgorithms connecttimeout serveraliveinterval exitonforwardfailure'

cases=$(dirname "$0")/ssh_config.cases

# split: one folder for each case, with its configuration, command lines and files.
split()
{
    awk -v work="$work/cases" '
        /^== / { dir = sprintf("%s/%03d", work, ++n); system("mkdir -p " dir)
                 file = dir "/config"; printf "" >file; print substr($0, 4) >(dir "/about"); next }
        /^> / { print substr($0, 3) >>(dir "/lines"); next }
        /^-- / { file = dir "/" $2; next }
        n { gsub(/@/ , "\001"); while (i = index($0, "\001")) {
                after = substr($0, i + 1, 1)
                $0 = substr($0, 1, i - 1) (after == "/" ? dir : "@") substr($0, i + 1) }
            print >>file }
    ' "$cases"
}

# compare FOLDER WORDS…
compare()
{
    local folder=$1

    shift
    ssh -G -F "$folder/config" "$@" >"$work/of_ssh" 2>"$work/ssh.log" </dev/null ||
        fail "ssh does not take $(cat "$folder/about"): $(cat "$work/ssh.log")"
    AGENT=/agent "$ADIT" -G -F "$folder/config" "$@" >"$work/of_adit" 2>"$work/adit.log" </dev/null ||
        fail "$(cat "$folder/about"), $*: $(cat "$work/adit.log")"
    awk -v same="$same" -v own="$own" -v seen="$work/seen" '
        function add(kind) {
            keyword = tolower($1)
            value[kind, keyword] = value[kind, keyword] substr($0, length($1) + 1) "\n"
        }
        { sub(/ $/, ""); add(FILENAME) }
        END {
            split(same " " own, words)
            for (i in words) is_same[words[i]] = 0
            count = split(same, list)
            for (i = 1; i <= count; i++) is_same[list[i]] = 1
            for (k in is_same) {
                s = value[ARGV[1], k]; a = value[ARGV[2], k]
                if (s == " UNKNOWN\n") continue # OpenSSH 10 has no word for its own -C
                s0 = value[ARGV[3], k]; a0 = value[ARGV[4], k]
                if (s != s0) print k >>seen
                if (s != a && (is_same[k] || s != s0 || a != a0)) { printf "%s:\n  ssh: %s  adit:%s", k, s, a; bad = 1 }
            }
            exit bad
        }' "$work/of_ssh" "$work/of_adit" "$work/default_of_ssh" "$work/default_of_adit" ||
        fail "$(cat "$folder/about"), $*"
}

need ssh
split
ssh -G -F none -o HostName=nowhere -p 1 nobody@none >"$work/default_of_ssh" </dev/null
"$ADIT" -G -F none -o HostName=nowhere -p 1 nobody@none >"$work/default_of_adit"
: >"$work/seen"
count=0
for folder in "$work"/cases/*; do
    while read -r -a words; do
        compare "$folder" "${words[@]}"
        count=$((count + 1))
    done <"$folder/lines"
done
files=$(find "$work/cases" -name config | wc -l)
[ "$files" -ge 60 ] || fail "only $files configurations"
for keyword in $same $own; do
    grep -qx "$keyword" "$work/seen" || fail "no case sets $keyword"
done
echo "$files configurations, $count command lines"
