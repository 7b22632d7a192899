/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lines of a file and of the files that it includes, one after another.
 * Each file has an `active` mark: whether the Host block that is being read
 * concerns us; an included file begins with its includer's.
 */
#ifndef ADIT_CONFIG_SOURCE_H
#define ADIT_CONFIG_SOURCE_H

#include "config/lines.h"

struct adit_config_frame {
    char *name;               /* of the file being read; NULL before the first */
    struct adit_buffer text;  /* its content, when it was read by us */
    struct adit_span rest;    /* what is left of it */
    unsigned line;            /* number of the line that was taken last; 0: not from a file */
    struct adit_buffer paths; /* files to read after it, each with its NUL */
    size_t paths_at;
    bool starts_active;
    bool active;
};

struct adit_config_source {
    const struct adit_config_files *files; /* may be NULL */
    unsigned *files_read;
    char *error; /* where sentences go */
    size_t error_size;
    const char *home;        /* for ~ in Include; may be NULL */
    const char *include_dir; /* for relative paths in Include */

    struct adit_config_frame frames[ADIT_CONFIG_DEPTH_MAX];
    size_t depth;
    struct adit_config_line line; /* the one that was taken last */
};

/* Begins with a text; `name` is what errors call it. NO_MEMORY, LIMIT. */
ADIT_MUST_USE enum adit_err adit_config_source_open_text(struct adit_config_source *source,
                                                         const char *name, struct adit_span text);
/* Begins with a file. */
ADIT_MUST_USE enum adit_err adit_config_source_open_file(struct adit_config_source *source,
                                                         const char *path);
void adit_config_source_clear(struct adit_config_source *source);

/* Puts the next line that is not blank into source->line; *more is false at the end. */
ADIT_MUST_USE enum adit_err adit_config_source_next(struct adit_config_source *source, bool *more);

/* Acts on an Include line, which is source->line: its files are read next. */
ADIT_MUST_USE enum adit_err adit_config_source_include(struct adit_config_source *source);

/* The active mark of the file that source->line came from. */
bool *adit_config_source_active(struct adit_config_source *source);

/* Writes "file:line: why" to source->error. */
void adit_config_source_say(struct adit_config_source *source, const char *why);

/* The same for a failure; returns `err`. */
ADIT_MUST_USE enum adit_err adit_config_source_fail(struct adit_config_source *source,
                                                    enum adit_err err, const char *why);

#endif
