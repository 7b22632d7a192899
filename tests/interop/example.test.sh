#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# examples/mysql_report: rows of two MariaDB servers, behind aditd and behind sshd, in one report.
. "$(dirname "$0")/lib.sh"

report=$BUILD/examples/mysql_report
[ -x "$report" ] || skip "$report is not built"
need sshd mariadbd mariadb-install-db mariadb

# The database refuses to be root's.
as_nobody=()
[ "$(id -u)" -ne 0 ] || as_nobody=(setpriv --reuid=nobody --regid=nogroup --clear-groups)

make_data()
{
    mkdir "$work/empty"
    [ "$(id -u)" -ne 0 ] || chown nobody:nogroup "$work/empty"
    "${as_nobody[@]}" mariadb-install-db --no-defaults --datadir="$work/empty" \
        --auth-root-authentication-method=normal --skip-test-db >"$work/install.log" 2>&1 ||
        fail "mariadb-install-db"
}

# start_mariadb NAME STATEMENTS: a server of this name; $database_port is where.
start_mariadb()
{
    cp -a "$work/empty" "$work/$1"
    database_port=$(free_port)
    start "$1" "${as_nobody[@]}" mariadbd --no-defaults --datadir="$work/$1" \
        --bind-address=127.0.0.1 --port="$database_port" --socket="$work/$1/socket" \
        --pid-file="$work/$1/pid" --innodb-flush-log-at-trx-commit=0
    await "$1" listening "$database_port"
    mariadb --no-defaults -u root -S "$work/$1/socket" -e "
        CREATE DATABASE mine; CREATE USER digger@127.0.0.1 IDENTIFIED BY 'lamp';
        GRANT ALL ON mine.* TO digger@127.0.0.1; USE mine; $2" || fail "$1's rows"
}

query='SELECT seam, tons, note FROM mine.ore ORDER BY tons'
password=lamp
# report_of SITES…: its rows in `rows`, what else it says in report.log.
report_of()
{
    MYSQL_PWD=$password "$report" -u digger -q "$query" -i "$work/user" \
        -k "$work/all_known_hosts" "$@" >"$work/rows" 2>"$work/report.log"
}

make_keys
make_data
rows='CREATE TABLE ore (seam VARCHAR(20), tons INT, note MEDIUMTEXT); INSERT INTO ore VALUES'
start_mariadb north "$rows ('adelaide', 12, 'dry'), ('bertha', 7, NULL);"
north=127.0.0.1:$database_port
start_mariadb south "$rows ('clara', 90000, REPEAT('x', 200000)), ('dora', -1, 'closed');"
south=127.0.0.1:$database_port

# A gateway each; the first one reaches its own server only.
aditd_config()
{
    server_config
    echo "PermitOpen $north"
}
start_server aditd
first=ssh://$login@127.0.0.1:$server_port
cp "$work/known_hosts" "$work/all_known_hosts"
start_server sshd
second=ssh://$login@127.0.0.1:$server_port
sshd_pid=$server_pid
cat "$work/known_hosts" >>"$work/all_known_hosts"

{
    printf '%s, %s\n    bertha\t7\tNULL\n    adelaide\t12\tdry\n' "$first" "$north"
    printf '%s, %s\n    dora\t-1\tclosed\n    clara\t90000\t' "$second" "$south"
    printf 'x%.0s' {1..200000} && echo
} >"$work/expected"
report_of "$first=$north" "$second=$south" || fail "the report: $(cat "$work/report.log")"
cmp "$work/expected" "$work/rows" || fail "other rows: $(cut -c 1-80 "$work/rows")"
grep -q "^aditd: login user=tunnel " "$work/aditd.log" || fail "not by way of aditd"
grep -q "Accepted publickey for $(id -un) " "$work/sshd.log" || fail "not by way of sshd"
echo "rows of both"

# What fails at one site does not keep the other's rows, and is said.
! report_of "$first=$south" "$second=$south" || fail "aditd opens what it must not"
grep -qF "not allowed to open $south" "$work/report.log" || fail "$(cat "$work/report.log")"
tail -n 3 "$work/expected" | cmp - <(tail -n 3 "$work/rows") || fail "the second site's rows are gone"
stop "$sshd_pid"
! report_of "$first=$north" "$second=$south" || fail "a report without its gateway"
head -n 3 "$work/expected" | cmp - "$work/rows" || fail "the first site's rows are gone"
grep -q '^mysql_report: ..*refused' "$work/report.log" || fail "$(cat "$work/report.log")"
password=coal
! report_of "$first=$north" || fail "a wrong password"
grep -q "Access denied for user 'digger'" "$work/report.log" || fail "$(cat "$work/report.log")"
password=lamp
make_key another ed25519
echo "[127.0.0.1]:${first##*:} $(cut -d' ' -f1,2 "$work/another.pub")" >"$work/all_known_hosts"
! report_of "$first=$north" || fail "a gateway that is not known"
[ ! -s "$work/rows" ] || fail "rows by way of a gateway that is not known"
echo "what fails"
