/* SPDX-License-Identifier: BSD-2-Clause */
/* Databases whose messages are packets with a length. */
#include "base/span.h"
#include "base/text.h"
#include "wire/greeting_readers.h"
#include "wire/reader.h"

#include <stdio.h>

enum {
    PACKET_MAX = ADIT_GREETING_MAX - 16, /* a longer one is none of ours */
    VERSION_SIZE = 32,
};

static uint16_t read_uint16(struct adit_reader *r)
{
    const unsigned high = adit_read_byte(r);

    return (uint16_t)(high << 8 | adit_read_byte(r));
}

/* Up to a NUL, which is taken too; without one the reader fails. */
static struct adit_span read_c_string(struct adit_reader *r)
{
    const uint8_t *nul = r->left > 0 ? memchr(r->next, '\0', r->left) : NULL;
    struct adit_span text = ADIT_SPAN_EMPTY;

    if (nul == NULL)
        adit_reader_fail(r);
    else
        text = adit_read_bytes(r, (size_t)(nul - r->next));
    (void)adit_read_byte(r);
    return text;
}

/* The first of "10.11.6-MariaDB", "8.0.36-0ubuntu": digits and dots. */
static void take_number(struct adit_span text, char out[static VERSION_SIZE])
{
    size_t len = 0;

    while (len < text.len && len < VERSION_SIZE - 1 &&
           (text.data[len] == '.' || (text.data[len] >= '0' && text.data[len] <= '9'))) {
        out[len] = (char)text.data[len];
        len++;
    }
    out[len] = '\0';
}

static bool contains(struct adit_span text, const char *word)
{
    return text.len > 0 && memmem(text.data, text.len, word, strlen(word)) != NULL;
}

/* ---- MySQL and MariaDB ---- */

/* MariaDB before 11 puts "5.5.5-" before its version, for old replicas. */
static void name_mysql(struct adit_span version, struct adit_greeting *out)
{
    static const char prefix[] = "5.5.5-";
    const bool is_mariadb = contains(version, "MariaDB");
    char number[VERSION_SIZE];

    if (is_mariadb && version.len > sizeof prefix - 1 &&
        memcmp(version.data, prefix, sizeof prefix - 1) == 0) {
        version.data += sizeof prefix - 1;
        version.len -= sizeof prefix - 1;
    }
    take_number(version, number);
    (void)snprintf(out->name, sizeof out->name, "%s%s%s", is_mariadb ? "MariaDB" : "MySQL",
                   number[0] != '\0' ? " " : "", number);
}

/* "Host '10.0.0.7' is not allowed to connect to this MariaDB server" comes instead of a greeting. */
static void name_mysql_error(struct adit_span text, struct adit_greeting *out)
{
    enum { STATE_SIZE = 6 }; /* "#HY000" */

    if (text.len >= STATE_SIZE && text.data[0] == '#') {
        text.data += STATE_SIZE;
        text.len -= STATE_SIZE;
    }
    out->is_refusal = true;
    (void)snprintf(out->name, sizeof out->name, "%s",
                   contains(text, "MariaDB") ? "MariaDB" : "MySQL");
    (void)adit_text_printable(text, out->text, sizeof out->text);
}

enum adit_greeting_verdict adit_greeting_mysql(bool asked, struct adit_span bytes,
                                               struct adit_greeting *out)
{
    enum { GREETING_9 = 9, GREETING_10 = 10, ERROR = 0xff };
    struct adit_reader r = adit_reader_init(bytes);
    size_t len = adit_read_byte(&r);
    uint8_t kind;
    struct adit_span body;

    (void)asked;
    len |= (size_t)adit_read_byte(&r) << 8;
    len |= (size_t)adit_read_byte(&r) << 16;
    if (adit_reader_ok(&r) && (len < 3 || len > PACKET_MAX))
        return ADIT_GREETING_UNKNOWN;
    if (adit_read_byte(&r) != 0) /* the number of the packet */
        return ADIT_GREETING_UNKNOWN;
    body = adit_read_bytes(&r, len);
    if (!adit_reader_ok(&r))
        return ADIT_GREETING_MORE;

    r = adit_reader_init(body);
    kind = adit_read_byte(&r);
    if (kind == ERROR) {
        (void)read_uint16(&r);
        name_mysql_error(adit_read_rest(&r), out);
    } else if (kind == GREETING_9 || kind == GREETING_10) {
        name_mysql(read_c_string(&r), out);
    } else {
        adit_reader_fail(&r);
    }
    if (!adit_reader_ok(&r))
        return ADIT_GREETING_UNKNOWN;
    out->service = ADIT_SERVICE_MYSQL;
    return ADIT_GREETING_KNOWN;
}

/* ---- PostgreSQL ---- */

/* ErrorResponse: fields of a letter and a text each; M is the sentence. */
static enum adit_greeting_verdict read_postgresql_error(struct adit_reader r,
                                                        struct adit_greeting *out)
{
    enum { LENGTH_SIZE = 4 };
    const uint32_t len = adit_read_uint32(&r);
    struct adit_span body;
    uint8_t field;

    if (!adit_reader_ok(&r))
        return ADIT_GREETING_MORE;
    if (len <= LENGTH_SIZE || len > PACKET_MAX)
        return ADIT_GREETING_UNKNOWN;
    body = adit_read_bytes(&r, len - LENGTH_SIZE);
    if (!adit_reader_ok(&r))
        return ADIT_GREETING_MORE;

    r = adit_reader_init(body);
    while ((field = adit_read_byte(&r)) != 0) {
        const struct adit_span text = read_c_string(&r);

        if (field == 'M')
            (void)adit_text_printable(text, out->text, sizeof out->text);
    }
    if (!adit_reader_finish(&r))
        return ADIT_GREETING_UNKNOWN;
    out->is_refusal = true;
    return ADIT_GREETING_KNOWN;
}

enum adit_greeting_verdict adit_greeting_postgresql(bool asked, struct adit_span bytes,
                                                    struct adit_greeting *out)
{
    enum adit_greeting_verdict verdict = ADIT_GREETING_UNKNOWN;
    struct adit_reader r = adit_reader_init(bytes);
    const uint8_t answer = adit_read_byte(&r);

    if (!asked)
        return ADIT_GREETING_UNKNOWN;
    if (!adit_reader_ok(&r))
        return ADIT_GREETING_MORE;
    if (answer == 'E')
        verdict = read_postgresql_error(r, out);
    else if ((answer == 'S' || answer == 'N') && r.left == 0)
        verdict = ADIT_GREETING_KNOWN; /* with TLS, without; then it waits for us */
    if (verdict == ADIT_GREETING_KNOWN) {
        out->service = ADIT_SERVICE_POSTGRESQL;
        (void)snprintf(out->name, sizeof out->name, "PostgreSQL");
    }
    return verdict;
}

/* ---- SQL Server ---- */

static void name_sql_server(unsigned major, unsigned minor, unsigned build,
                            struct adit_greeting *out)
{
    static const char *const years[] = {
        [9] = "2005",  [10] = "2008", [11] = "2012", [12] = "2014", [13] = "2016",
        [14] = "2017", [15] = "2019", [16] = "2022", [17] = "2025"
    };

    if (major < ADIT_ARRAY_LEN(years) && years[major] != NULL)
        (void)snprintf(out->name, sizeof out->name, "SQL Server %s (%u.%u.%u)", years[major], major,
                       minor, build);
    else
        (void)snprintf(out->name, sizeof out->name, "SQL Server %u.%u.%u", major, minor, build);
}

/* MS-TDS, 2.2.6.5: a table of {option, offset, length}, then the values. VERSION is always there. */
static bool read_prelogin(struct adit_span body, struct adit_greeting *out)
{
    enum { VERSION = 0, TERMINATOR = 0xff, VERSION_LEN = 6 };
    struct adit_reader table = adit_reader_init(body);
    uint8_t option;

    while ((option = adit_read_byte(&table)) != TERMINATOR && adit_reader_ok(&table)) {
        const uint16_t offset = read_uint16(&table);
        const uint16_t len = read_uint16(&table);
        struct adit_reader value = adit_reader_init(body);
        uint8_t major;
        uint8_t minor;
        uint16_t build;

        if (option != VERSION || !adit_reader_ok(&table))
            continue;
        (void)adit_read_bytes(&value, offset);
        major = adit_read_byte(&value);
        minor = adit_read_byte(&value);
        build = read_uint16(&value);
        name_sql_server(major, minor, build, out);
        return len == VERSION_LEN && adit_reader_ok(&value);
    }
    return false;
}

enum adit_greeting_verdict adit_greeting_sql_server(bool asked, struct adit_span bytes,
                                                    struct adit_greeting *out)
{
    enum { RESPONSE = 4, END_OF_MESSAGE = 1, HEADER_SIZE = 8, REST_OF_HEADER = 4 };
    struct adit_reader r = adit_reader_init(bytes);
    const uint8_t type = adit_read_byte(&r);
    const uint8_t status = adit_read_byte(&r);
    const uint16_t len = read_uint16(&r);
    struct adit_span body;

    if (!asked || (bytes.len > 0 && type != RESPONSE))
        return ADIT_GREETING_UNKNOWN;
    if (!adit_reader_ok(&r))
        return ADIT_GREETING_MORE;
    if (status != END_OF_MESSAGE || len < HEADER_SIZE || len > PACKET_MAX)
        return ADIT_GREETING_UNKNOWN;
    (void)adit_read_bytes(&r, REST_OF_HEADER);
    body = adit_read_bytes(&r, (size_t)len - HEADER_SIZE);
    if (!adit_reader_ok(&r))
        return ADIT_GREETING_MORE;
    if (!read_prelogin(body, out))
        return ADIT_GREETING_UNKNOWN;
    out->service = ADIT_SERVICE_SQL_SERVER;
    return ADIT_GREETING_KNOWN;
}

/* ---- Oracle ---- */

/* "(DESCRIPTION=(TMP=)(VSNNUM=318767104)(ERR=0)…": 19.0.0.0.0; before 18, the minor had 4 bits. */
static void name_oracle(struct adit_span answer, struct adit_greeting *out)
{
    static const char key[] = "(VSNNUM=";
    const uint8_t *found = memmem(answer.data, answer.len, key, sizeof key - 1);
    struct adit_span digits;
    const uint8_t *end;
    uint64_t number;

    (void)snprintf(out->name, sizeof out->name, "Oracle");
    if (found == NULL)
        return;
    found += sizeof key - 1;
    digits = adit_span_of(found, answer.len - (size_t)(found - answer.data));
    end = digits.len > 0 ? memchr(digits.data, ')', digits.len) : NULL;
    if (end == NULL)
        return;
    digits.len = (size_t)(end - digits.data);
    if (adit_text_to_number(digits, UINT32_MAX, &number) != ADIT_OK || number == 0)
        return;
    (void)snprintf(out->name, sizeof out->name, "Oracle %u.%u", (unsigned)(number >> 24),
                   (unsigned)(number >> 24 >= 18 ? number >> 16 & 0xff : number >> 20 & 0xf));
}

enum adit_greeting_verdict adit_greeting_oracle(bool asked, struct adit_span bytes,
                                                struct adit_greeting *out)
{
    enum { ACCEPT = 2, REFUSE = 4, REDIRECT = 5, RESEND = 11, HEADER_SIZE = 8 };
    struct adit_reader r = adit_reader_init(bytes);
    const uint16_t len = read_uint16(&r);
    const uint16_t checksum = read_uint16(&r);
    const uint8_t type = adit_read_byte(&r);
    struct adit_span rest;

    if (!asked)
        return ADIT_GREETING_UNKNOWN;
    if (!adit_reader_ok(&r))
        return ADIT_GREETING_MORE;
    if (len < HEADER_SIZE || len > PACKET_MAX || checksum != 0 ||
        (type != ACCEPT && type != REFUSE && type != REDIRECT && type != RESEND))
        return ADIT_GREETING_UNKNOWN;
    rest = adit_read_bytes(&r, (size_t)len - 5);
    if (!adit_reader_ok(&r))
        return ADIT_GREETING_MORE;
    name_oracle(rest, out);
    out->service = ADIT_SERVICE_ORACLE;
    return ADIT_GREETING_KNOWN;
}
