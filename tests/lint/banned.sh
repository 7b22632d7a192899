#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Functions that have no safe use here, or only one that must be seen.
. "$(dirname "$0")/lint.sh"

banned='strcpy|strcat|stpcpy|sprintf|vsprintf|gets|atoi|atol|atoll|strtok|alloca|realloc'
banned="$banned|select|FD_SET|system|popen|tmpnam|mktemp|rand|srand|random|setjmp|longjmp|signal"

# memcmp() stops at the first difference. In crypto/ it is for public values alone, and says so in
# a comment on its line: "public".
check_memcmp()
{
    local file=$1 number

    while IFS=: read -r number _; do
        sed -n "${number}p" "$file" | grep -q '/\*.*public' ||
            fault "$2:$number: memcmp() in crypto/ without the comment that the bytes are public"
    done < <(grep -nE '\bmemcmp *\(' "$3")
}

# kill(-1) ends every process: the line, or one of the three before it, compares the pid with 0.
check_kill()
{
    local number pid

    while IFS=: read -r number pid; do
        sed -n "$((number > 3 ? number - 3 : 1)),${number}p" "$2" | grep -qF "$pid > 0" ||
            fault "$1:$number: kill() of a pid that was not compared with 0"
    done < <(sed -nE '=;s/.*\bkill *\( *([^,]*[^, ]) *,.*/\1/p' "$2" |
        awk '/^[0-9]+$/ { line = $0; next } { print line ":" $0 }')
}

# What a signal handler may call, of signal-safety(7); and what only looks like a call.
safe='write clock_gettime sigaction raise tcsetattr atomic_store atomic_compare_exchange_strong'
safe="$safe if while for switch return sizeof"

# A handler stands in the file that installs it, and so does what it calls, down to those.
check_handlers()
{
    local number text

    while IFS=: read -r number text; do
        fault "$1:$number: $text"
    done < <(awk -v safe="$safe" '
        function cut(pattern) { # the word in the next match, and the line without it
            if (!match(line, pattern)) return 0
            word = substr(line, RSTART, RLENGTH); line = substr(line, RSTART + RLENGTH)
            gsub(/.*= *| *\($/, "", word)
            return 1
        }
        BEGIN { split(safe, words, " "); for (i in words) is_safe[words[i]] }
        /^[a-z].*\(/ && !/;$/ { inside = $0; sub(/\(.*/, "", inside); sub(/.*[ *]/, "", inside); is_here[inside]; next }
        /^}/ { inside = "" }
        /sa_sigaction/ { print NR ":sa_sigaction: this lint knows sa_handler only" }
        {
            line = $0
            while (cut("sa_handler *= *[A-Za-z_0-9]+"))
                if (word !~ /^SIG_/) { todo[++count] = word; at[count] = NR }
            line = $0
            while (inside != "" && cut("[A-Za-z_0-9]+ *\\("))
                calls[inside] = calls[inside] " " word ":" NR
        }
        END {
            for (i = 1; i <= count; i++) {
                if (!(todo[i] in is_here)) {
                    if (!(todo[i] in is_safe)) print at[i] ":" todo[i] "() in a signal handler"
                    continue
                }
                if (is_done[todo[i]]++) continue
                many = split(calls[todo[i]], words, " ")
                for (j = 1; j <= many; j++) { split(words[j], call, ":"); todo[++count] = call[1]; at[count] = call[2] }
            }
        }' "$2")
}

check()
{
    local root=$1 file name line code=$list

    while read -r file; do
        name=${file#"$root"/}
        c_code "$file" >"$code" || fault "$name: cannot be read"
        while read -r line; do
            fault "$name:$line"
        done < <(grep -nE "\\b($banned) *\\(" "$code" | grep -vE 'signal\(SIG[A-Z]+, SIG_(IGN|DFL)\)')
        case $name in src/crypto/*) check_memcmp "$file" "$name" "$code" ;; esac
        check_kill "$name" "$code"
        ! grep -qE 'sa_(handler|sigaction)' "$code" || check_handlers "$name" "$code"
    done < <(c_files "$root" include src apps examples)
    verdict
}

plant()
{
    echo 'void f(char *a) { strcpy(a, "b"); }' | put src/base/x.c
    finds "strcpy"
    echo 'void f(void *a) { a = realloc (a, 2); }' | put apps/aditd/x.c
    finds "realloc with a space"
    echo 'int f(void) { return memcmp(tag, mac, 16); }' | put src/crypto/x.c
    finds "memcmp in crypto"
    printf 'void f(int pid)\n{\n    kill(pid, 9);\n}\n' | put src/net/x.c
    finds "kill of an unchecked pid"
    echo 'void f(void) { signal(SIGTERM, f); }' | put src/net/x.c
    finds "a signal handler by signal"
    printf 'static void say(void)\n{\n    puts("");\n}\n\nstatic void stop(int number)\n{\n    say();\n}\n\n%s\n' \
        'struct sigaction action = { .sa_handler = stop };' | put apps/adit/x.c
    finds "puts() in what a signal handler calls"
    echo 'struct sigaction action = { .sa_handler = stop };' | put apps/adit/x.c
    finds "a signal handler of another file"
    echo 'void f(void) { (void)signal(SIGPIPE, SIG_IGN); }' | put src/net/x.c
    printf '/* strcpy(a, b) is\n banned */\nint x = memcmp(a, b, 2); /* public names */\n' |
        put src/crypto/x.c
    printf '\n\nvoid f(int pid)\n{\n    if (pid > 0)\n        kill(pid, 9);\n    uv_random(strcat_like(1), "system(1)");\n}\n' |
        put src/net/y.c
    printf 'static void wake(void)\n{\n    while (write(1, "", 1) < 0)\n        ;\n}\n\nstatic void stop(int number)\n{\n    wake();\n}\n\n%s\n' \
        'struct sigaction action = { .sa_handler = stop }, before = { .sa_handler = SIG_DFL };' |
        put apps/adit/x.c
    passes "comments, strings, public bytes, a checked pid, longer names"
}

lint "$@"
