/* SPDX-License-Identifier: BSD-2-Clause */
#include "keys/known_update.h"

#include "base/span.h"
#include "base/text.h"
#include "keys/address.h"
#include "keys/known_walk.h"
#include "keys/lines.h"

/* The place of a key among those that are offered; `count` when it is not. */
static size_t find(const struct adit_known_update *update, struct adit_span blob)
{
    size_t i = 0;

    while (i < update->count && !adit_span_equal(update->offered[i], blob))
        i++;
    return i;
}

/* "host,192.0.2.1" is still about one host, as ssh wrote it for long; a hash is of one name. */
static bool is_complex(const struct adit_known_walk *w)
{
    struct adit_span rest = w->names;
    struct adit_span name;
    size_t count = 0;

    if (adit_line_begins(w->names, ADIT_KNOWN_HASH_MARK))
        return false;
    while (adit_text_list_next(&rest, &name)) {
        struct adit_address address;

        if (++count > 2 ||
            (!adit_text_equal_nocase(name, w->name) && !adit_address_parse(name, &address)))
            return true;
    }
    return false;
}

static bool is_stale(const struct adit_known_update *update, const struct adit_known_walk *w)
{
    return w->marker == ADIT_MARKER_NONE &&
           find(update, adit_buffer_span(&w->blob)) == update->count;
}

static void look_at_line(struct adit_known_update *update, const struct adit_known_walk *w)
{
    const size_t i = find(update, adit_buffer_span(&w->blob));

    switch (w->marker) {
    case ADIT_MARKER_REVOKED:
        if (i < update->count)
            update->is_revoked[i] = true;
        return;
    case ADIT_MARKER_CERT_AUTHORITY:
        update->is_complex = true;
        return;
    case ADIT_MARKER_NONE:
        break;
    }
    if (is_complex(w))
        update->is_complex = true;
    if (i < update->count)
        update->is_known[i] = true;
    else
        update->stale++;
}

enum adit_err adit_known_update_look(struct adit_known_update *update, struct adit_span text,
                                     const char *host, uint16_t port)
{
    struct adit_known_walk w;
    enum adit_err err = adit_known_walk_init(&w, text, host, port);

    if (err == ADIT_OK)
        for (err = adit_known_walk_next(&w); err == ADIT_OK; err = adit_known_walk_next(&w))
            look_at_line(update, &w);
    adit_known_walk_clear(&w);
    return err == ADIT_ERR_NOT_FOUND ? ADIT_OK : err;
}

enum adit_err adit_known_update_strip(const struct adit_known_update *update, struct adit_span text,
                                      const char *host, uint16_t port, struct adit_buffer *out)
{
    struct adit_span rest = text; /* what has not been copied */
    struct adit_known_walk w;
    enum adit_err err = adit_known_walk_init(&w, text, host, port);

    while (err == ADIT_OK) {
        err = adit_known_walk_next(&w);
        if (err == ADIT_OK && is_stale(update, &w)) {
            const size_t before = (size_t)(w.whole.data - rest.data);

            err = adit_buffer_append(out, adit_span_of(rest.data, before));
            rest = adit_span_of(w.whole.data + w.whole.len, rest.len - before - w.whole.len);
        }
    }
    adit_known_walk_clear(&w);
    return err == ADIT_ERR_NOT_FOUND ? adit_buffer_append(out, rest) : err;
}
