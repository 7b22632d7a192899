#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Every function of a header that returns enum adit_err is ADIT_MUST_USE.
. "$(dirname "$0")/lint.sh"

# These cannot fail: they note a failure and hand it back for `return`, or tell of one.
tellers='adit_session_error|adit_transport_fault|adit_failure_set|adit_config_source_fail'
tellers="$tellers|adit_setting_fail|adit_setting_bad"

check()
{
    local root=$1 file found

    while read -r file; do
        c_code "$file" >"$list" || fault "${file#"$root"/}: cannot be read"
        while read -r found; do
            fault "${file#"$root"/}: $found"
        done < <(awk -v tellers="^($tellers)\$" '
            /^[ \t]*#/ { next }
            { text = text " " $0 }
            END {
                count = split(text, declarations, /[;{}]/)
                for (i = 1; i <= count; i++)
                    if (match(declarations[i], /enum adit_err +[a-z0-9_]+ *\(/) &&
                        declarations[i] !~ /ADIT_MUST_USE/) {
                        name = substr(declarations[i], RSTART, RLENGTH)
                        gsub(/enum adit_err +| *\(/, "", name)
                        if (name !~ tellers)
                            print name " is not ADIT_MUST_USE"
                    }
            }' "$list")
    done < <(c_files "$root" include src apps | grep '\.h$')
    verdict
}

plant()
{
    printf 'ADIT_API enum adit_err\nadit_x(int a,\n int b);\n' | put src/base/x.h
    finds "a declaration over three lines"
    printf 'ADIT_MUST_USE enum adit_err a(void);\nstatic inline enum adit_err b(void) { return 0; }\n' |
        put include/adit/x.h
    finds "an inline function after a good one"
    printf 'ADIT_MUST_USE enum adit_err\na(enum adit_err err);\nstruct t { enum adit_err (*f)(void); };
const char *text(enum adit_err err);\n/* enum adit_err x(void); */\nenum adit_err { OK };\n' |
        put src/base/x.h
    passes "a good one, a pointer, an argument, a comment"
}

lint "$@"
