#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# No note to oneself, and no path of the machine where it was written. The users whom tests invent
# may have a home.
. "$(dirname "$0")/lint.sh"

notes='TO''DO|FIX''ME|X''XX|HA''CK'
paths='/wo''rk/|/ho''me/|/ro''ot/'

check()
{
    local root=$1 line

    while read -r line; do
        fault "${line#"$root"/}"
    done < <(grep -rIInE --exclude-dir=.git --exclude=.git --exclude-dir='build*' --exclude-dir=corpus \
        "\\b($notes)\\b|(^|[^[:alnum:]_./%~-])($paths)" "$root" | grep -v "^$root/tests/.*/ho""me/")
    verdict
}

plant()
{
    echo "/* ${notes%%|*}: later */" | put src/base/x.c
    finds "a note to oneself"
    echo "cd ${paths%%|*}main" | put scripts/x
    finds "a path of the machine"
    echo "char path[] = \"/ho""me/me/adit\";" | put src/base/x.c
    finds "somebody's home"
    echo 'char path[] = "/tmp/adit-XXXXXX"; int artwork; /* a/work/b */' | put src/base/x.c
    passes "a template of mkstemp"
}

lint "$@"
