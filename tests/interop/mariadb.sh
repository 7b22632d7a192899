# SPDX-License-Identifier: BSD-2-Clause
# A MariaDB of the test's own, with a user and a database.
# shellcheck shell=bash

# The databases refuse to be root's.
as_nobody=()
[ "$(id -u)" -ne 0 ] || as_nobody=(setpriv --reuid=nobody --regid=nogroup --clear-groups)

own_folder()
{
    mkdir "$work/$1"
    [ "$(id -u)" -ne 0 ] || chown nobody:nogroup "$work/$1"
}

# start_mariadb PORT [COMMAND…]: on 127.0.0.1; COMMAND is what runs it, in a network of its own.
start_mariadb()
{
    local port=$1

    shift
    need mariadbd mariadb-install-db mariadb
    own_folder mariadb
    "${as_nobody[@]}" mariadb-install-db --no-defaults --datadir="$work/mariadb" \
        --auth-root-authentication-method=normal --skip-test-db >"$work/mariadb.log" 2>&1 ||
        fail "mariadb-install-db"
    start mariadb "$@" "${as_nobody[@]}" mariadbd --no-defaults --datadir="$work/mariadb" \
        --bind-address=127.0.0.1 --port="$port" --socket="$work/mariadb/socket" \
        --pid-file="$work/mariadb/pid" --innodb-flush-log-at-trx-commit=0
    await "mariadb" mariadb_answers
    mariadb_direct -e "CREATE DATABASE mine; CREATE USER digger@127.0.0.1 IDENTIFIED BY 'lamp';
        GRANT ALL ON mine.* TO digger@127.0.0.1;"
}

mariadb_answers()
{
    mariadb_direct -e 'SELECT 1' >/dev/null 2>&1
}

mariadb_direct()
{
    mariadb --no-defaults -u root -S "$work/mariadb/socket" "$@"
}

ask_mariadb()
{
    mariadb --no-defaults -h 127.0.0.1 -P "$1" -u digger -plamp --batch mine
}
