/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether the gateway's host key is the right one: known_hosts, the policy, the user. */
#ifndef ADIT_TUNNEL_HOST_KEY_H
#define ADIT_TUNNEL_HOST_KEY_H

#include "tunnel/known_files.h"

enum adit_host_key_step {
    ADIT_HOST_KEY_TAKE,
    ADIT_HOST_KEY_WRITE,   /* take it and write it down */
    ADIT_HOST_KEY_INQUIRE, /* show it to the user; if they say yes, write it down */
    ADIT_HOST_KEY_BAR,     /* take it with a warning, and send no password */
    ADIT_HOST_KEY_REFUSE,
};

/* The whole policy. Under ASK, `can_ask` tells whether anybody is there to be asked. */
enum adit_host_key_step adit_host_key_decide(enum adit_host_key_policy policy,
                                             const struct adit_known_finding *finding,
                                             bool can_ask);

/* "yes", "no" or the fingerprint, with white space around it. */
enum adit_host_key_reply {
    ADIT_HOST_KEY_YES,
    ADIT_HOST_KEY_NO,
    ADIT_HOST_KEY_UNCLEAR,
};
enum adit_host_key_reply adit_host_key_read_reply(const char *answer, const char *fingerprint);

#define ADIT_HOST_KEY_TEXT_SIZE 160

struct adit_host_key_judgement {
    char shown[ADIT_HOST_KEY_TEXT_SIZE]; /* "ssh-ed25519 SHA256:…" */
    bool accepted;
    bool was_known; /* by a line of known_hosts, before this login */
    bool passwords_barred;
    struct adit_failure failure; /* when not accepted */
};

/* Reads files and asks the user, so it may block. */
void adit_host_key_judge(const struct adit_tunnel_settings *settings, struct adit_user *user,
                         struct adit_span key_blob, struct adit_host_key_judgement *out);

/* ---- host_certificate.c ---- */

/*
 * Where known_hosts has an authority for the host: `*proposal` becomes the one
 * with certificates, whose names are appended to the known `types`.
 */
ADIT_MUST_USE enum adit_err adit_host_certificates_wanted(
    const struct adit_tunnel_settings *settings, const struct adit_known_name *name,
    struct adit_buffer *types, const char **proposal);

enum adit_host_certificate_verdict {
    ADIT_HOST_CERTIFICATE_GOOD,
    ADIT_HOST_CERTIFICATE_NO_HELP, /* its key is judged as if it came alone, as ssh does */
    ADIT_HOST_CERTIFICATE_REVOKED, /* its authority is */
};

/* Reads files; why it is no help is said in the log. */
ADIT_MUST_USE enum adit_err adit_host_certificate_judge(const struct adit_tunnel_settings *settings,
                                                        struct adit_user *user,
                                                        const struct adit_known_name *name,
                                                        struct adit_span blob,
                                                        enum adit_host_certificate_verdict *out);

#endif
