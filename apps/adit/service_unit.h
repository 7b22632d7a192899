/* SPDX-License-Identifier: BSD-2-Clause */
/* What stands in a unit, and how it is called. Pure. */
#ifndef ADIT_APP_SERVICE_UNIT_H
#define ADIT_APP_SERVICE_UNIT_H

#include <stdbool.h>
#include <stddef.h>

#define ADIT_SERVICE_UNIT_SIZE 256 /* systemd's limit, with a NUL */
#define ADIT_SERVICE_TEXT_SIZE 16384

/* Below /run: here a unit of the machine has a folder for its user, named by his number. */
#define ADIT_SERVICE_RUNTIME "adit"

/* A unit that begins so was written by us. */
extern const char adit_service_mark[];

struct adit_service_unit {
    const char *program; /* absolute path of adit */
    const char *name;    /* of the Host block */
    const char *user;    /* NULL: a unit of the user's own manager */
    const char *home;    /* of `user` */
    unsigned long uid;   /* of `user` */
};

/*
 * "adit-NAME.service". Characters that unit names do not have are escaped as
 * systemd-escape(1) does. False: the name is empty, too long, begins with a
 * dash or has characters that are not printable ASCII.
 */
bool adit_service_unit_name(const char *name, char out[static ADIT_SERVICE_UNIT_SIZE]);

/* False: a text is too long, or has characters that are not printable ASCII. */
bool adit_service_unit_write(const struct adit_service_unit *unit,
                             char out[static ADIT_SERVICE_TEXT_SIZE]);

#endif
