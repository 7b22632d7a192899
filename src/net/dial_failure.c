/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/dial_failure.h"

#include "base/span.h"
#include "base/text.h"
#include "net/listen.h"
#include "net/socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>

/* Adds to a text, cutting it at its size. */
static void add_text(char *text, size_t size, const char *more)
{
    const size_t len = strlen(text);

    (void)snprintf(text + len, size - len, "%s", more);
}

static const char *reason_text(int reason, char *buf, size_t size)
{
    if (reason == ADIT_DIAL_NOT_PERMITTED)
        return "not permitted";
    if (reason == ADIT_DIAL_NO_ANSWER)
        return "no answer in time";
    if (reason == ADIT_DIAL_NO_SOURCE)
        return "the address or interface to connect from is not of this machine";
    return adit_errno_text(reason, buf, size);
}

static enum adit_err reason_err(int reason)
{
    switch (reason) {
    case ADIT_DIAL_NOT_PERMITTED:
        return ADIT_ERR_REFUSED;
    case ADIT_DIAL_NO_ANSWER:
    case ETIMEDOUT:
        return ADIT_ERR_TIMEOUT;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
        return ADIT_ERR_LIMIT;
    default:
        return ADIT_ERR_SYSTEM;
    }
}

/* "(10.0.0.7): Connection refused", or without the address where it was given as the host. */
static void describe(const struct adit_dial_failure *failure, const char *host, char *out,
                     size_t size)
{
    char buf[64];
    const char *reason = reason_text(failure->reason, buf, sizeof buf);

    if (host && strcmp(failure->tried, host) == 0)
        (void)snprintf(out, size, ": %s", reason);
    else
        (void)snprintf(out, size, " (%s): %s", failure->tried, reason);
}

void adit_dial_failure_add(struct adit_dial_failure *failure, const struct sockaddr *address,
                           int reason)
{
    char host[INET6_ADDRSTRLEN + 20];
    uint16_t port;

    adit_address_text(address, host, sizeof host, &port);
    if (failure->tried[0] && failure->reason != reason) {
        char group[sizeof failure->tried + 80];

        describe(failure, NULL, group, sizeof group);
        add_text(failure->before, sizeof failure->before, group);
        add_text(failure->before, sizeof failure->before, ";");
        failure->tried[0] = '\0';
    }
    if (failure->tried[0])
        add_text(failure->tried, sizeof failure->tried, ", ");
    add_text(failure->tried, sizeof failure->tried, host);
    failure->reason = reason;
    /* A real attempt says more than one that was not permitted. */
    if (failure->err == ADIT_OK || reason != ADIT_DIAL_NOT_PERMITTED)
        failure->err = reason_err(reason);
}

void adit_dial_failure_look_up(struct adit_dial_failure *failure, enum adit_err err,
                               const char *words)
{
    failure->err = err;
    (void)snprintf(failure->look_up, sizeof failure->look_up, "%s", words);
}

void adit_dial_failure_text(const struct adit_dial_failure *failure, const char *host,
                            uint16_t port, char text[static ADIT_DIAL_TEXT_SIZE])
{
    const bool is_v6 = strchr(host, ':') != NULL;
    char shown[100];
    char last[sizeof failure->tried + 80];

    (void)adit_text_printable(adit_span_text(host), shown, sizeof shown);
    if (failure->look_up[0]) {
        (void)snprintf(text, ADIT_DIAL_TEXT_SIZE, "look up %s: %s", shown, failure->look_up);
        return;
    }
    if (port == 0 && adit_is_path(host)) {
        char buf[64];

        (void)snprintf(text, ADIT_DIAL_TEXT_SIZE, "connect to %s: %s", shown,
                       reason_text(failure->reason, buf, sizeof buf));
        return;
    }
    describe(failure, failure->before[0] ? NULL : host, last, sizeof last);
    (void)snprintf(text, ADIT_DIAL_TEXT_SIZE, "connect to %s%s%s:%u%s%s", is_v6 ? "[" : "", shown,
                   is_v6 ? "]" : "", port, failure->before, last);
}
