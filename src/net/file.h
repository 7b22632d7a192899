/* SPDX-License-Identifier: BSD-2-Clause */
/* Files read whole, with care for what they are. */
#ifndef ADIT_NET_FILE_H
#define ADIT_NET_FILE_H

#include "base/buffer.h"

enum adit_file_care {
    ADIT_FILE_ANY,     /* no question about its mode */
    ADIT_FILE_NAMED,   /* the user named it: /dev/null is a file, too */
    ADIT_FILE_OURS,    /* ours or root's, not writable by group and others */
    ADIT_FILE_PRIVATE, /* when it is ours, no rights for group and others */
    ADIT_FILE_STRICT,  /* StrictModes: the same of every folder above it, too */
};

/*
 * Appends the content of a regular file (but for NAMED, never a FIFO or device;
 * opening never blocks) to `out`, whose limit bounds it. NOT_FOUND; SYSTEM, LIMIT with a
 * sentence in `text`.
 */
ADIT_MUST_USE enum adit_err adit_file_read(const char *path, enum adit_file_care care,
                                           struct adit_buffer *out, char *text, size_t text_size);

/* Writes to a new file beside it and renames that over it. SYSTEM. */
ADIT_MUST_USE enum adit_err adit_file_write(const char *path, struct adit_span content,
                                            unsigned mode, char *text, size_t text_size);

/*
 * The same for a file that is there and ours: it keeps its mode, and a symbolic
 * link to it stays. SYSTEM.
 */
ADIT_MUST_USE enum adit_err adit_file_rewrite(const char *path, struct adit_span content,
                                              char *text, size_t text_size);

/* Appends in one write, making the file (0600) and its folder (0700) if missing. SYSTEM. */
ADIT_MUST_USE enum adit_err adit_file_append(const char *path, struct adit_span content, char *text,
                                             size_t text_size);

#endif
