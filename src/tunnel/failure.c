/* SPDX-License-Identifier: BSD-2-Clause */
#include "tunnel/failure.h"

#include "base/text.h"
#include "wire/numbers.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { PEER_TEXT_SIZE = 200 };

const char *adit_leg_text(enum adit_leg leg)
{
    switch (leg) {
    case ADIT_LEG_CLIENT:
        return "client side";
    case ADIT_LEG_GATEWAY:
        return "gateway";
    case ADIT_LEG_SERVER:
        return "server side";
    case ADIT_LEG_NONE:
        break;
    }
    return "";
}

const char *adit_target_text(const char *host, uint16_t port, char out[static ADIT_TARGET_SIZE])
{
    const bool is_v6 = strchr(host, ':') != NULL;

    if (adit_is_path(host))
        (void)snprintf(out, ADIT_TARGET_SIZE, "%s", host);
    else
        (void)snprintf(out, ADIT_TARGET_SIZE, is_v6 ? "[%s]:%u" : "%s:%u", host, port);
    return out;
}

/* Where the sentence goes on after the leg. */
static size_t begin(struct adit_failure *failure, enum adit_err err, enum adit_leg leg)
{
    int len = 0;

    failure->err = err;
    failure->leg = leg;
    failure->text[0] = '\0';
    if (leg != ADIT_LEG_NONE)
        len = snprintf(failure->text, sizeof failure->text, "%s: ", adit_leg_text(leg));
    return len > 0 ? (size_t)len : 0;
}

void adit_failure_set(struct adit_failure *failure, enum adit_err err, enum adit_leg leg,
                      const char *format, ...)
{
    va_list args;
    size_t len;

    if (failure == NULL)
        return;
    len = begin(failure, err, leg);
    va_start(args, format);
    (void)vsnprintf(failure->text + len, sizeof failure->text - len, format, args);
    va_end(args);
}

enum adit_err adit_failure_return(struct adit_failure *failure, enum adit_err err,
                                  enum adit_leg leg, const char *format, ...)
{
    va_list args;
    size_t len;

    if (failure == NULL)
        return err;
    len = begin(failure, err, leg);
    va_start(args, format);
    (void)vsnprintf(failure->text + len, sizeof failure->text - len, format, args);
    va_end(args);
    return err;
}

/* aditd names the leg too, for clients that do not: once is enough. */
static const char *without_leg(const char *text)
{
    static const char leg[] = "server side: ";

    return strncmp(text, leg, sizeof leg - 1) == 0 ? text + sizeof leg - 1 : text;
}

void adit_failure_set_refused(struct adit_failure *failure,
                              const struct adit_refused_event *refused, const char *host,
                              uint16_t port)
{
    char text[PEER_TEXT_SIZE];
    char target[ADIT_TARGET_SIZE];
    const char *colon = refused->text.len > 0 ? ": " : "";

    (void)adit_text_printable(refused->text, text, sizeof text);
    (void)adit_target_text(host, port, target);
    switch (refused->reason) {
    case SSH_OPEN_CONNECT_FAILED:
        adit_failure_set(failure, ADIT_ERR_REFUSED, ADIT_LEG_SERVER,
                         "the gateway cannot connect to %s%s%s", target, colon, without_leg(text));
        break;
    case SSH_OPEN_ADMINISTRATIVELY_PROHIBITED:
        adit_failure_set(failure, ADIT_ERR_REFUSED, ADIT_LEG_GATEWAY,
                         "connections to %s are not permitted%s%s", target, colon, text);
        break;
    case SSH_OPEN_RESOURCE_SHORTAGE:
        adit_failure_set(failure, ADIT_ERR_REFUSED, ADIT_LEG_GATEWAY,
                         "no resources for a connection to %s%s%s", target, colon, text);
        break;
    default:
        adit_failure_set(failure, ADIT_ERR_REFUSED, ADIT_LEG_GATEWAY,
                         "refused a connection to %s (reason %u)%s%s", target, refused->reason,
                         colon, text);
        break;
    }
}
