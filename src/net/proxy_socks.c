/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SOCKS5 (RFC 1928) with user and password (RFC 1929), and SOCKS4a. Every
 * answer says its length before it goes on, so nothing is ever read ahead.
 *
 *     5: methods ─▶ choice ─▶ [user and password ─▶ verdict] ─▶ request ─▶ answer, its address
 *     4: request ─▶ answer
 */
#include "base/span.h"
#include "net/proxy_talk.h"

#include <arpa/inet.h>

enum {
    VERSION_5 = 5,
    VERSION_4 = 4,
    CONNECT = 1,

    NO_LOGIN = 0,
    LOGIN = 2,
    NO_METHOD = 0xff,
    LOGIN_VERSION = 1,

    BY_IPV4 = 1,
    BY_NAME = 3,
    BY_IPV6 = 4,

    GRANTED_4 = 90,
};

enum step { CHOICE, VERDICT, ANSWER, ADDRESS, ANSWER_4 };

/* RFC 1928, 6 */
static const char *const replies[] = {
    "it granted the request",
    "general SOCKS server failure",
    "connection not allowed by ruleset",
    "network unreachable",
    "host unreachable",
    "connection refused",
    "TTL expired",
    "command not supported",
    "address type not supported",
};

/* ---- what is sent ---- */

static enum adit_err add_bytes(struct adit_proxy_talk *talk, const uint8_t *bytes, size_t len)
{
    return adit_buffer_append(&talk->out, adit_span_of(bytes, len));
}

/* A length of one byte and the text, which is shorter than 256. */
static enum adit_err add_text(struct adit_proxy_talk *talk, const char *text)
{
    const uint8_t len = (uint8_t)strlen(text);
    const enum adit_err err = add_bytes(talk, &len, 1);

    return err ? err : adit_buffer_append(&talk->out, adit_span_text(text));
}

static enum adit_err add_port(struct adit_proxy_talk *talk)
{
    const uint8_t port[] = { (uint8_t)(talk->port >> 8), (uint8_t)talk->port };

    return add_bytes(talk, port, sizeof port);
}

static void expect(struct adit_proxy_talk *talk, enum step step, size_t len)
{
    talk->step = step;
    talk->wanted = len;
    adit_buffer_empty(&talk->in);
}

/* The name itself goes to the proxy, which looks it up. */
static enum adit_err ask_5(struct adit_proxy_talk *talk)
{
    uint8_t head[] = { VERSION_5, CONNECT, 0, BY_NAME };
    uint8_t address[sizeof(struct in6_addr)];
    size_t address_len = 0;
    enum adit_err err;

    if (inet_pton(AF_INET, talk->host, address) == 1) {
        head[3] = BY_IPV4;
        address_len = sizeof(struct in_addr);
    } else if (inet_pton(AF_INET6, talk->host, address) == 1) {
        head[3] = BY_IPV6;
        address_len = sizeof(struct in6_addr);
    }
    err = add_bytes(talk, head, sizeof head);
    if (!err)
        err = address_len ? add_bytes(talk, address, address_len) : add_text(talk, talk->host);
    if (!err)
        err = add_port(talk);
    expect(talk, ANSWER, 5); /* up to the first byte of its address, which may be a length */
    return err;
}

/* An address that can be none, and behind the user the name. */
static enum adit_err ask_4(struct adit_proxy_talk *talk)
{
    static const uint8_t head[] = { VERSION_4, CONNECT };
    static const uint8_t by_name[] = { 0, 0, 0, 1 };
    const char *user = talk->proxy.user;
    enum adit_err err = add_bytes(talk, head, sizeof head);

    if (!err)
        err = add_port(talk);
    if (!err)
        err = add_bytes(talk, by_name, sizeof by_name);
    if (!err)
        err = adit_buffer_append(&talk->out, adit_span_of(user, strlen(user) + 1));
    if (!err)
        err = adit_buffer_append(&talk->out, adit_span_of(talk->host, strlen(talk->host) + 1));
    expect(talk, ANSWER_4, 8);
    return err;
}

enum adit_err adit_proxy_socks_ask(struct adit_proxy_talk *talk)
{
    static const uint8_t anybody[] = { VERSION_5, 1, NO_LOGIN };
    static const uint8_t somebody[] = { VERSION_5, 2, NO_LOGIN, LOGIN };

    if (talk->proxy.kind == ADIT_PROXY_SOCKS4A)
        return ask_4(talk);
    expect(talk, CHOICE, 2);
    return talk->proxy.has_user ? add_bytes(talk, somebody, sizeof somebody)
                                : add_bytes(talk, anybody, sizeof anybody);
}

static enum adit_err log_in(struct adit_proxy_talk *talk)
{
    static const uint8_t version = LOGIN_VERSION;
    enum adit_err err = add_bytes(talk, &version, 1);

    if (!err)
        err = add_text(talk, talk->proxy.user);
    if (!err)
        err = add_text(talk, talk->proxy.password);
    expect(talk, VERDICT, 2);
    return err;
}

/* ---- what comes ---- */

static void refuse(struct adit_proxy_talk *talk, enum adit_err err, const char *sentence)
{
    adit_proxy_talk_fail(talk, err, "%s", sentence);
}

static enum adit_err take_choice(struct adit_proxy_talk *talk, const uint8_t *answer)
{
    if (answer[0] != VERSION_5)
        refuse(talk, ADIT_ERR_MALFORMED, "its answer is not SOCKS5");
    else if (answer[1] == NO_LOGIN)
        return ask_5(talk);
    else if (answer[1] == LOGIN && talk->proxy.has_user)
        return log_in(talk);
    else if (answer[1] == LOGIN || (answer[1] == NO_METHOD && !talk->proxy.has_user))
        refuse(talk, ADIT_ERR_AUTH, "it wants a user and a password");
    else if (answer[1] == NO_METHOD)
        refuse(talk, ADIT_ERR_AUTH, "it has no login by user and password");
    else
        refuse(talk, ADIT_ERR_PROTOCOL, "it chose a kind of login that was not offered");
    return ADIT_OK;
}

static enum adit_err take_verdict(struct adit_proxy_talk *talk, const uint8_t *answer)
{
    if (answer[1] == 0)
        return ask_5(talk);
    refuse(talk, ADIT_ERR_AUTH, "it refuses the user or the password");
    return ADIT_OK;
}

static void take_answer(struct adit_proxy_talk *talk, const uint8_t *answer)
{
    size_t address = 0; /* its bytes and those of the port; one of them has come */

    if (answer[0] != VERSION_5)
        refuse(talk, ADIT_ERR_MALFORMED, "its answer is not SOCKS5");
    else if (answer[1] > 0 && answer[1] < ADIT_ARRAY_LEN(replies))
        adit_proxy_talk_fail(talk, ADIT_ERR_REFUSED, "it refuses: %s", replies[answer[1]]);
    else if (answer[1] > 0)
        adit_proxy_talk_fail(talk, ADIT_ERR_REFUSED, "it refuses with code %u",
                             (unsigned)answer[1]);
    else if (answer[3] == BY_IPV4)
        address = sizeof(struct in_addr) + 2;
    else if (answer[3] == BY_IPV6)
        address = sizeof(struct in6_addr) + 2;
    else if (answer[3] == BY_NAME)
        address = 1 + (size_t)answer[4] + 2;
    else
        refuse(talk, ADIT_ERR_MALFORMED, "its answer has an unknown kind of address");
    expect(talk, ADDRESS, address ? address - 1 : 0);
}

static void take_answer_4(struct adit_proxy_talk *talk, const uint8_t *answer)
{
    if (answer[0] != 0)
        refuse(talk, ADIT_ERR_MALFORMED, "its answer is not SOCKS4");
    else if (answer[1] == GRANTED_4)
        talk->done = true;
    else
        adit_proxy_talk_fail(talk, ADIT_ERR_REFUSED, "it refuses with code %u",
                             (unsigned)answer[1]);
}

static enum adit_err take_whole(struct adit_proxy_talk *talk)
{
    uint8_t answer[8] = { 0 }; /* a copy: the next step empties the buffer */

    if (talk->step != ADDRESS)
        memcpy(answer, talk->in.data, talk->wanted);
    switch ((enum step)talk->step) {
    case CHOICE:
        return take_choice(talk, answer);
    case VERDICT:
        return take_verdict(talk, answer);
    case ANSWER:
        take_answer(talk, answer);
        break;
    case ADDRESS: /* where the proxy connects from is of no interest */
        talk->done = true;
        break;
    case ANSWER_4:
        take_answer_4(talk, answer);
        break;
    }
    return ADIT_OK;
}

size_t adit_proxy_socks_take(struct adit_proxy_talk *talk, struct adit_span bytes)
{
    size_t at = 0;
    enum adit_err err = ADIT_OK;

    while (at < bytes.len && !talk->done && !talk->err && !err) {
        const size_t missing = talk->wanted - talk->in.len;
        const size_t len = missing < bytes.len - at ? missing : bytes.len - at;

        err = adit_buffer_append(&talk->in, adit_span_of(bytes.data + at, len));
        at += len;
        if (!err && talk->in.len == talk->wanted)
            err = take_whole(talk);
    }
    if (err)
        refuse(talk, err, adit_err_text(err));
    return at;
}
