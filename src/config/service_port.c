/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The names are IANA's, of what tunnels are dug to. ssh asks the system for
 * them, which here, among parsers, would be a file read behind everybody's back.
 */
#include "config/service_port.h"

#include "base/text.h"

bool adit_service_port(struct adit_span text, uint16_t *out)
{
    static const struct {
        const char *name;
        uint16_t port;
    } services[] = {
        { "amqp", 5672 },       { "domain", 53 },          { "ftp", 21 },
        { "http", 80 },         { "http-alt", 8080 },      { "https", 443 },
        { "imap2", 143 },       { "imaps", 993 },          { "ldap", 389 },
        { "ldaps", 636 },       { "microsoft-ds", 445 },   { "ms-sql-m", 1434 },
        { "ms-sql-s", 1433 },   { "ms-wbt-server", 3389 }, { "mysql", 3306 },
        { "nfs", 2049 },        { "pop3", 110 },           { "pop3s", 995 },
        { "postgresql", 5432 }, { "redis", 6379 },         { "rsync", 873 },
        { "smtp", 25 },         { "socks", 1080 },         { "ssh", 22 },
        { "submission", 587 },  { "telnet", 23 },
    };
    uint64_t n;

    if (!adit_text_to_number(text, UINT16_MAX, &n)) {
        *out = (uint16_t)n;
        return true;
    }
    for (size_t i = 0; i < ADIT_ARRAY_LEN(services); i++)
        if (adit_span_is(text, services[i].name)) {
            *out = services[i].port;
            return true;
        }
    return false;
}
