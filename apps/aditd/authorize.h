/* SPDX-License-Identifier: BSD-2-Clause */
/* AuthorizedKeysFile: whether a key may log in as a user. Blocks: not for the loop's thread. */
#ifndef ADITD_AUTHORIZE_H
#define ADITD_AUTHORIZE_H

#include "config/sshd_config.h"

struct adit_key_question {
    const struct adit_config_list *files; /* patterns with %u %h %% */
    const char *trusted_cas;              /* TrustedUserCAKeys; NULL: none */
    const char *ca_algorithms;            /* CASignatureAlgorithms; NULL: the default */
    bool strict;                          /* StrictModes */
    const char *user;                     /* a name that adit_user_name_ok() took */
    const char *address;                  /* of the peer, numeric */
    struct adit_span key_blob;
    uint64_t now; /* seconds since 1970 */
};

/*
 * True with the options in *options of the first line that has the key and admits
 * it. Otherwise `why` says what forbids it, by the first line that has the key; that
 * is a sentence for the log and not for the peer. On success `why` is "".
 */
bool adit_key_authorized(const struct adit_key_question *question, struct adit_key_options *options,
                         char *why, size_t size);

#endif
