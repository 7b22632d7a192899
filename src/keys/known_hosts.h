/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * known_hosts (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT): its text looked through
 * for a host and a key. Plain, wildcard, negated, hashed (|1|salt|hash) and
 * [host]:port names; @revoked and @cert-authority.
 */
#ifndef ADIT_KEYS_KNOWN_HOSTS_H
#define ADIT_KEYS_KNOWN_HOSTS_H

#include "base/buffer.h"

enum adit_known_verdict {
    ADIT_KNOWN_UNKNOWN, /* no line for this host has a key of this type */
    ADIT_KNOWN_MATCH,
    ADIT_KNOWN_CHANGED, /* a line for this host has another key of this type */
    ADIT_KNOWN_REVOKED, /* stands above all others */
};

/* The first line that cannot be what it was meant to be, of those that may be about the host. */
struct adit_known_complaint {
    unsigned line; /* 0: none */
    const char *text;
};

struct adit_known_result {
    enum adit_known_verdict verdict;
    unsigned line;       /* of the line that decided; 0: none */
    bool host_has_other; /* UNKNOWN, but the host has keys of other types */
    struct adit_known_complaint complaint;
};

/*
 * Looks through the text of one file. `host` is in lower case; `port` 22 is
 * looked up as "host", any other as "[host]:port". Broken lines are passed
 * over, the first one with a complaint. Merge several files by the highest verdict: REVOKED > MATCH > CHANGED >
 * UNKNOWN. NO_MEMORY, CRYPTO: no verdict at all.
 */
ADIT_MUST_USE enum adit_err adit_known_hosts_check(struct adit_span text, const char *host,
                                                   uint16_t port, struct adit_span key_blob,
                                                   struct adit_known_result *out);

/* What the @cert-authority lines for a host say about the key of an authority. */
struct adit_known_authority {
    bool host_has_any; /* there are such lines */
    bool is_trusted;
    bool is_revoked; /* by a line with @revoked; stands above is_trusted */
    unsigned line;   /* of the line that decided; 0: none */
};

/* The same care as adit_known_hosts_check(). `ca_blob` may be empty: only whether there is any. */
ADIT_MUST_USE enum adit_err adit_known_hosts_authority(struct adit_span text, const char *host,
                                                       uint16_t port, struct adit_span ca_blob,
                                                       struct adit_known_authority *out);

/*
 * Appends to `names` (comma-separated) the names of the key types that the text
 * has for this host, so that the client can ask for what it can check.
 */
ADIT_MUST_USE enum adit_err adit_known_hosts_types(struct adit_span text, const char *host,
                                                   uint16_t port, struct adit_buffer *names);

/*
 * Appends a line with its newline, the name hashed with a fresh salt or plain.
 * USAGE: a host that would stand for more than itself there (`*`, a comma, a
 * blank). On error nothing is appended.
 */
ADIT_MUST_USE enum adit_err adit_known_hosts_line(const char *host, uint16_t port, bool hashed,
                                                  struct adit_span key_blob,
                                                  struct adit_buffer *out);

#endif
