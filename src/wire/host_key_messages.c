/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/host_key_messages.h"

enum adit_err adit_parse_host_key_list(struct adit_span data, struct adit_host_key_list *out)
{
    struct adit_reader r = adit_reader_init(data);

    *out = (struct adit_host_key_list){ .count = 0 };
    do {
        if (out->count == ADIT_HOST_KEY_LIST_MAX)
            return ADIT_ERR_LIMIT;
        out->items[out->count] = adit_read_string(&r);
        if (out->items[out->count++].len == 0)
            return ADIT_ERR_MALFORMED;
    } while (!adit_reader_finish(&r));
    return ADIT_OK;
}

void adit_write_host_key_proof(struct adit_writer *w, struct adit_span session_id,
                               struct adit_span key_blob)
{
    adit_write_text(w, ADIT_PROVE_HOST_KEY_REQUEST);
    adit_write_string(w, session_id);
    adit_write_string(w, key_blob);
}
