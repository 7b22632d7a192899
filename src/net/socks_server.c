/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Byte by byte, and after each the question whether a message is complete: so
 * none is ever read past its end, however the bytes were cut. A request for a
 * socket in the file system ("/…" as a host) is none of SOCKS.
 */
#include "net/socks_server.h"

#include "base/span.h"
#include "wire/numbers.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

enum {
    CONNECT = 1,
    NO_LOGIN = 0,
    NO_METHOD = 0xff,
    TYPE_IPV4 = 1,
    TYPE_NAME = 3,
    TYPE_IPV6 = 4,
    GRANTED_4 = 0x5a,
    REJECTED_4 = 0x5b,
    HEAD_4 = 8,
};

/* ---- answers ---- */

static void say(struct adit_socks_answer *answer, const uint8_t *bytes, size_t len)
{
    memcpy(answer->bytes + answer->len, bytes, len);
    answer->len += len;
}

/* The address that was bound is never told: it means nothing to the client. */
static void say_outcome(unsigned version, enum adit_socks_outcome outcome,
                        struct adit_socks_answer *answer)
{
    const uint8_t five[10] = { 5, (uint8_t)outcome, 0, TYPE_IPV4 };
    const uint8_t four[8] = { 0, outcome == ADIT_SOCKS_SUCCEEDED ? GRANTED_4 : REJECTED_4 };

    if (version == 5)
        say(answer, five, sizeof five);
    else
        say(answer, four, sizeof four);
}

void adit_socks_outcome(unsigned version, enum adit_socks_outcome outcome,
                        struct adit_socks_answer *answer)
{
    answer->len = 0;
    say_outcome(version, outcome, answer);
}

static void refuse(struct adit_socks *socks, enum adit_socks_outcome outcome,
                   struct adit_socks_answer *answer)
{
    socks->state = ADIT_SOCKS_BROKEN;
    say_outcome(socks->version, outcome, answer);
}

/* ---- the request ---- */

static bool copy_name(struct adit_socks *socks, const uint8_t *name, size_t len)
{
    if (len == 0 || len >= sizeof socks->host || name[0] == '/')
        return false;
    for (size_t i = 0; i < len; i++)
        if (name[i] <= ' ' || name[i] >= 0x7f)
            return false;
    memcpy(socks->host, name, len);
    socks->host[len] = '\0';
    return true;
}

static uint16_t port_at(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static void finish(struct adit_socks *socks, bool is_host, uint8_t command,
                   struct adit_socks_answer *answer)
{
    if (command != CONNECT)
        refuse(socks, ADIT_SOCKS_COMMAND_UNKNOWN, answer);
    else if (!is_host || socks->port == 0)
        refuse(socks, ADIT_SOCKS_FAILED, answer);
    else
        socks->state = ADIT_SOCKS_ASKED;
}

/* ---- SOCKS 4: version, command, port, address, user, and with 4a a name ---- */

/* 0.0.0.x, which is no address, says that a name follows. */
static bool has_name_4(const uint8_t *address)
{
    return (address[0] | address[1] | address[2]) == 0 && address[3] != 0;
}

static void take_4(struct adit_socks *socks, struct adit_socks_answer *answer)
{
    const uint8_t *bytes = socks->kept;
    const uint8_t *address = bytes + 4;
    const size_t len = socks->kept_len;
    bool is_host;

    if (len <= HEAD_4)
        return;
    if (bytes[len - 1] != '\0') {
        if (len == sizeof socks->kept)
            refuse(socks, ADIT_SOCKS_FAILED, answer);
        return;
    }
    socks->port = port_at(bytes + 2);
    if (!has_name_4(address)) {
        is_host = inet_ntop(AF_INET, address, socks->host, sizeof socks->host) != NULL;
    } else if (socks->user_end == 0 && len < sizeof socks->kept) {
        socks->user_end = len;
        return;
    } else {
        const size_t start = socks->user_end;

        is_host = start && copy_name(socks, bytes + start, len - start - 1);
    }
    finish(socks, is_host, bytes[1], answer);
}

/* ---- SOCKS 5 ---- */

/* Version, how many methods, the methods (RFC 1928, 3). */
static void take_greeting(struct adit_socks *socks, struct adit_socks_answer *answer)
{
    const uint8_t *bytes = socks->kept;
    uint8_t method[2] = { 5, NO_LOGIN };

    if (socks->kept_len < 2 || socks->kept_len < 2U + bytes[1])
        return;
    if (memchr(bytes + 2, NO_LOGIN, bytes[1]) == NULL) {
        method[1] = NO_METHOD;
        socks->state = ADIT_SOCKS_BROKEN;
    }
    say(answer, method, sizeof method);
    socks->greeted = true;
    socks->kept_len = 0;
}

/* How long the address of this type is, with a name's length byte; 0: there is no such type. */
static size_t address_len(const uint8_t *address, uint8_t type)
{
    switch (type) {
    case TYPE_IPV4:
        return 4;
    case TYPE_NAME:
        return 1U + address[0];
    case TYPE_IPV6:
        return 16;
    default:
        return 0;
    }
}

static bool copy_address(struct adit_socks *socks, const uint8_t *address, uint8_t type)
{
    if (type == TYPE_NAME)
        return copy_name(socks, address + 1, address[0]);
    return inet_ntop(type == TYPE_IPV4 ? AF_INET : AF_INET6, address, socks->host,
                     sizeof socks->host) != NULL;
}

/* Version, command, 0, address type, address, port (RFC 1928, 4). */
static void take_request(struct adit_socks *socks, struct adit_socks_answer *answer)
{
    const uint8_t *bytes = socks->kept;
    const uint8_t type = bytes[3];
    const uint8_t *address = bytes + 4;
    size_t len;

    if (bytes[0] != 5) {
        socks->state = ADIT_SOCKS_BROKEN;
        return;
    }
    if (socks->kept_len < 5)
        return;
    len = address_len(address, type);
    if (len == 0) {
        refuse(socks, ADIT_SOCKS_ADDRESS_UNKNOWN, answer);
        return;
    }
    if (socks->kept_len < 4 + len + 2)
        return;
    socks->port = port_at(address + len);
    finish(socks, copy_address(socks, address, type), bytes[1], answer);
}

/* ---- both ---- */

static void take_byte(struct adit_socks *socks, uint8_t byte, struct adit_socks_answer *answer)
{
    socks->kept[socks->kept_len++] = byte;
    if (socks->version == 0)
        socks->version = byte;
    if (socks->version == 4)
        take_4(socks, answer);
    else if (socks->version != 5)
        socks->state = ADIT_SOCKS_BROKEN; /* it speaks something else, and is told nothing */
    else if (!socks->greeted)
        take_greeting(socks, answer);
    else
        take_request(socks, answer);
}

size_t adit_socks_take(struct adit_socks *socks, struct adit_span bytes,
                       struct adit_socks_answer *answer)
{
    size_t taken = 0;

    answer->len = 0;
    while (taken < bytes.len && socks->state == ADIT_SOCKS_READING)
        take_byte(socks, bytes.data[taken++], answer);
    return taken;
}

/* ---- why a connection failed ---- */

static bool has_words(struct adit_span text, const char *words)
{
    const size_t len = strlen(words);

    for (size_t i = 0; i + len <= text.len; i++)
        if (strncasecmp((const char *)text.data + i, words, len) == 0)
            return true;
    return false;
}

/* Words of systems and of gateways. Of several addresses the one that answered says most. */
static enum adit_socks_outcome outcome_of_text(struct adit_span text)
{
    static const struct {
        const char *words;
        enum adit_socks_outcome outcome;
    } rows[] = {
        { "refused", ADIT_SOCKS_REFUSED },
        { "no route to host", ADIT_SOCKS_HOST_UNREACHABLE },
        { "host is unreachable", ADIT_SOCKS_HOST_UNREACHABLE },
        { "host is down", ADIT_SOCKS_HOST_UNREACHABLE },
        { "timed out", ADIT_SOCKS_HOST_UNREACHABLE },
        { "no answer in time", ADIT_SOCKS_HOST_UNREACHABLE },
        { "network is unreachable", ADIT_SOCKS_NETWORK_UNREACHABLE },
        { "network is down", ADIT_SOCKS_NETWORK_UNREACHABLE },
        { "look up ", ADIT_SOCKS_HOST_UNREACHABLE },
        { "not known", ADIT_SOCKS_HOST_UNREACHABLE },
        { "unknown host", ADIT_SOCKS_HOST_UNREACHABLE },
        { "no address associated", ADIT_SOCKS_HOST_UNREACHABLE },
        { "name resolution", ADIT_SOCKS_HOST_UNREACHABLE },
    };

    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++)
        if (has_words(text, rows[i].words))
            return rows[i].outcome;
    return ADIT_SOCKS_FAILED;
}

enum adit_socks_outcome adit_socks_outcome_of(uint32_t reason, struct adit_span text)
{
    if (reason == SSH_OPEN_ADMINISTRATIVELY_PROHIBITED)
        return ADIT_SOCKS_NOT_ALLOWED;
    return reason == SSH_OPEN_CONNECT_FAILED ? outcome_of_text(text) : ADIT_SOCKS_FAILED;
}
