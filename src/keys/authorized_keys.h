/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * authorized_keys (sshd(8), AUTHORIZED_KEYS FILE FORMAT): its text looked
 * through for one key, and what that key may do. A line over 8 KiB or with an
 * option that is not known is passed over whole: never is a part of it obeyed.
 */
#ifndef ADIT_KEYS_AUTHORIZED_KEYS_H
#define ADIT_KEYS_AUTHORIZED_KEYS_H

#include "base/buffer.h"

#define ADIT_PERMITS_MAX 64

/* host:port of permitopen=, [host:]port of permitlisten=, or of either the path of a socket. */
struct adit_permit {
    char *host;    /* pattern, of paths where it begins with a slash;
                      NULL for permitlisten: any address that GatewayPorts lets */
    uint16_t port; /* 0 stands for any (`*`) */
};

struct adit_key_options {
    bool port_forwarding; /* false after restrict or no-port-forwarding */
    bool has_permitopen;  /* then only these may be opened… */
    bool has_permitlisten;
    struct adit_permit permitopen[ADIT_PERMITS_MAX];
    size_t permitopen_count;
    struct adit_permit permitlisten[ADIT_PERMITS_MAX];
    size_t permitlisten_count;
    bool cert_authority;  /* the key is that of an authority… */
    char *principals;     /* …for these names, comma-separated; NULL: for the user's */
    char *from;           /* pattern list of addresses and CIDR, or NULL */
    uint64_t expiry_time; /* seconds since 1970, 0: none */
    char *comment;        /* never NULL once found */
    unsigned line;
    struct adit_key_options *also; /* of the next key of the same login, owned: both are obeyed */
};

/* Frees what the options hold; zero bytes are a valid cleared state. */
void adit_key_options_clear(struct adit_key_options *options);

/* After a further key of one login: `options`, from the heap, are taken over by `first`. */
void adit_key_options_add(struct adit_key_options *first, struct adit_key_options *options);

/* One broken line: what and where, for the log. */
struct adit_authorized_complaint {
    unsigned line;
    char text[128];
};

/* What a search has not looked at yet; the text is borrowed. */
struct adit_authorized_text {
    struct adit_span left;
    unsigned line; /* the number of the last one before it */
};

struct adit_authorized_text adit_authorized_text_begin(struct adit_span text);

/*
 * Looks for the next good line with `key_blob`, and leaves *text behind it: who
 * does not like the line searches on. NOT_FOUND when there is none. Complaints are
 * made about lines without a key, too long ones and those with a NUL byte, and about
 * bad options before the key that is looked for; the first `max` of them go to
 * `complaints`. MALFORMED: the blob names no type.
 */
ADIT_MUST_USE enum adit_err adit_authorized_keys_find(struct adit_authorized_text *text,
                                                      struct adit_span key_blob,
                                                      struct adit_key_options *out,
                                                      struct adit_authorized_complaint *complaints,
                                                      size_t max, size_t *complaint_count);

/* The same for the key of an authority, on a line with cert-authority; such a line is for no key. */
ADIT_MUST_USE enum adit_err adit_authorized_authority_find(
    struct adit_authorized_text *text, struct adit_span ca_blob, struct adit_key_options *out,
    struct adit_authorized_complaint *complaints, size_t max, size_t *complaint_count);

/*
 * Parses "host:port", "[v6]:port", "*:3306", "host:*" (permitopen, PermitOpen),
 * or "port", "host:port" (permitlisten, PermitListen) when `listen`; of both
 * "/path". A port over 65535 and junk are FORMAT.
 */
ADIT_MUST_USE enum adit_err adit_permit_parse(struct adit_span text, bool listen,
                                              struct adit_permit *out);

/* Whether a permit lets host:port through; the host is a pattern, compared without case. */
bool adit_permit_allows(const struct adit_permit *permit, const char *host, uint16_t port);
/* Whether a permit lets the path of a socket through: only one that is of paths does. */
bool adit_permit_allows_path(const struct adit_permit *permit, const char *path);

/*
 * Whether an address (text of getnameinfo, numeric) is in a comma-separated
 * list of patterns and CIDR blocks with `!` negation: 1, 0, -1 as
 * adit_text_match_list().
 */
int adit_address_match_list(struct adit_span list, const char *address);

#endif
