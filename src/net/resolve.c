/* SPDX-License-Identifier: BSD-2-Clause */
/* The C library's resolver, which blocks, in libuv's pool of threads. */
#include "net/resolve.h"

#include "base/memory.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

struct adit_resolve {
    uv_getaddrinfo_t request;
    adit_resolve_fn *done; /* NULL: cancelled */
    void *arg;
};

static void on_resolved(uv_getaddrinfo_t *request, int status, struct addrinfo *found)
{
    struct adit_resolve *resolve = request->data;
    struct adit_sockaddrs addresses = { .count = 0 };
    char words[64] = "no address";

    if (status)
        (void)uv_strerror_r(status, words, sizeof words);
    adit_sockaddrs_add(&addresses, found);
    uv_freeaddrinfo(found);
    if (resolve->done)
        resolve->done(resolve->arg, &addresses, addresses.count ? NULL : words);
    free(resolve);
}

enum adit_err adit_resolve_start(struct adit_loop *loop, const char *host, uint16_t port,
                                 int family, adit_resolve_fn *done, void *arg,
                                 struct adit_resolve **out)
{
    const struct addrinfo hints = { .ai_family = family,
                                    .ai_socktype = SOCK_STREAM,
                                    .ai_flags = AI_NUMERICSERV };
    struct adit_resolve *resolve = adit_new(sizeof *resolve);
    char service[8];

    *out = NULL;
    if (resolve == NULL)
        return ADIT_ERR_NO_MEMORY;
    resolve->request.data = resolve;
    resolve->done = done;
    resolve->arg = arg;
    (void)snprintf(service, sizeof service, "%u", port);
    if (uv_getaddrinfo(adit_loop_uv(loop), &resolve->request, on_resolved, host, service, &hints)) {
        free(resolve);
        return ADIT_ERR_SYSTEM;
    }
    *out = resolve;
    return ADIT_OK;
}

void adit_resolve_cancel(struct adit_resolve *resolve)
{
    if (resolve == NULL)
        return;
    resolve->done = NULL;
    (void)uv_cancel((uv_req_t *)&resolve->request);
}
