/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the readers of configuration files ask of the world outside. They open
 * no file themselves, so they can be tested and fuzzed as pure functions.
 */
#ifndef ADIT_CONFIG_FILES_H
#define ADIT_CONFIG_FILES_H

#include "base/buffer.h"

#define ADIT_CONFIG_FILE_MAX  ((size_t)1 << 20) /* bytes of one file */
#define ADIT_CONFIG_LINE_MAX  ((size_t)8192)    /* bytes of one line, without its newline */
#define ADIT_CONFIG_DEPTH_MAX 16                /* files that include each other */
#define ADIT_CONFIG_READS_MAX 256               /* files read for one configuration */

/* Any callback may be NULL: then there are no files, no matches, no notes. */
struct adit_config_files {
    void *user;
    /* Appends a file's content to `out`; on error a sentence that names the file goes to `why`. */
    enum adit_err (*read_file)(void *user, const char *path, struct adit_buffer *out, char *why,
                               size_t why_size);
    /* Appends the paths that match, sorted, each with its NUL. None is no error. */
    enum adit_err (*glob)(void *user, const char *pattern, struct adit_buffer *out);
    /* One line about a setting that was accepted and has no effect. For the debug log. */
    void (*note)(void *user, const char *line);
};

/* Texts that live as long as the configuration; `items` is NULL when there are none. */
struct adit_config_list {
    const char **items;
    size_t count;
};

enum adit_config_family { ADIT_FAMILY_ANY, ADIT_FAMILY_INET, ADIT_FAMILY_INET6 };

#endif
