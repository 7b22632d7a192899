#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# database.sh CLIENT SERVER: a thousand statements to a real MariaDB and a real PostgreSQL, through -L
# and through -R; what comes back is what comes back without a tunnel.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/mariadb.sh"
. "$(dirname "$0")/postgresql.sh"

client=$1
server=$2

# A thousand statements in SQL that both know, with rows of 60 kB and an answer of 1 MB.
statements()
{
    echo 'DROP TABLE IF EXISTS ore; CREATE TABLE ore (id INT PRIMARY KEY, kind VARCHAR(20), seam TEXT);'
    seq 990 | sed "s/.*/INSERT INTO ore VALUES (&, 'kind &', REPEAT('x', &));/"
    seq 991 1000 | sed "s/.*/INSERT INTO ore VALUES (&, 'lode', REPEAT('abcdefghij', 6000));/"
    echo 'SELECT COUNT(*), SUM(id), SUM(LENGTH(seam)) FROM ore;'
    echo 'SELECT id, seam FROM ore ORDER BY id;'
    echo "UPDATE ore SET kind = 'spent' WHERE id > 500;"
    echo 'SELECT kind, COUNT(*) FROM ore GROUP BY kind ORDER BY kind;'
    echo 'DELETE FROM ore WHERE id < 100; SELECT COUNT(*), MIN(id) FROM ore;'
}

# check KIND: the same answers through each kind of forward.
check()
{
    local kind=$1 letter port

    "ask_$kind" "$database_port" <"$work/statements" >"$work/expected" || fail "$kind itself"
    [ "$(wc -c <"$work/expected")" -gt 1000000 ] || fail "$kind gave too little to compare"
    for letter in L R; do
        port=$(free_port)
        start_client "$client" "$port" -$letter "$port:127.0.0.1:$database_port"
        "ask_$kind" "$port" <"$work/statements" >"$work/answer" || fail "$kind through -$letter"
        cmp "$work/expected" "$work/answer" || fail "$kind through -$letter answers differently"
        stop "$client_pid"
        echo "$kind through -$letter"
    done
}

make_keys
statements >"$work/statements"
start_server "$server"
for kind in mariadb postgresql; do
    database_port=$(free_port)
    "start_$kind" "$database_port"
    database_pid=$started
    check $kind
    stop "$database_pid"
done
