/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One row for each service: how it is asked, and how its answer is read. What
 * has begun well and is not whole yet is MORE, never an error: the caller knows
 * how long it will wait.
 */
#include "adit/greeting.h"

#include "base/span.h"
#include "base/text.h"
#include "wire/greeting_readers.h"

#include <stdio.h>

struct service {
    const char *name;
    enum adit_greeting_verdict (*read)(bool asked, struct adit_span bytes,
                                       struct adit_greeting *out);
    const char *probe;
    size_t probe_len;
};

/* SSLRequest: the server says whether it would speak TLS, by one byte. */
#define ASK_POSTGRESQL "\0\0\0\x08\x04\xd2\x16\x2f"

/* PRELOGIN (MS-TDS, 2.2.6.5): VERSION and ENCRYPTION, which is "not supported" here. */
#define ASK_SQL_SERVER                                                                             \
    "\x12\x01\0\x1a\0\0\x01\0"                                                                     \
    "\0\0\x0b\0\x06"                                                                               \
    "\x01\0\x11\0\x01"                                                                             \
    "\xff"                                                                                         \
    "\0\0\0\0\0\0"                                                                                 \
    "\x02"

/* A TNS CONNECT of 58 bytes, and what the listener is asked: whether it is there. */
#define ASK_ORACLE                                                                                 \
    "\0\x57\0\0\x01\0\0\0"                                                                         \
    "\x01\x36\x01\x2c\0\0\x08\0\x7f\xff\x7f\x08\0\0\0\x01\0\x1d\0\x3a\0\0\0\0\0\0"                 \
    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"                                             \
    "(CONNECT_DATA=(COMMAND=PING))"

#define ASK_REDIS "PING\r\nINFO server\r\n"
#define ASK_HTTP  "HEAD / HTTP/1.0\r\n\r\n"

#define SPEAKS_FIRST NULL, 0
#define PROBE(text)  text, sizeof(text) - 1

static const struct service services[ADIT_SERVICES] = {
    [ADIT_SERVICE_NONE] = { "", NULL, SPEAKS_FIRST },
    [ADIT_SERVICE_MYSQL] = { "MySQL", adit_greeting_mysql, SPEAKS_FIRST },
    [ADIT_SERVICE_POSTGRESQL] = { "PostgreSQL", adit_greeting_postgresql, PROBE(ASK_POSTGRESQL) },
    [ADIT_SERVICE_SQL_SERVER] = { "SQL Server", adit_greeting_sql_server, PROBE(ASK_SQL_SERVER) },
    [ADIT_SERVICE_ORACLE] = { "Oracle", adit_greeting_oracle, PROBE(ASK_ORACLE) },
    [ADIT_SERVICE_REDIS] = { "Redis", adit_greeting_redis, PROBE(ASK_REDIS) },
    [ADIT_SERVICE_HTTP] = { "HTTP", adit_greeting_http, PROBE(ASK_HTTP) },
    [ADIT_SERVICE_TLS] = { "TLS", adit_greeting_tls, SPEAKS_FIRST },
    [ADIT_SERVICE_SSH] = { "SSH", adit_greeting_ssh, SPEAKS_FIRST },
};

struct adit_span adit_greeting_probe(enum adit_service service)
{
    return adit_span_of((const uint8_t *)services[service].probe, services[service].probe_len);
}

const char *adit_service_name(enum adit_service service)
{
    return services[service].name;
}

enum adit_service adit_service_of_port(uint16_t port)
{
    static const struct {
        uint16_t port;
        enum adit_service service;
    } usual[] = {
        { 3306, ADIT_SERVICE_MYSQL },      { 5432, ADIT_SERVICE_POSTGRESQL },
        { 1433, ADIT_SERVICE_SQL_SERVER }, { 1521, ADIT_SERVICE_ORACLE },
        { 6379, ADIT_SERVICE_REDIS },      { 80, ADIT_SERVICE_HTTP },
        { 8080, ADIT_SERVICE_HTTP },       { 22, ADIT_SERVICE_SSH },
    };

    for (size_t i = 0; i < ADIT_ARRAY_LEN(usual); i++)
        if (usual[i].port == port)
            return usual[i].service;
    return ADIT_SERVICE_NONE;
}

/* The answer to a probe is judged first: by itself it may look like another's greeting. */
enum adit_greeting_verdict adit_greeting_read(enum adit_service asked, struct adit_span bytes,
                                              struct adit_greeting *out)
{
    struct adit_greeting partial = { 0 };
    bool more = false;

    for (int i = 0; i < ADIT_SERVICES; i++) {
        const enum adit_service service = i == 0 ? asked : (enum adit_service)i;
        enum adit_greeting_verdict verdict;

        if (service == ADIT_SERVICE_NONE || (i > 0 && service == asked))
            continue;
        *out = (struct adit_greeting){ 0 };
        verdict = services[service].read(service == asked, bytes, out);
        if (verdict == ADIT_GREETING_KNOWN)
            return verdict;
        if (verdict == ADIT_GREETING_MORE && out->service != ADIT_SERVICE_NONE)
            partial = *out;
        more = more || verdict == ADIT_GREETING_MORE;
    }
    *out = partial;
    return more ? ADIT_GREETING_MORE : ADIT_GREETING_UNKNOWN;
}
