/* SPDX-License-Identifier: BSD-2-Clause */
#include "asked.h"

#include "base/memory.h"
#include "base/span.h"
#include "forward.h"

#include <stdlib.h>

struct asked {
    struct adit_list node; /* among the client's; the first one waits, the others for it */
    bool cancel;
    struct adit_forward_event request; /* its address is… */
    uint8_t address[];
};

/* No more is kept of an address than shows that it is too long to be listened on. */
static size_t kept_len(struct adit_span address)
{
    return address.len < ADIT_FORWARD_ADDRESS_SIZE ? address.len : ADIT_FORWARD_ADDRESS_SIZE;
}

/* False: the answer comes later. */
static bool answer(struct adit_client *client, const struct adit_forward_event *request,
                   bool cancel)
{
    if (!cancel)
        return adit_forward_listen(client, request);
    adit_forward_cancel(client, request);
    return true;
}

void adit_asked(struct adit_client *client, const struct adit_forward_event *request, bool cancel)
{
    const size_t len = kept_len(request->address);
    struct asked *asked;

    if (adit_list_is_empty(&client->asked) && answer(client, request, cancel))
        return;
    asked = adit_new(sizeof *asked + len);
    if (asked == NULL) {
        adit_client_end(client, "the gateway is out of memory");
        return;
    }
    asked->cancel = cancel;
    asked->request = *request;
    asked->request.address = adit_span_of(asked->address, len);
    if (len)
        memcpy(asked->address, request->address.data, len);
    adit_list_init(&asked->node);
    adit_list_append(&client->asked, &asked->node);
}

void adit_asked_go_on(struct adit_client *client)
{
    while (!adit_list_is_empty(&client->asked)) {
        struct asked *asked = ADIT_LIST_ENTRY(client->asked.next, struct asked, node);

        if (!answer(client, &asked->request, asked->cancel))
            return; /* it waits for another one */
        adit_list_remove(&asked->node);
        free(asked);
    }
}

void adit_asked_forget(struct adit_client *client)
{
    struct adit_list *node;

    while ((node = adit_list_take_first(&client->asked)) != NULL)
        free(ADIT_LIST_ENTRY(node, struct asked, node));
}
