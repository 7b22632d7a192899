/* SPDX-License-Identifier: BSD-2-Clause */
#include "auth/methods.h"

#include "base/span.h"
#include "base/text.h"

#include <stdio.h>

static const char *const names[ADIT_METHODS] = {
    [ADIT_METHOD_PUBLICKEY] = "publickey",
    [ADIT_METHOD_INTERACTIVE] = "keyboard-interactive",
    [ADIT_METHOD_PASSWORD] = "password",
};

bool adit_methods_list_ok(const char *list)
{
    struct adit_span rest = adit_span_text(list);
    struct adit_span name;
    size_t count = 0;

    while (adit_text_list_next(&rest, &name)) {
        bool known = false;

        for (unsigned i = 0; i < ADIT_METHODS; i++)
            known = known || adit_span_is(name, names[i]);
        if (!known || ++count > ADIT_METHODS_DONE_MAX)
            return false;
    }
    return count > 0;
}

/* Takes what was done off the list, from its front. false: the list begins otherwise. */
static bool take_done(const struct adit_methods *m, struct adit_span *list)
{
    struct adit_span name;

    for (size_t i = 0; i < m->done_count; i++)
        if (!adit_text_list_next(list, &name) || !adit_span_is(name, names[m->done[i]]))
            return false;
    return true;
}

bool adit_methods_may_try(const struct adit_methods *m, enum adit_method method)
{
    bool listed = m->list_count == 0;

    for (size_t i = 0; i < m->list_count && !listed; i++) {
        struct adit_span list = adit_span_text(m->lists[i]);
        struct adit_span name;

        listed = take_done(m, &list) && adit_text_list_next(&list, &name) &&
                 adit_span_is(name, names[method]);
    }
    return listed && m->offered[method];
}

const char *adit_methods_text(const struct adit_methods *m, char out[ADIT_METHODS_TEXT_SIZE])
{
    size_t len = 0;

    out[0] = '\0';
    for (unsigned i = 0; i < ADIT_METHODS; i++)
        if (adit_methods_may_try(m, (enum adit_method)i))
            len += (size_t)snprintf(out + len, ADIT_METHODS_TEXT_SIZE - len, "%s%s", len ? "," : "",
                                    names[i]);
    return out;
}

bool adit_methods_succeed(struct adit_methods *m, enum adit_method method)
{
    if (m->list_count == 0)
        return true;
    if (m->done_count == ADIT_METHODS_DONE_MAX)
        return false; /* no list is that long */
    m->done[m->done_count++] = method;
    for (size_t i = 0; i < m->list_count; i++) {
        struct adit_span list = adit_span_text(m->lists[i]);

        if (take_done(m, &list) && list.len == 0)
            return true;
    }
    return false;
}
