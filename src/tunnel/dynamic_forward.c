/* SPDX-License-Identifier: BSD-2-Clause */
/* Whoever connects to a dynamic forward (-D) says by SOCKS where it wants to go. */
#include "base/memory.h"
#include "net/socket.h"
#include "net/socks_accept.h"
#include "tunnel/failure.h"
#include "tunnel/forward.h"
#include "tunnel/passage.h"

#include <stdio.h>
#include <stdlib.h>

enum { ADDRESS_SIZE = 64 };

struct adit_asker {
    struct adit_list node; /* among its forward's */
    struct adit_forward *forward;
    struct adit_socks_accept *accept;
    char originator[ADDRESS_SIZE];
    uint16_t originator_port;
};

/* `arg` is the tunnel: the forward may be gone by then. */
static void passage_done(void *arg, const struct adit_failure *failure)
{
    struct adit_tunnel *t = arg;

    if (failure != NULL)
        adit_user_say(&t->user, ADIT_SAY_INFO, "%s", failure->text);
}

static void asked(void *arg, int fd, const struct adit_socks *socks, const char *text)
{
    struct adit_asker *asker = arg;
    struct adit_tunnel *t = asker->forward->tunnel;
    const struct adit_passage_settings settings = {
        .host = socks->host,
        .port = socks->port,
        .originator = asker->originator,
        .originator_port = asker->originator_port,
        .forward_id = asker->forward->id,
        .socks_version = socks->version,
    };
    struct adit_failure failure;

    if (fd < 0) {
        adit_user_say(&t->user, ADIT_SAY_DEBUG1, "connection from %s port %u was closed: %s",
                      asker->originator, asker->originator_port, text);
    } else {
        adit_user_say(&t->user, ADIT_SAY_DEBUG1, "connection from %s port %u asks for %s:%u",
                      asker->originator, asker->originator_port, socks->host, socks->port);
        if (adit_passage_start(t, fd, &settings, passage_done, t, &failure) != ADIT_OK)
            passage_done(t, &failure);
    }
    adit_list_remove(&asker->node);
    free(asker);
}

void adit_dynamic_forward_accepted(struct adit_forward *forward, int fd, const char *originator,
                                   uint16_t originator_port)
{
    struct adit_tunnel *t = forward->tunnel;
    struct adit_asker *asker = adit_new(sizeof *asker);
    enum adit_err err;

    if (asker == NULL) {
        adit_user_say(&t->user, ADIT_SAY_ERROR, "a connection was dropped: out of memory");
        adit_socket_reset(fd);
        return;
    }
    asker->forward = forward;
    (void)snprintf(asker->originator, sizeof asker->originator, "%s", originator);
    asker->originator_port = originator_port;
    adit_list_init(&asker->node);
    err = adit_socks_accept_start(adit_runtime_loop(t->runtime), fd, asked, asker, &asker->accept);
    if (err) {
        adit_user_say(&t->user, ADIT_SAY_ERROR, "a connection was dropped: %s", adit_err_text(err));
        free(asker);
        return;
    }
    adit_list_append(&forward->askers, &asker->node);
}

void adit_dynamic_forward_stop(struct adit_forward *forward)
{
    struct adit_list *node;

    while ((node = adit_list_take_first(&forward->askers)) != NULL) {
        struct adit_asker *asker = ADIT_LIST_ENTRY(node, struct adit_asker, node);

        adit_socks_accept_cancel(asker->accept);
        free(asker);
    }
}
