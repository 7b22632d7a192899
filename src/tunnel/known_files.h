/* SPDX-License-Identifier: BSD-2-Clause */
/* The known_hosts files of a tunnel, looked through for its gateway. They are read anew each time. */
#ifndef ADIT_TUNNEL_KNOWN_FILES_H
#define ADIT_TUNNEL_KNOWN_FILES_H

#include "keys/known_hosts.h"
#include "tunnel/user.h"

#define ADIT_KNOWN_HOST_SIZE 256
#define ADIT_KNOWN_NAME_SIZE (ADIT_KNOWN_HOST_SIZE + 8) /* with "[]:65535" */

#define ADIT_KNOWN_FILE_MAX ((size_t)64 << 20)

#define ADIT_KNOWN_WHY_SIZE 256

struct adit_known_finding {
    enum adit_known_verdict verdict;
    bool host_has_other; /* the host has keys, of other types */
    const char *file;    /* the one that decided, of the settings; NULL: none */
    unsigned line;
    struct adit_known_complaint complaint; /* the first one of all files */
    const char *complaint_file;
    char
        unread[ADIT_KNOWN_WHY_SIZE]; /* which file is there and cannot be read, and why; "": none */
};

/* The gateway as known_hosts knows it: in lower case, an alias without its port. */
struct adit_known_name {
    char host[ADIT_KNOWN_HOST_SIZE];
    uint16_t port;
    char shown[ADIT_KNOWN_NAME_SIZE]; /* "host" or "[host]:port", for ssh-keygen -R */
};

/* LIMIT: a name that no line could hold. */
ADIT_MUST_USE enum adit_err adit_known_name(const struct adit_tunnel_settings *settings,
                                            struct adit_known_name *out);

/* The verdict of all files together. NO_MEMORY, CRYPTO: no verdict at all. */
ADIT_MUST_USE enum adit_err adit_known_files_check(const struct adit_tunnel_settings *settings,
                                                   const struct adit_known_name *name,
                                                   struct adit_span key_blob,
                                                   struct adit_known_finding *out);

/* What all files say about an authority; `ca_blob` may be empty. Errors as above. */
ADIT_MUST_USE enum adit_err adit_known_files_authority(const struct adit_tunnel_settings *settings,
                                                       const struct adit_known_name *name,
                                                       struct adit_span ca_blob,
                                                       struct adit_known_authority *out);

/* Appends the names of the key types that the files have for the host, comma-separated. */
ADIT_MUST_USE enum adit_err adit_known_files_types(const struct adit_tunnel_settings *settings,
                                                   const struct adit_known_name *name,
                                                   struct adit_buffer *names);

/* The text of one file, empty when there is none. False: it is there and cannot be read, see `why`. */
bool adit_known_file_read(const char *path, struct adit_buffer *text,
                          char why[static ADIT_KNOWN_WHY_SIZE]);

/* Writes the key down in the first of the user's files, if there is one. */
void adit_known_files_add(const struct adit_tunnel_settings *settings, struct adit_user *user,
                          const struct adit_known_name *name, struct adit_span key_blob);

/* The verdict that stands above the other: REVOKED > MATCH > CHANGED > UNKNOWN. */
bool adit_known_verdict_outranks(enum adit_known_verdict a, enum adit_known_verdict b);

/*
 * `proposal` with the algorithms whose keys are in `types` moved to the front;
 * nothing is added or lost. *out goes back with free(). NO_MEMORY.
 */
ADIT_MUST_USE enum adit_err adit_known_types_first(const char *proposal, struct adit_span types,
                                                   char **out);

#endif
