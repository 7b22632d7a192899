/* SPDX-License-Identifier: BSD-2-Clause */
/* Files in memory for the readers of configurations; their notes are kept. */
#ifndef ADIT_TESTS_FAKE_FILES_H
#define ADIT_TESTS_FAKE_FILES_H

#include "base/text.h"
#include "config/files.h"

#include <stdio.h>

struct fake_file {
    const char *path;
    const char *text; /* NULL: it cannot be read */
};

struct fake_files {
    const struct fake_file *list; /* ends with a NULL path */
    char notes[4096];             /* lines */
    unsigned reads;
};

static inline enum adit_err fake_read(void *user, const char *path, struct adit_buffer *out,
                                      char *why, size_t why_size)
{
    struct fake_files *files = user;

    files->reads++;
    for (const struct fake_file *f = files->list; f->path; f++) {
        if (strcmp(f->path, path) != 0)
            continue;
        if (f->text)
            return adit_buffer_append(out, adit_span_text(f->text));
        (void)snprintf(why, why_size, "%s: Permission denied", path);
        return ADIT_ERR_SYSTEM;
    }
    return ADIT_ERR_NOT_FOUND;
}

static inline enum adit_err fake_glob(void *user, const char *pattern, struct adit_buffer *out)
{
    const struct fake_files *files = user;
    enum adit_err err = ADIT_OK;

    for (const struct fake_file *f = files->list; !err && f->path; f++)
        if (adit_text_matches(adit_span_text(pattern), adit_span_text(f->path), false))
            err = adit_buffer_append(out, adit_span_of(f->path, strlen(f->path) + 1));
    return err;
}

static inline void fake_note(void *user, const char *line)
{
    struct fake_files *files = user;
    const size_t len = strlen(files->notes);

    (void)snprintf(files->notes + len, sizeof files->notes - len, "%s\n", line);
}

static inline void fake_warn(void *user, const char *line)
{
    fake_note(user, "WARNING");
    fake_note(user, line);
}

static inline struct adit_config_files fake_callbacks(struct fake_files *files)
{
    return (struct adit_config_files){ .user = files,
                                       .read_file = fake_read,
                                       .glob = fake_glob,
                                       .note = fake_note,
                                       .warn = fake_warn };
}

#endif
