/* SPDX-License-Identifier: BSD-2-Clause */
/* What known_hosts has of a host, compared with all keys that the host itself tells of. */
#ifndef ADIT_KEYS_KNOWN_UPDATE_H
#define ADIT_KEYS_KNOWN_UPDATE_H

#include "adit/ssh.h"
#include "base/buffer.h"

struct adit_known_update {
    struct adit_span offered[ADIT_HOST_KEY_LIST_MAX]; /* by the host; borrowed */
    size_t count;
    /* Found in the texts that were looked through: */
    bool is_known[ADIT_HOST_KEY_LIST_MAX];
    bool is_revoked[ADIT_HOST_KEY_LIST_MAX];
    size_t stale;    /* lines with keys that are not offered any more */
    bool is_complex; /* lines that are about other hosts, too, or about an authority */
};

/* Goes on with one more text. `host` is in lower case. NO_MEMORY, CRYPTO. */
ADIT_MUST_USE enum adit_err adit_known_update_look(struct adit_known_update *update,
                                                   struct adit_span text, const char *host,
                                                   uint16_t port);

/* Appends the text without its stale lines. Errors as above, and LIMIT. */
ADIT_MUST_USE enum adit_err adit_known_update_strip(const struct adit_known_update *update,
                                                    struct adit_span text, const char *host,
                                                    uint16_t port, struct adit_buffer *out);

#endif
