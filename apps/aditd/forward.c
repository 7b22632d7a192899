/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A port, or a path, belongs to the key that asked for it. When the same user comes back
 * with the same key while its old session, dead or not, still holds the port,
 * that session ends and the new one listens. Others are refused, and so is an older
 * session: two that ask at the same time must not end each other.
 */
#include "forward.h"

#include "asked.h"
#include "base/memory.h"
#include "base/span.h"
#include "base/text.h"
#include "net/listen.h"
#include "net/socket.h"
#include "takeover.h"
#include "wire/numbers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ADDRESS_SIZE = ADIT_FORWARD_ADDRESS_SIZE, FORWARDS_MAX = 1024, SENTENCE_SIZE = 640 };

struct adit_forward {
    struct adit_list node; /* among the client's forwards */
    struct adit_client *client;
    bool is_mere_question; /* see only_checks(): nothing listens */
    struct adit_listener *listener;
    struct adit_holding holding;
    uint16_t asked_port;
    char address[ADDRESS_SIZE]; /* as the client asked for it: so it is told (RFC 4254, 7.2) */
};

static void verdict(struct adit_client *client, bool accepted, uint16_t port)
{
    adit_session_forward_verdict(adit_link_session(client->link), accepted, port);
    adit_link_wake(client->link);
}

/* The failure itself has no text (RFC 4254, 4), so the client is told before it. */
static void refuse_saying(struct adit_client *client, const char *told, const char *logged)
{
    adit_client_log_refusal(client, logged);
    adit_session_tell_user(adit_link_session(client->link), told);
    verdict(client, false, 0);
}

static void refuse(struct adit_client *client, const char *text)
{
    refuse_saying(client, text, text);
}

/* ---- who holds the port ------------------------------------------------------------ */

/* "port 3306", or the path. */
static const char *place_of(const char *bind, uint16_t port, char out[static ADDRESS_SIZE])
{
    if (adit_is_path(bind))
        (void)snprintf(out, ADDRESS_SIZE, "%s", bind);
    else
        (void)snprintf(out, ADDRESS_SIZE, "port %u", port);
    return out;
}

static void log_takeover(const struct adit_forward *forward)
{
    const struct adit_client *client = forward->client;
    char name[320];

    (void)adit_client_name(client, name, sizeof name);
    if (adit_is_path(forward->address))
        adit_log_line(&client->worker->log, ADIT_LOG_INFO, "takeover path=%s %s", forward->address,
                      name);
    else
        adit_log_line(&client->worker->log, ADIT_LOG_INFO, "takeover port=%u %s",
                      forward->holding.port, name);
}

/*
 * A client that only tests its way says so in its identification. It learns that
 * it may listen, and the tunnel that it tests goes on.
 */
static bool only_checks(const struct adit_client *client)
{
    static const char mark[] = ADIT_CHECK_MARK;
    const size_t len = sizeof mark - 1;
    const struct adit_span is = adit_session_peer_identification(adit_link_session(client->link));

    return is.len > len && memcmp(is.data + is.len - len, mark, len) == 0;
}

/*
 * Takes the place, of an old self too. With *waits the old one is being ended by
 * another worker; on REFUSED `text` says who holds the place. A mere question
 * leaves it to the old self.
 */
static enum adit_err take_place(struct adit_forward *forward, bool *waits,
                                char text[static SENTENCE_SIZE])
{
    struct adit_client *client = forward->client;
    struct adit_registry *registry = &client->worker->shared->registry;
    struct adit_holder other;
    enum adit_claim claim = adit_registry_claim(registry, &forward->holding, &other);
    char place[ADDRESS_SIZE];
    char name[320];
    bool ended;

    forward->is_mere_question = claim == ADIT_CLAIM_OLD_SELF && only_checks(client);
    if (forward->is_mere_question)
        return ADIT_OK;
    while (claim == ADIT_CLAIM_OLD_SELF) {
        log_takeover(forward);
        if (adit_takeover(client, &other, adit_asked_go_on, &ended) != ADIT_OK) {
            (void)snprintf(text, SENTENCE_SIZE, "gateway: out of memory");
            return ADIT_ERR_NO_MEMORY;
        }
        *waits = !ended;
        if (*waits)
            return ADIT_OK;
        claim = adit_registry_claim(registry, &forward->holding, &other);
    }
    if (claim == ADIT_CLAIM_GRANTED)
        return ADIT_OK;
    (void)place_of(forward->address, forward->holding.port, place);
    if (claim == ADIT_CLAIM_OWN)
        (void)snprintf(text, SENTENCE_SIZE, "%s is listened on by this session already", place);
    else
        (void)snprintf(text, SENTENCE_SIZE, "%s is held by %s%s", place,
                       adit_holder_name(&other, name, sizeof name),
                       claim == ADIT_CLAIM_NEW_SELF ? ", a newer session" : "");
    return ADIT_ERR_REFUSED;
}

/* ---- connections that come ----------------------------------------------------------- */

static void accepted(void *arg, int fd, const struct sockaddr *peer)
{
    const struct adit_forward *forward = arg;
    struct adit_client *client = forward->client;
    const bool is_path = adit_is_path(forward->address);
    struct adit_channel *channel;
    struct adit_relay *relay;
    struct adit_channel_open_event open = {
        .type = is_path ? ADIT_CHANNEL_FORWARDED_STREAMLOCAL : ADIT_CHANNEL_FORWARDED_TCPIP,
        .host = adit_span_text(forward->address),
        .port = forward->asked_port ? forward->asked_port : forward->holding.port,
    };
    char originator[64];

    adit_address_text(peer, originator, sizeof originator, &open.originator_port);
    open.originator = adit_span_text(originator);
    if (adit_session_open_channel(adit_link_session(client->link), &open, NULL, &channel) !=
        ADIT_OK) {
        adit_socket_reset(fd);
        return;
    }
    if (adit_relay_start(client->link, channel, fd, adit_client_relay_ended, client, &relay) !=
        ADIT_OK)
        adit_channel_close(channel);
    adit_link_wake(client->link);
}

/* ---- listening ------------------------------------------------------------------------- */

/* One that is in no list of its client's any more. Who is granted the place finds it free. */
static void forward_free(struct adit_forward *forward)
{
    adit_listener_free(forward->listener);
    adit_registry_remove(&forward->client->worker->shared->registry, &forward->holding);
    free(forward);
}

static struct adit_forward *forward_new(struct adit_client *client, const char *address,
                                        uint16_t port)
{
    struct adit_forward *forward = adit_new(sizeof *forward);

    if (forward == NULL)
        return NULL;
    forward->client = client;
    forward->asked_port = port;
    forward->holding.holder = &client->who;
    (void)snprintf(forward->address, sizeof forward->address, "%s", address);
    adit_list_init(&forward->holding.node);
    adit_list_init(&forward->node);
    return forward;
}

static int family_of(const struct adit_sshd_config *config)
{
    static const int families[] = {
        [ADIT_FAMILY_ANY] = AF_UNSPEC,
        [ADIT_FAMILY_INET] = AF_INET,
        [ADIT_FAMILY_INET6] = AF_INET6,
    };

    return families[config->address_family];
}

static enum adit_err listen_for(struct adit_forward *forward, bool *waits,
                                char text[static SENTENCE_SIZE])
{
    struct adit_worker *worker = forward->client->worker;
    const struct adit_sshd_config *config = &worker->settings->config;
    const bool is_path = adit_is_path(forward->address);
    const char *bind = is_path ? forward->address
                               : adit_policy_bind_address(config->gateway_ports, forward->address);
    const struct adit_listen_settings settings = {
        .address = bind,
        .no_look_up = true, /* all sessions would wait for it */
        .port = forward->asked_port,
        .family = family_of(config),
        .socket_mode = 0777U & ~config->stream_local_bind_mask,
        .unlink_first = config->stream_local_bind_unlink,
        .log = &worker->log,
    };
    char why[512] = "";
    enum adit_err err = ADIT_OK;

    forward->holding.address = bind == NULL || *bind == '\0' ? bind : forward->address;
    forward->holding.port = settings.port;
    if (settings.port || is_path)
        err = take_place(forward, waits, text);
    if (err || *waits || forward->is_mere_question)
        return err;
    err = adit_listener_new(worker->loop, &settings, accepted, forward, why, sizeof why,
                            &forward->listener);
    if (err) {
        (void)snprintf(text, SENTENCE_SIZE, "gateway: %s", why[0] ? why : adit_err_text(err));
        return err;
    }
    if (settings.port || is_path)
        return ADIT_OK;
    forward->holding.port = adit_listener_port(forward->listener);
    adit_registry_add(&worker->shared->registry, &forward->holding);
    return ADIT_OK;
}

/* False: longer than an address is, or with bytes that no address has. */
static bool copy_address(struct adit_span address, bool is_path, char out[static ADDRESS_SIZE])
{
    if (address.len >= ADDRESS_SIZE || (address.len && address.data[0] == '/') != is_path)
        return false;
    for (size_t i = 0; i < address.len; i++)
        if (address.data[i] <= ' ' || address.data[i] >= 0x7f)
            return false;
    if (address.len)
        memcpy(out, address.data, address.len);
    out[address.len] = '\0';
    return true;
}

static size_t count(const struct adit_list *head)
{
    size_t n = 0;

    for (const struct adit_list *node = head->next; node != head; node = node->next)
        n++;
    return n;
}

/* "port=3306" or "path=/run/s", for the log. */
static const char *word_of(const struct adit_forward *forward, char out[static SENTENCE_SIZE])
{
    if (adit_is_path(forward->address))
        (void)snprintf(out, SENTENCE_SIZE, "path=%s", forward->address);
    else
        (void)snprintf(out, SENTENCE_SIZE, "port=%u", forward->holding.port);
    return out;
}

static void log_listen(const struct adit_forward *forward)
{
    const char *bind = forward->holding.address;
    char word[SENTENCE_SIZE];
    char name[320];

    if (adit_is_path(bind)) {
        adit_log_line(&forward->client->worker->log, ADIT_LOG_INFO, "listen %s %s",
                      adit_client_name(forward->client, name, sizeof name), word_of(forward, word));
        return;
    }
    adit_log_line(&forward->client->worker->log, ADIT_LOG_INFO, "listen %s address=%s port=%u",
                  adit_client_name(forward->client, name, sizeof name),
                  bind == NULL ? "localhost"
                  : *bind      ? bind
                               : "*",
                  forward->holding.port);
}

/* False: it waits for the end of an old session. */
static bool listen_now(struct adit_client *client, const struct adit_forward_event *request,
                       const char *address)
{
    struct adit_forward *forward = forward_new(client, address, request->port);
    char text[SENTENCE_SIZE];
    bool waits = false;
    enum adit_err err;

    if (forward == NULL) {
        refuse(client, "gateway: out of memory");
        return true;
    }
    err = listen_for(forward, &waits, text);
    if (err) {
        forward_free(forward);
        /* Who holds the place is the log's to know, not another client's. */
        refuse_saying(client, err == ADIT_ERR_REFUSED ? "somebody listens there already" : text,
                      text);
        return true;
    }
    if (waits) {
        forward_free(forward);
        return false;
    }
    adit_list_append(&client->forwards, &forward->node);
    if (!forward->is_mere_question)
        log_listen(forward);
    verdict(client, true, forward->holding.port);
    return true;
}

bool adit_forward_listen(struct adit_client *client, const struct adit_forward_event *request)
{
    const struct adit_policy policy = adit_client_policy(client);
    char address[ADDRESS_SIZE];
    char why[ADIT_POLICY_TEXT_SIZE];

    if (!copy_address(request->address, request->is_path, address))
        refuse(client,
               request->is_path ? "not the path of a socket" : "not an address to listen on");
    else if (request->is_path ? !adit_policy_may_listen_path(&policy, address, why)
                              : !adit_policy_may_listen(&policy, address, request->port, why))
        refuse(client, why);
    else if (count(&client->forwards) >= FORWARDS_MAX)
        refuse(client, "too many listeners in one session");
    else
        return listen_now(client, request, address);
    return true;
}

/*
 * The address must be as it was asked for; the port may be the one asked for
 * or, where that was 0, the one that listens.
 */
void adit_forward_cancel(struct adit_client *client, const struct adit_forward_event *request)
{
    struct adit_list *head = &client->forwards;
    char word[SENTENCE_SIZE];
    char name[320];

    for (struct adit_list *node = head->next; node != head; node = node->next) {
        struct adit_forward *forward = ADIT_LIST_ENTRY(node, struct adit_forward, node);

        if (!adit_span_is(request->address, forward->address) ||
            request->port != forward->holding.port)
            continue;
        adit_log_line(&client->worker->log, ADIT_LOG_INFO, "cancel %s %s",
                      adit_client_name(client, name, sizeof name), word_of(forward, word));
        adit_list_remove(&forward->node);
        forward_free(forward);
        verdict(client, true, request->port);
        return;
    }
    refuse(client, "no such listener to cancel");
}

void adit_forwards_close(struct adit_client *client)
{
    struct adit_list *node;

    while ((node = adit_list_take_first(&client->forwards)) != NULL)
        forward_free(ADIT_LIST_ENTRY(node, struct adit_forward, node));
}
