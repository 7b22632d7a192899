/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Policy is asked twice: before the name is looked up, and for each address
 * that the look-up gave, so that a name cannot lead past a permit.
 */
#include "opening.h"

#include "base/memory.h"
#include "base/span.h"
#include "base/text.h"
#include "net/dial.h"
#include "net/listen.h"
#include "wire/numbers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HOST_SIZE = 256, CONNECT_TIMEOUT_MS = 30000 };

struct adit_opening {
    struct adit_list node; /* among the client's openings */
    struct adit_client *client;
    struct adit_channel *channel;
    struct adit_dial *dial;
    uint16_t port;
    bool forbidden; /* policy refused an address; refusal says which */
    char host[HOST_SIZE];
    char refusal[ADIT_POLICY_TEXT_SIZE];
};

static void refuse(struct adit_client *client, struct adit_channel *channel, uint32_t reason,
                   const char *text)
{
    char shown[640];

    adit_client_log_refusal(client, text);
    adit_channel_refuse(channel, reason,
                        adit_text_printable(adit_span_text(text), shown, sizeof shown));
    adit_link_wake(client->link);
}

static bool address_permitted(void *arg, const struct sockaddr *address)
{
    struct adit_opening *opening = arg;
    const struct adit_policy policy = adit_client_policy(opening->client);
    char text[64];
    uint16_t port;

    if (address->sa_family == AF_UNIX)
        return true; /* it is what was asked about before */
    adit_address_text(address, text, sizeof text, &port);
    if (adit_policy_may_open(&policy, opening->host, opening->port, text, opening->refusal))
        return true;
    opening->forbidden = true;
    return false;
}

static void refuse_dial(struct adit_opening *opening, enum adit_err err, const char *text)
{
    struct adit_client *client = opening->client;
    const bool ours = err == ADIT_ERR_LIMIT || err == ADIT_ERR_NO_MEMORY;
    char said[640];

    if (opening->forbidden) {
        refuse(client, opening->channel, SSH_OPEN_ADMINISTRATIVELY_PROHIBITED, opening->refusal);
        return;
    }
    (void)snprintf(said, sizeof said, "%s: %s", ours ? "gateway" : "server side",
                   text && *text ? text : adit_err_text(err));
    refuse(client, opening->channel, ours ? SSH_OPEN_RESOURCE_SHORTAGE : SSH_OPEN_CONNECT_FAILED,
           said);
}

static void dialled(void *arg, int fd, enum adit_err err, const char *text)
{
    struct adit_opening *opening = arg;
    struct adit_client *client = opening->client;
    struct adit_relay *relay;

    opening->dial = NULL;
    if (fd < 0) {
        refuse_dial(opening, err, text);
    } else {
        adit_channel_accept(opening->channel);
        if (adit_relay_start(client->link, opening->channel, fd, adit_client_relay_ended, client,
                             &relay) != ADIT_OK)
            adit_channel_close(opening->channel);
        adit_link_wake(client->link);
    }
    adit_list_remove(&opening->node);
    free(opening);
}

static enum adit_err dial(struct adit_opening *opening)
{
    const struct adit_dial_settings settings = {
        .host = opening->host,
        .port = opening->port,
        .timeout_ms = CONNECT_TIMEOUT_MS,
        .asker = opening->client->who.session,
        .tcp_keepalive = true,
        .permitted = address_permitted,
    };

    return adit_dial_start(adit_link_loop(opening->client->link), &settings, dialled, opening,
                           &opening->dial);
}

/* False: not a name that may be looked up or shown. */
static bool copy_host(struct adit_span host, bool is_path, char out[static HOST_SIZE])
{
    if (host.len == 0 || host.len >= HOST_SIZE || host.data[0] == '-' ||
        (host.data[0] == '/') != is_path)
        return false;
    for (size_t i = 0; i < host.len; i++)
        if (host.data[i] <= ' ' || host.data[i] >= 0x7f)
            return false;
    memcpy(out, host.data, host.len);
    out[host.len] = '\0';
    return true;
}

void adit_opening_start(struct adit_client *client, struct adit_channel *channel,
                        const struct adit_channel_open_event *open)
{
    const struct adit_policy policy = adit_client_policy(client);
    const bool is_path = open->type == ADIT_CHANNEL_DIRECT_STREAMLOCAL;
    char why[ADIT_POLICY_TEXT_SIZE];
    char host[HOST_SIZE];
    struct adit_opening *opening;

    if ((open->port == 0) != is_path || !copy_host(open->host, is_path, host)) {
        refuse(client, channel, SSH_OPEN_CONNECT_FAILED,
               is_path ? "server side: not the path of a socket"
                       : "server side: not a host and a port");
        return;
    }
    if (is_path ? !adit_policy_may_open_path(&policy, host, why)
                : !adit_policy_may_open(&policy, host, open->port, NULL, why)) {
        refuse(client, channel, SSH_OPEN_ADMINISTRATIVELY_PROHIBITED, why);
        return;
    }
    opening = adit_new(sizeof *opening);
    if (opening) {
        opening->client = client;
        opening->channel = channel;
        opening->port = open->port;
        memcpy(opening->host, host, sizeof host);
    }
    if (opening == NULL || dial(opening) != ADIT_OK) {
        free(opening);
        refuse(client, channel, SSH_OPEN_RESOURCE_SHORTAGE, "gateway: out of memory");
        return;
    }
    adit_list_init(&opening->node);
    adit_list_append(&client->openings, &opening->node);
}

void adit_openings_cancel(struct adit_client *client)
{
    struct adit_list *node;

    while ((node = adit_list_take_first(&client->openings)) != NULL) {
        struct adit_opening *opening = ADIT_LIST_ENTRY(node, struct adit_opening, node);

        adit_dial_cancel(opening->dial);
        free(opening);
    }
}
