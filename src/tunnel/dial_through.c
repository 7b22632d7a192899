/* SPDX-License-Identifier: BSD-2-Clause */
/* A connection without a listening port: one end of a socket pair is relayed, the other handed out. */
#include "base/text.h"
#include "net/listen.h"
#include "tunnel/failure.h"
#include "tunnel/passage.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct dial_call {
    struct adit_call call;
    struct adit_tunnel *tunnel;
    const char *host;
    uint16_t port;
    uint64_t timeout_ms;
    int fd; /* the end that is relayed */
};

static void passage_done(void *arg, const struct adit_failure *failure)
{
    struct adit_call *call = arg;

    if (failure != NULL)
        adit_call_fail(call, failure);
    else
        adit_call_finish(call, ADIT_OK);
}

static void start_dial(struct adit_call *call)
{
    struct dial_call *dial = (struct dial_call *)(void *)call;
    struct adit_tunnel *t = dial->tunnel;
    struct adit_failure failure;
    const struct adit_passage_settings settings = {
        .host = dial->host,
        .port = dial->port,
        .originator = "127.0.0.1", /* RFC 4254, 7.2 wants an address */
        .timeout_ms = dial->timeout_ms ? dial->timeout_ms : t->settings.connect_timeout_ms,
    };
    const int fd = dial->fd;

    dial->fd = -1;
    if (adit_passage_start(t, fd, &settings, passage_done, call, &failure) != ADIT_OK)
        adit_call_fail(call, &failure);
}

static enum adit_err make_pair(int pair[2], struct adit_failure *failure)
{
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return adit_failure_return(failure, ADIT_ERR_SYSTEM, ADIT_LEG_CLIENT, "socketpair: %s",
                                   strerrordesc_np(errno));
    (void)fcntl(pair[0], F_SETFL, O_NONBLOCK); /* the relay's end; the caller's one blocks */
    return ADIT_OK;
}

enum adit_err adit_tunnel_dial(struct adit_tunnel *tunnel, const char *host, uint16_t port,
                               uint64_t timeout_ms, int *fd, struct adit_failure *failure)
{
    struct dial_call dial = {
        .tunnel = tunnel, .host = host, .port = port, .timeout_ms = timeout_ms
    };
    int pair[2];
    enum adit_err err;

    *fd = -1;
    if (failure != NULL)
        *failure = (struct adit_failure){ 0 };
    if (host == NULL || host[0] == '\0' || (port == 0) != adit_is_path(host))
        return adit_failure_return(failure, ADIT_ERR_USAGE, ADIT_LEG_CLIENT,
                                   "no host and port to connect to");
    err = make_pair(pair, failure);
    if (err)
        return err;
    dial.fd = pair[0];
    adit_call_init(&dial.call, start_dial, failure);
    err = adit_runtime_ask(tunnel->runtime, &dial.call);
    if (err == ADIT_OK) {
        *fd = pair[1];
        return ADIT_OK;
    }
    if (dial.fd >= 0)
        (void)close(dial.fd); /* it never came to the loop */
    (void)close(pair[1]);
    return err;
}
