/* SPDX-License-Identifier: BSD-2-Clause */
/* The bytes are those of the servers' documented protocols. */
#include "adit/greeting.h"

#include "exact.h"
#include "wire/greeting_readers.h"

#define BYTES(text) text, sizeof(text) - 1

struct row {
    enum adit_service asked;
    const char *bytes;
    size_t len;
    enum adit_service service;
    const char *name;
    const char *refusal; /* the server's words; NULL: it serves us */
};

#define MYSQL      ADIT_SERVICE_MYSQL
#define POSTGRESQL ADIT_SERVICE_POSTGRESQL
#define SQL_SERVER ADIT_SERVICE_SQL_SERVER
#define ORACLE     ADIT_SERVICE_ORACLE
#define REDIS      ADIT_SERVICE_REDIS
#define HTTP       ADIT_SERVICE_HTTP
#define TLS        ADIT_SERVICE_TLS
#define SSH        ADIT_SERVICE_SSH
#define NONE       ADIT_SERVICE_NONE

#define NOT_ALLOWED(server) "Host '10.0.0.7' is not allowed to connect to this " server " server"
#define PRELOGIN(version)                                                                          \
    "\x04\x01\0\x1a\0\0\x01\0\0\0\x0b\0\x06\x01\0\x11\0\x01\xff" version "\x02"
#define INFO "# Server\r\nredis_version:7.0.15\r\nredis_mode:standalone\r\n"
#define INFO_VALKEY                                                                                \
    "# Server\r\nredis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.0.1\r\n"

/* clang-format off */
static const struct row known[] = {
    { NONE, BYTES("\x1b\0\0\0\x0a" "5.5.5-10.11.6-MariaDB-0+d\0"), MYSQL, "MariaDB 10.11.6", NULL },
    { NONE, BYTES("\x10\0\0\0\x0a" "11.4.2-MariaDB\0"), MYSQL, "MariaDB 11.4.2", NULL },
    { NONE, BYTES("\x0e\0\0\0\x0a" "8.0.36\0\1\2\3\4\5\6"), MYSQL, "MySQL 8.0.36", NULL },
    { NONE, BYTES("\x0b\0\0\0\x09" "3.23.58a\0\0"), MYSQL, "MySQL 3.23.58", NULL },
    { NONE, BYTES("\x03\0\0\0\x0ax\0"), MYSQL, "MySQL", NULL },
    { REDIS, BYTES("\x0e\0\0\0\x0a" "8.0.36\0\1\2\3\4\5\6"), MYSQL, "MySQL 8.0.36", NULL },
    { NONE, BYTES("\x43\0\0\0\xff\x6a\4" NOT_ALLOWED("MariaDB")), MYSQL, "MariaDB", NOT_ALLOWED("MariaDB") },
    { NONE, BYTES("\x41\0\0\0\xff\x6a\4" NOT_ALLOWED("MySQL")), MYSQL, "MySQL", NOT_ALLOWED("MySQL") },
    { NONE, BYTES("\x1d\0\0\0\xff\x10\4#08004Too many connections"), MYSQL, "MySQL", "Too many connections" },

    { POSTGRESQL, BYTES("S"), POSTGRESQL, "PostgreSQL", NULL },
    { POSTGRESQL, BYTES("N"), POSTGRESQL, "PostgreSQL", NULL },
    { POSTGRESQL, BYTES("E\0\0\0\x2dSFATAL\0C53300\0Mtoo many clients already\0\0"), POSTGRESQL, "PostgreSQL", "too many clients already" },

    { SQL_SERVER, BYTES(PRELOGIN("\x10\0\x0f\xf5\0\0")), SQL_SERVER, "SQL Server 2022 (16.0.4085)", NULL },
    { SQL_SERVER, BYTES(PRELOGIN("\x0a\x32\x17\x70\0\0")), SQL_SERVER, "SQL Server 2008 (10.50.6000)", NULL },
    { SQL_SERVER, BYTES(PRELOGIN("\xff\1\0\2\0\0")), SQL_SERVER, "SQL Server 255.1.2", NULL },

    { ORACLE, BYTES("\0\x42\0\0\4\0\0\0\"\0\0\x36(DESCRIPTION=(TMP=)(VSNNUM=318963712)(ERR=0)(ALIAS=L))"), ORACLE, "Oracle 19.3", NULL },
    { ORACLE, BYTES("\0\x2b\0\0\4\0\0\0\"\0\0\x1f(DESCRIPTION=(VSNNUM=186647040)"), ORACLE, "Oracle 11.2", NULL },
    { ORACLE, BYTES("\0\x08\0\0\x0b\0\0\0"), ORACLE, "Oracle", NULL },
    { ORACLE, BYTES("\0\x12\0\0\4\0\0\0(VSNNUM=19"), ORACLE, "Oracle", NULL },
    { ORACLE, BYTES("\0\x1c\0\0\4\0\0\0(VSNNUM=4294967296)."), ORACLE, "Oracle", NULL },

    { REDIS, BYTES("+PONG\r\n$55\r\n" INFO "\r\n"), REDIS, "Redis 7.0.15", NULL },
    { REDIS, BYTES("+PONG\r\n$73\r\n" INFO_VALKEY "\r\n"), REDIS, "Valkey 8.0.1", NULL },
    { REDIS, BYTES("+PONG\r\n-NOPERM this user has no permissions\r\n"), REDIS, "Redis", NULL },
    { REDIS, BYTES("+PONG\r\n$4097\r\n"), REDIS, "Redis", NULL },
    { REDIS, BYTES("+PONG\r\n$0\r\n"), REDIS, "Redis", NULL },
    { REDIS, BYTES("-NOAUTH Authentication required.\r\n"), REDIS, "Redis", NULL },
    { REDIS, BYTES("-LOADING Redis is loading\r\n"), REDIS, "Redis", "LOADING Redis is loading" },
    { NONE, BYTES("-DENIED Redis is running in protected mode\r\n"), REDIS, "Redis", "DENIED Redis is running in protected mode" },
    { NONE, BYTES("-ERR max number of clients reached\r\n"), REDIS, "Redis", "ERR max number of clients reached" },

    { HTTP, BYTES("HTTP/1.1 200 OK\r\nDate: now\r\nserver:  nginx/1.22.1\r\n"), HTTP, "HTTP (nginx/1.22.1)", NULL },
    { HTTP, BYTES("HTTP/1.0 404 Not Found\r\nServer:\r\n"), HTTP, "HTTP", NULL },
    { POSTGRESQL, BYTES("HTTP/1.1 400 Bad Request\nConnection: close\n\n"), HTTP, "HTTP", NULL },
    { HTTP, BYTES("HTTP/1.1 200 OK\r\nServer: \x1b[31m\r\n"), HTTP, "HTTP (\\x1b[31m)", NULL },
    { HTTP, BYTES("\x15\x03\x01\0\x02\x02\x46"), TLS, "TLS", NULL },
    { NONE, BYTES("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"), SSH, "SSH (OpenSSH_9.2p1 Debian-2)", NULL },
    { NONE, BYTES("SSH-2.0-\n"), SSH, "SSH", NULL },
};

static const struct row unknown[] = {
    { NONE, BYTES("220 mail.example.com ESMTP\r\n"), NONE, NULL, NULL },
    { NONE, BYTES("\2\0\0\0\x0a\0"), NONE, NULL, NULL },          /* shorter than a version */
    { NONE, BYTES("\xff\xff\xff\0"), NONE, NULL, NULL },          /* longer than a greeting */
    { NONE, BYTES("\xf1\x0f\0\0"), NONE, NULL, NULL },            /* by one byte */
    { NONE, BYTES("\3\0\0\1\x0ax\0"), NONE, NULL, NULL },         /* not the first packet */
    { NONE, BYTES("\3\0\0\0\x0b" "x\0"), NONE, NULL, NULL },      /* another protocol */
    { NONE, BYTES("\3\0\0\0\x0axy"), NONE, NULL, NULL },          /* a version without an end */
    { NONE, BYTES("+PONG\r\n"), NONE, NULL, NULL },               /* to what question? */
    { NONE, BYTES("-NOAUTH \r\n"), NONE, NULL, NULL },
    { NONE, BYTES("SSH-1.5-old\r\n"), NONE, NULL, NULL },
    { POSTGRESQL, BYTES("NN"), NONE, NULL, NULL },
    { POSTGRESQL, BYTES("E\0\0\0\4"), NONE, NULL, NULL },
    { POSTGRESQL, BYTES("E\0\0\x0f\xf1"), NONE, NULL, NULL },
    { POSTGRESQL, BYTES("E\xff\xff\xff\xff"), NONE, NULL, NULL },
    { POSTGRESQL, BYTES("E\0\0\0\x08Mabc"), NONE, NULL, NULL },   /* a text without an end */
    { POSTGRESQL, BYTES("E\0\0\0\x06\0\0"), NONE, NULL, NULL },   /* something behind the end */
    { SQL_SERVER, BYTES("\x04\x01\0\x07\0\0\1\0"), NONE, NULL, NULL },
    { SQL_SERVER, BYTES("\x04\x01\xff\xff\0\0\1\0"), NONE, NULL, NULL },
    { SQL_SERVER, BYTES("\x04\x00\0\x08\0\0\1\0"), NONE, NULL, NULL },
    { SQL_SERVER, BYTES("\x04\x01\0\x09\0\0\1\0\xff"), NONE, NULL, NULL },
    { SQL_SERVER, BYTES("\x04\x01\0\x0e\0\0\1\0\0\0\x06\0\x06\xff"), NONE, NULL, NULL }, /* beyond */
    { SQL_SERVER, BYTES("\x04\x01\0\x0e\0\0\1\0\0\xff\xff\0\x06\xff"), NONE, NULL, NULL },
    { SQL_SERVER, BYTES("\x04\x01\0\x0e\0\0\1\0\0\0\0\0\x05\xff"), NONE, NULL, NULL },
    { ORACLE, BYTES("\0\x07\0\0\4"), NONE, NULL, NULL },
    { ORACLE, BYTES("\xff\xff\0\0\4"), NONE, NULL, NULL },
    { ORACLE, BYTES("\0\x08\0\1\4"), NONE, NULL, NULL },
    { ORACLE, BYTES("\0\x08\0\0\1"), NONE, NULL, NULL },
    { REDIS, BYTES("-ERR unknown command\r\n"), NONE, NULL, NULL },
};
/* clang-format on */

static enum adit_greeting_verdict read_exactly(const struct row *row, size_t len,
                                               struct adit_greeting *out)
{
    const struct adit_span bytes = exact_copy(row->bytes, len);
    const enum adit_greeting_verdict verdict = adit_greeting_read(row->asked, bytes, out);

    exact_free(bytes);
    return verdict;
}

static void each_server_is_known_by_its_greeting(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(known); i++) {
        struct adit_greeting greeting;

        if (read_exactly(&known[i], known[i].len, &greeting) != ADIT_GREETING_KNOWN)
            fail_msg("%s (row %zu) is not known", known[i].name, i);
        assert_int_equal(greeting.service, known[i].service);
        assert_string_equal(greeting.name, known[i].name);
        assert_int_equal(greeting.is_refusal, known[i].refusal != NULL);
        assert_string_equal(greeting.text, known[i].refusal ? known[i].refusal : "");
    }
}

/* Only the first line of "HTTP" and of "+PONG" tells enough by itself. */
static void a_greeting_that_is_cut_short_is_waited_for(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(known); i++)
        for (size_t len = 0; len < known[i].len; len++) {
            struct adit_greeting greeting;
            const enum adit_greeting_verdict verdict = read_exactly(&known[i], len, &greeting);

            if (verdict == ADIT_GREETING_UNKNOWN)
                fail_msg("%s (row %zu): given up after %zu bytes", known[i].name, i, len);
            if (greeting.service != ADIT_SERVICE_NONE)
                assert_int_equal(greeting.service, known[i].service);
        }
}

/* Of the service that was asked: its first bytes may well be the length of another's packet. */
static enum adit_greeting_verdict read_as_asked(const struct row *row, struct adit_greeting *out)
{
    static adit_greeting_reader *const readers[ADIT_SERVICES] = {
        [ADIT_SERVICE_POSTGRESQL] = adit_greeting_postgresql,
        [ADIT_SERVICE_SQL_SERVER] = adit_greeting_sql_server,
        [ADIT_SERVICE_ORACLE] = adit_greeting_oracle,
        [ADIT_SERVICE_REDIS] = adit_greeting_redis,
    };
    const struct adit_span bytes = exact_copy(row->bytes, row->len);
    enum adit_greeting_verdict verdict;

    *out = (struct adit_greeting){ 0 };
    if (row->asked == ADIT_SERVICE_NONE)
        verdict = adit_greeting_read(row->asked, bytes, out);
    else
        verdict = readers[row->asked](true, bytes, out);
    exact_free(bytes);
    return verdict;
}

static void what_is_no_greeting_is_not_waited_for(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(unknown); i++) {
        struct adit_greeting greeting;

        if (read_as_asked(&unknown[i], &greeting) != ADIT_GREETING_UNKNOWN)
            fail_msg("row %zu is taken for \"%s\"", i, greeting.name);
        assert_int_not_equal(read_exactly(&unknown[i], unknown[i].len, &greeting),
                             ADIT_GREETING_KNOWN);
        assert_int_equal(greeting.service, ADIT_SERVICE_NONE);
        assert_string_equal(greeting.name, "");
    }
}

static void the_first_line_is_enough_for_those_that_say_more(void **state)
{
    static const struct row lines[] = {
        { REDIS, BYTES("+PONG\r\n"), REDIS, "Redis", NULL },
        { REDIS, BYTES("+PONG\r\n$56\r\n# Server\r\n"), REDIS, "Redis", NULL },
        { NONE, BYTES("HTTP/1.1 200 OK\r\nDate:"), HTTP, "HTTP", NULL },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(lines); i++) {
        struct adit_greeting greeting;

        assert_int_equal(read_exactly(&lines[i], lines[i].len, &greeting), ADIT_GREETING_MORE);
        assert_int_equal(greeting.service, lines[i].service);
        assert_string_equal(greeting.name, lines[i].name);
    }
}

static uint32_t number_at(struct adit_span bytes, size_t at, size_t size)
{
    uint32_t number = 0;

    for (size_t i = 0; i < size; i++)
        number = number << 8 | bytes.data[at + i];
    return number;
}

/* Each has its own length somewhere, and ends where that says. */
static void the_probes_are_whole_messages(void **state)
{
    const struct adit_span postgresql = adit_greeting_probe(ADIT_SERVICE_POSTGRESQL);
    const struct adit_span sql_server = adit_greeting_probe(ADIT_SERVICE_SQL_SERVER);
    const struct adit_span oracle = adit_greeting_probe(ADIT_SERVICE_ORACLE);

    (void)state;
    assert_int_equal(number_at(postgresql, 0, 4), postgresql.len);
    assert_int_equal(number_at(postgresql, 4, 4), 80877103); /* SSLRequest */
    assert_int_equal(number_at(sql_server, 2, 2), sql_server.len);
    assert_int_equal(number_at(oracle, 0, 2), oracle.len);
    assert_int_equal(number_at(oracle, 24, 2) + number_at(oracle, 26, 2), oracle.len);
    assert_int_equal(oracle.data[number_at(oracle, 26, 2)], '(');
    assert_int_equal(adit_greeting_probe(ADIT_SERVICE_NONE).len, 0);
    assert_int_equal(adit_greeting_probe(ADIT_SERVICE_MYSQL).len, 0);
    assert_int_equal(adit_greeting_probe(ADIT_SERVICE_SSH).len, 0);
}

static void ports_have_their_usual_services(void **state)
{
    (void)state;
    assert_int_equal(adit_service_of_port(3306), ADIT_SERVICE_MYSQL);
    assert_int_equal(adit_service_of_port(5432), ADIT_SERVICE_POSTGRESQL);
    assert_int_equal(adit_service_of_port(3307), ADIT_SERVICE_NONE);
    assert_int_equal(adit_service_of_port(0), ADIT_SERVICE_NONE);
    assert_string_equal(adit_service_name(ADIT_SERVICE_SQL_SERVER), "SQL Server");
    assert_string_equal(adit_service_name(ADIT_SERVICE_NONE), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_server_is_known_by_its_greeting),
        cmocka_unit_test(a_greeting_that_is_cut_short_is_waited_for),
        cmocka_unit_test(what_is_no_greeting_is_not_waited_for),
        cmocka_unit_test(the_first_line_is_enough_for_those_that_say_more),
        cmocka_unit_test(the_probes_are_whole_messages),
        cmocka_unit_test(ports_have_their_usual_services),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
