/* SPDX-License-Identifier: BSD-2-Clause */
/* An engine of either role, from its first byte on, fed with anything at all. */
#include "adit/ssh.h"

#include <stdlib.h>
#include <string.h>

enum { ROUNDS_MAX = 10000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct adit_key *host_key(void)
{
    static struct adit_key *key;

    if (key == NULL && adit_key_generate(ADIT_KEY_ED25519, 0, "", &key))
        abort();
    return key;
}

/* One byte at a time when `slowly`, else all that fits. */
static void feed(struct adit_session *s, const uint8_t *data, size_t size, bool slowly)
{
    struct adit_event event;

    for (unsigned round = 0; size && round < ROUNDS_MAX; round++) {
        uint8_t *room;
        size_t cap;
        size_t len;

        adit_session_input_buffer(s, &room, &cap);
        if (cap == 0)
            return;
        len = slowly ? 1 : size < cap ? size : cap;
        memcpy(room, data, len);
        data += len;
        size -= len;
        adit_session_input_filled(s, len);
        while (adit_session_next_event(s, &event))
            if (event.type == ADIT_EVENT_HOST_KEY)
                adit_session_host_key_verdict(s, true);
        adit_session_output_sent(s, adit_session_output_size(s));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct adit_key *const keys[] = { host_key() };
    struct adit_session_settings settings = { .user = "u", .host_keys = keys, .host_key_count = 1 };
    struct adit_buffers *buffers;
    struct adit_session *s;

    if (size == 0)
        return 0;
    settings.role = data[0] & 1 ? ADIT_SERVER : ADIT_CLIENT;
    if (adit_buffers_new(&buffers))
        return 0;
    if (adit_session_new(&settings, buffers, 0, &s) == ADIT_OK)
        feed(s, data + 1, size - 1, data[0] & 2);
    adit_session_free(s);
    adit_buffers_free(buffers);
    return 0;
}
