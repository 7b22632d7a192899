#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# adit key against ssh-keygen, puttygen and openssl: every type of key, in every format, plain and
# with a passphrase, written by one and read by the other.
. "$(dirname "$0")/lib.sh"

comment='me at work ü'
passphrase='open sesame ä'

need ssh-keygen puttygen openssl
[ -x "$ADIT" ] || skip "$ADIT is not built"
cd "$work"
umask 077
echo "$passphrase" >pass
echo wrong >wrong
umask 022
printf '' >none

adit_key()
{
    "$ADIT" key "$@" >"$work/adit.log" 2>&1 || fail "adit key $*: $(cat "$work/adit.log")"
}

# is_same FILE KEY WHO: the line of a public key has the type and blob of a key's.
is_same()
{
    local wanted

    wanted=$(cut -d' ' -f1,2 "$2.pub")
    [ "$(cut -d' ' -f1,2 "$1")" = "$wanted" ] || fail "$3: another key: $(cat "$1")"
}

has_comment()
{
    [ "$(cut -d' ' -f3- "$1")" = "$comment" ] || fail "$2: the comment is $(cut -d' ' -f3- "$1")"
}

# ---- what adit writes is read by the others ------------------------------------

# puttygen_reads FILE KEY ENCRYPTED: it converts the private half, to a format that this is not.
puttygen_reads()
{
    local secret=none form=private

    [ "$3" = plain ] || secret=pass
    case $1 in *ppk*) form=private-openssh-new ;; esac
    puttygen "$1" --old-passphrase $secret -O $form --new-passphrase none -o again ||
        fail "puttygen does not read $1"
    case $1 in
    *ppk*) ssh-keygen -y -P '' -f again >again.pub ;;
    *) puttygen again -L >again.pub ;;
    esac
    is_same again.pub "$2" "puttygen of $1"
    case $1 in *ppk* | *openssh*) has_comment again.pub "puttygen of $1" ;; esac
    rm -f again again.pub
}

# ssh_keygen_reads FILE KEY ENCRYPTED
ssh_keygen_reads()
{
    local secret=

    [ "$3" = plain ] || secret=$passphrase
    ssh-keygen -y -P "$secret" -f "$1" >again.pub || fail "ssh-keygen does not read $1"
    is_same again.pub "$2" "ssh-keygen of $1"
    rm -f again.pub
}

openssl_reads()
{
    local secret=()

    [ "$3" = plain ] || secret=(-passin "file:pass")
    openssl pkey -in "$1" "${secret[@]}" -check -noout >/dev/null || fail "openssl does not read $1"
}

# adit_reads FILE KEY ENCRYPTED
adit_reads()
{
    local secret=()

    [ "$3" = plain ] || secret=(--passphrase-file pass)
    adit_key convert "${secret[@]}" --to public -o again.pub "$1"
    is_same again.pub "$2" "adit of $1"
    rm -f again.pub
}

written_by_adit()
{
    local key=$1 format=$2 protection=$3 file=$1.$2.$3
    local secret=(--no-passphrase)

    [ "$protection" = plain ] || secret=(--new-passphrase-file pass)
    adit_key convert --to "$format" -o "$file" "${secret[@]}" "$key"
    [ "$(stat -c %a "$file")" = 600 ] || fail "$file has the mode $(stat -c %a "$file")"
    adit_reads "$file" "$key" "$protection"
    case $format in
    openssh) ssh_keygen_reads "$file" "$key" "$protection" ;;
    pem)
        ssh_keygen_reads "$file" "$key" "$protection"
        openssl_reads "$file" "$key" "$protection"
        ;;
    pkcs8)
        openssl_reads "$file" "$key" "$protection"
        case $key in ed25519*) ;; *) ssh_keygen_reads "$file" "$key" "$protection" ;; esac
        ;;
    esac
    [ "$format" = pkcs8 ] || puttygen_reads "$file" "$key" "$protection"
    [ "$protection" = plain ] || refused "$file"
}

# A wrong passphrase is one line, and nothing is written.
refused()
{
    local said

    if said=$("$ADIT" key convert --passphrase-file wrong --to openssh -o nothing "$1" 2>&1); then
        fail "$1 opens with a wrong passphrase"
    fi
    [ "$said" = "adit key: $1: the passphrase is wrong" ] || fail "of a wrong passphrase: $said"
    [ ! -e nothing ] || fail "there is a file after a wrong passphrase"
}

# ---- what the others write is read by adit ---------------------------------------

written_by_puttygen()
{
    local key=$1 version

    for version in 2 3; do
        puttygen "$key" -O private --ppk-param "version=$version" -o by.ppk
        adit_reads by.ppk "$key" plain
        puttygen "$key" -O private --ppk-param "version=$version" --new-passphrase pass -o by.ppk
        adit_reads by.ppk "$key" locked
        adit_key convert --passphrase-file pass --to public -o by.pub by.ppk
        has_comment by.pub "adit of puttygen's version $version"
        rm -f by.ppk by.pub
    done
}

# Not only what it takes by itself.
derivations_of_puttygen()
{
    local param

    for param in kdf=argon2i kdf=argon2d memory=64,passes=2 memory=1024,passes=1,parallelism=4; do
        puttygen ed25519 -O private --ppk-param "$param" --new-passphrase pass -o by.ppk
        adit_reads by.ppk ed25519 locked
        rm -f by.ppk
    done
    puttygen ed25519 -O private --ppk-param memory=1048576,passes=1 --new-passphrase pass -o by.ppk
    if "$ADIT" key convert --passphrase-file pass --to public by.ppk >/dev/null 2>&1; then
        fail "a gibibyte of memory is taken"
    fi
    rm -f by.ppk
}

written_by_ssh_keygen()
{
    local key=$1 form

    for form in RFC4716 PEM PKCS8; do
        cp "$key" by
        ssh-keygen -q -p -P '' -N "$passphrase" -m $form -f by >/dev/null
        adit_reads by "$key" locked
    done
    rm -f by
}

# ---- public keys ---------------------------------------------------------------------

public_formats()
{
    local key=$1

    adit_key convert --to rfc4716 -o by.4716 "$key"
    [ "$(stat -c %a by.4716)" = 644 ] || fail "a public key has the mode $(stat -c %a by.4716)"
    ssh-keygen -i -f by.4716 >again.pub
    is_same again.pub "$key" "ssh-keygen -i"
    puttygen by.4716 -L >again.pub
    is_same again.pub "$key" "puttygen of RFC 4716"
    has_comment again.pub "puttygen of RFC 4716"
    rm -f by.4716 again.pub

    ssh-keygen -e -f "$key.pub" >by.4716
    adit_reads by.4716 "$key" plain
    puttygen "$key" -O public -o by.4716
    adit_reads by.4716 "$key" plain
    adit_key convert --to public --force -o again.pub by.4716
    has_comment again.pub "adit of puttygen's RFC 4716"
    rm -f by.4716 again.pub
}

fingerprints()
{
    local key=$1 shown

    shown=$("$ADIT" key show "$key.pub")
    case $shown in *"$(ssh-keygen -lf "$key.pub" | cut -d' ' -f2)"*) ;; *) fail "$shown" ;; esac
    case $shown in *"$(ssh-keygen -lf "$key.pub" -E md5 | cut -d' ' -f2)"*) ;; *) fail "$shown" ;; esac
    case $shown in *"$(ssh-keygen -lf "$key.pub" | cut -d' ' -f1) bits"*) ;; *) fail "$shown" ;; esac
    case $shown in *"$comment"*) ;; *) fail "no comment: $shown" ;; esac
}

# shows FILE TEXT…: adit key show says each of these lines of it.
shows()
{
    local file=$1 text

    "$ADIT" key show "$file" >shown || fail "adit key show $file"
    shift
    for text; do
        grep -qxF -- "$text" shown || fail "of $file no \"$text\", but: $(cat shown)"
    done
}

# The same key in PEM, as openssl and ssh-keygen write it, is the same key.
public_pem()
{
    local key=$1 form

    for form in PKCS8 PEM; do
        case $key$form in ed25519* | ecdsa*PEM) continue ;; esac
        ssh-keygen -e -m $form -f "$key.pub" >by.pem
        adit_reads by.pem "$key" plain
        shows by.pem 'format:      public key, PEM (pem)' \
            "fingerprint: $(ssh-keygen -lf "$key.pub" | cut -d' ' -f2)"
    done
    adit_key convert --to pkcs8 --no-passphrase -o by "$key"
    openssl pkey -in by -pubout -out by.pem
    adit_reads by.pem "$key" plain
    rm -f by by.pem
}

# What a certificate says, and what ssh-keygen says of it.
certificates()
{
    local key=$1 ca=$2 says validity=20260101:20990101

    TZ=UTC ssh-keygen -q -s "$ca" -I 'an id' -z 18446744073709551615 -n alice,bob -V $validity \
        -O source-address=10.0.0.0/8 -O force-command='ls -l' -O extension:x@y=z "$key.pub"
    says=$(ssh-keygen -L -f "$key-cert.pub")
    [[ $says == *"Serial: 18446744073709551615"*"alice"*"bob"*"force-command ls -l"* ]] ||
        fail "ssh-keygen -L: $says"
    shows "$key-cert.pub" \
        "type:        $(cut -d' ' -f1 "$key-cert.pub"), $(ssh-keygen -lf "$key.pub" | cut -d' ' -f1) bits" \
        "fingerprint: $(ssh-keygen -lf "$key.pub" | cut -d' ' -f2)" \
        'certificate: of a user' 'key id:      an id' 'serial:      18446744073709551615' \
        'principals:  alice' '             bob' \
        'valid:       from 2026-01-01 00:00:00 UTC until 2099-01-01 00:00:00 UTC' \
        "signed by:   $(ssh-keygen -lf "$ca.pub" | cut -d' ' -f2) ($(cut -d' ' -f1 "$ca.pub"))" \
        "signature:   $(sed -n 's/.*(using \(.*\))/\1/p' <<<"$says"), good" \
        'critical:    force-command ls -l' '             source-address 10.0.0.0/8' \
        '             permit-port-forwarding' '             x@y z'
    ssh-keygen -q -s "$ca" -h -I 'another id' -V -2d:-1d "$key.pub"
    shows "$key-cert.pub" 'certificate: of a host' 'principals:  none'
    grep -q '^valid: .*(over)$' shown || fail "a certificate that has expired: $(cat shown)"
    if "$ADIT" key convert --to rfc4716 "$key-cert.pub" 2>/dev/null; then
        fail 'a certificate is no key to convert'
    fi
    rm "$key-cert.pub"
}

# A key of a token, put together here from the bytes of a plain one.
tokens()
{
    local name=sk-ssh-ed25519@openssh.com

    {
        printf '%s ' $name
        { printf '\0\0\0\x1a%s' $name; cut -d' ' -f2 ed25519.pub | base64 -d | tail -c 36
            printf '\0\0\0\x04ssh:'; } | base64 -w 0
        echo ' at home'
    } >token.pub
    shows token.pub "type:        $name, 256 bits" 'token:       ssh:' 'comment:     at home' \
        "fingerprint: $(ssh-keygen -lf token.pub | cut -d' ' -f2)"
}

kinds="ed25519: ecdsa:256 ecdsa:384 ecdsa:521 rsa:2048 rsa:3072"
# One of each shows a sanitizer all of the code.
[ -z "${SANITIZE-}" ] || kinds="ed25519: ecdsa:521 rsa:2048"
for kind in $kinds; do
    type=${kind%:*} bits=${kind#*:} key=$type${kind#*:}
    # Half of the keys are made by ssh-keygen, half by adit.
    case $kind in
    ed25519: | ecdsa:384 | rsa:2048)
        adit_key new -t "$type" ${bits:+-b "$bits"} -C "$comment" --no-passphrase "$key"
        ;;
    *) ssh-keygen -q -t "$type" ${bits:+-b "$bits"} -C "$comment" -N '' -f "$key" ;;
    esac
    [ "$(stat -c %a "$key")$(stat -c %a "$key.pub")" = 600644 ] || fail "$key: modes"
    for format in openssh pem pkcs8 ppk2 ppk3; do
        [ "$format$type" != pemed25519 ] || continue
        written_by_adit "$key" $format plain
        written_by_adit "$key" $format locked
    done
    written_by_puttygen "$key"
    [ "$type" = ed25519 ] || written_by_ssh_keygen "$key"
    public_formats "$key"
    fingerprints "$key"
    public_pem "$key"
    certificates "$key" ed25519
    certificates ed25519 "$key"
    echo "$key goes round"
done
derivations_of_puttygen
tokens

# From every format to every other, and the key is still the same at the end.
cp rsa2048 walk
for format in ppk3 pem ppk2 openssh pkcs8 ppk2 pem openssh ppk3 pkcs8 openssh; do
    adit_key convert --to $format -o walked walk
    mv walked walk
done
ssh_keygen_reads walk rsa2048 plain
echo "a key goes through all formats"
