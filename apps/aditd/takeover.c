/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A letter to the worker of the old session, and back. Both sessions are named by
 * number: either may be gone when it arrives.
 */
#include "takeover.h"

#include "base/memory.h"
#include "wire/numbers.h"

#include <stdlib.h>

struct letter {
    struct adit_post post;
    struct adit_worker *from; /* the new session's, who gets it back */
    struct adit_worker *to;
    uint64_t new_session;
    uint64_t old_session;
    void (*done)(struct adit_client *client);
};

static void end_session(const struct adit_worker *worker, uint64_t session)
{
    struct adit_client *old = adit_client_find(worker, session);

    if (old)
        adit_client_end(old, ADIT_TAKEN_OVER);
}

static void come_back(struct adit_post *post)
{
    struct letter *letter = ADIT_LIST_ENTRY(post, struct letter, post);
    struct adit_client *client = adit_client_find(letter->from, letter->new_session);

    if (client)
        letter->done(client);
    free(letter);
}

static void arrive(struct adit_post *post)
{
    struct letter *letter = ADIT_LIST_ENTRY(post, struct letter, post);

    end_session(letter->to, letter->old_session);
    adit_post_init(&letter->post, come_back);
    adit_loop_post_own(letter->from->loop, &letter->post);
}

enum adit_err adit_takeover(struct adit_client *client, const struct adit_holder *old,
                            void (*done)(struct adit_client *client), bool *is_done)
{
    struct letter *letter;

    *is_done = old->worker == client->worker;
    if (*is_done) {
        end_session(old->worker, old->session);
        return ADIT_OK;
    }
    letter = adit_new(sizeof *letter);
    if (letter == NULL)
        return ADIT_ERR_NO_MEMORY;
    adit_post_init(&letter->post, arrive);
    letter->from = client->worker;
    letter->to = old->worker;
    letter->new_session = client->who.session;
    letter->old_session = old->session;
    letter->done = done;
    adit_loop_post_own(letter->to->loop, &letter->post);
    return ADIT_OK;
}
