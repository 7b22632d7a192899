/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which server is there, told by the first bytes that it sends. Some speak first
 * (MySQL, SSH); the others are asked a question that changes nothing.
 */
#ifndef ADIT_GREETING_H
#define ADIT_GREETING_H

#include "adit/err.h"

#ifdef __cplusplus
extern "C" {
#endif

enum adit_service {
    ADIT_SERVICE_NONE,
    ADIT_SERVICE_MYSQL, /* and MariaDB */
    ADIT_SERVICE_POSTGRESQL,
    ADIT_SERVICE_SQL_SERVER,
    ADIT_SERVICE_ORACLE,
    ADIT_SERVICE_REDIS,
    ADIT_SERVICE_HTTP,
    ADIT_SERVICE_TLS, /* something that wants to be spoken to by TLS */
    ADIT_SERVICE_SSH,
    ADIT_SERVICES,
};

#define ADIT_GREETING_MAX 4096 /* bytes that are enough to tell */

struct adit_greeting {
    enum adit_service service;
    bool is_refusal; /* it is there and will not serve us: `text` has its words */
    char name[96];   /* "MariaDB 10.11.6", "PostgreSQL"; printable */
    char text[200];  /* printable */
};

enum adit_greeting_verdict {
    ADIT_GREETING_MORE,    /* more bytes may tell more; *out is what is known so far */
    ADIT_GREETING_KNOWN,   /* *out says which */
    ADIT_GREETING_UNKNOWN, /* none of these */
};

/*
 * Judges all bytes that a server has sent so far. `asked` is the service whose
 * probe it was sent before, or NONE.
 */
ADIT_API enum adit_greeting_verdict adit_greeting_read(enum adit_service asked,
                                                       struct adit_span bytes,
                                                       struct adit_greeting *out);

/* What makes such a server speak, without effect on it; empty: it speaks first. */
ADIT_API struct adit_span adit_greeting_probe(enum adit_service service);

/* The service that a port usually has, or NONE. */
ADIT_API enum adit_service adit_service_of_port(uint16_t port);
/* "MySQL", "PostgreSQL"; "" for NONE. */
ADIT_API const char *adit_service_name(enum adit_service service);

#ifdef __cplusplus
}
#endif

#endif
