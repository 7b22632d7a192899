# SPDX-License-Identifier: BSD-2-Clause
# A PostgreSQL of the test's own, at $database_port; mariadb.sh comes before it.
# shellcheck shell=bash disable=SC2154

start_postgresql()
{
    local programs

    programs=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1)
    PATH="$PATH:$programs"
    need initdb postgres psql
    own_folder postgresql
    "${as_nobody[@]}" initdb -D "$work/postgresql" -U digger -A trust --no-sync -E UTF8 \
        --locale=C >"$work/postgresql.log" 2>&1 || fail "initdb"
    start postgresql "${as_nobody[@]}" postgres -D "$work/postgresql" -h 127.0.0.1 \
        -p "$database_port" -k '' -c fsync=off
    await "postgresql" listening "$database_port"
    await "postgresql's answer" psql_answers
}

psql_answers()
{
    echo 'SELECT 1' | ask_postgresql "$database_port" >/dev/null 2>&1
}

ask_postgresql()
{
    psql -X -q -h 127.0.0.1 -p "$1" -U digger -d postgres -v ON_ERROR_STOP=1
}
