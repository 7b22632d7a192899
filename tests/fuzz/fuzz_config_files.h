/* SPDX-License-Identifier: BSD-2-Clause */
/* Every file that is included is the input itself; every pattern matches one file. */
#ifndef ADIT_FUZZ_CONFIG_FILES_H
#define ADIT_FUZZ_CONFIG_FILES_H

#include "base/span.h"
#include "config/files.h"

static inline enum adit_err fuzz_read(void *user, const char *path, struct adit_buffer *out,
                                      char *why, size_t why_size)
{
    const struct adit_span *input = user;

    (void)path;
    (void)why;
    (void)why_size;
    return adit_buffer_append(out, *input);
}

static inline enum adit_err fuzz_glob(void *user, const char *pattern, struct adit_buffer *out)
{
    (void)user;
    return adit_buffer_append(out, adit_span_of(pattern, strlen(pattern) + 1));
}

static inline void fuzz_note(void *user, const char *line)
{
    (void)user;
    (void)strlen(line);
}

#endif
