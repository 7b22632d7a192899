/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A walk hands out, one after the other, the good lines that speak about one
 * host; the questions are asked of these. What fails on the way (memory,
 * digest) ends the walk with an error, so it can never look like "not known"
 * and least of all like a match.
 */
#ifndef ADIT_KEYS_KNOWN_WALK_H
#define ADIT_KEYS_KNOWN_WALK_H

#include "base/buffer.h"
#include "crypto/hash.h"
#include "keys/known_hosts.h"

#define ADIT_KNOWN_HASH_MARK "|1|"

enum {
    ADIT_WALK_NAME_SIZE = 1100, /* a name of getaddrinfo, brackets, port */
    ADIT_KNOWN_SALT_SIZE = 20,  /* of SHA-1 */
};

enum adit_known_marker { ADIT_MARKER_NONE, ADIT_MARKER_REVOKED, ADIT_MARKER_CERT_AUTHORITY };

struct adit_known_walk {
    struct adit_span text; /* what is still to be read */
    unsigned line;
    struct adit_known_complaint complaint;
    char name[ADIT_WALK_NAME_SIZE];
    /* Of the line that was handed out: */
    struct adit_span whole; /* with its end, in the text */
    struct adit_span names;
    enum adit_known_marker marker;
    struct adit_buffer blob;   /* its key */
    struct adit_buffer digest; /* room for a salt and a hash */
};

/* USAGE: a name that no line could hold. To be cleared in any case. */
ADIT_MUST_USE enum adit_err adit_known_walk_init(struct adit_known_walk *w, struct adit_span text,
                                                 const char *host, uint16_t port);
void adit_known_walk_clear(struct adit_known_walk *w);
/* Goes to the next line about this host. NOT_FOUND at the end. */
ADIT_MUST_USE enum adit_err adit_known_walk_next(struct adit_known_walk *w);

/* "host", or "[host]:port" when it is not ssh's own. */
ADIT_MUST_USE enum adit_err adit_known_write_name(char name[static ADIT_WALK_NAME_SIZE],
                                                  const char *host, uint16_t port);
/* HMAC-SHA1 of a name under a salt, into `out`. */
ADIT_MUST_USE enum adit_err adit_known_hash_name(struct adit_span salt, const char *name,
                                                 uint8_t out[static ADIT_HASH_MAX]);

#endif
