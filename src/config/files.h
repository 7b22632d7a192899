/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the readers of configuration files ask of the world outside. They open
 * no file and run no program themselves, so they can be tested and fuzzed as
 * pure functions.
 */
#ifndef ADIT_CONFIG_FILES_H
#define ADIT_CONFIG_FILES_H

#include "base/buffer.h"

#define ADIT_CONFIG_FILE_MAX  ((size_t)1 << 20) /* bytes of one file */
#define ADIT_CONFIG_LINE_MAX  ((size_t)8192)    /* bytes of one line, without its newline */
#define ADIT_CONFIG_DEPTH_MAX 16                /* files that include each other */
#define ADIT_CONFIG_READS_MAX 256               /* files read for one configuration */

/*
 * Any callback may be NULL: then there are no files, matches, notes, variables,
 * users or hosts, and no command succeeds. Appended texts have no NUL.
 */
struct adit_config_files {
    void *user;
    /* Appends a file's content to `out`; on error a sentence that names the file goes to `why`. */
    enum adit_err (*read_file)(void *user, const char *path, struct adit_buffer *out, char *why,
                               size_t why_size);
    /* Appends the paths that match, sorted, each with its NUL. None is no error. */
    enum adit_err (*glob)(void *user, const char *pattern, struct adit_buffer *out);
    /* One line about a setting that was accepted and has no effect. For the debug log. */
    void (*note)(void *user, const char *line);
    /* One line about a setting without effect that the user relies on. To be seen. */
    void (*warn)(void *user, const char *line);

    /* The rest is for the client. */

    /* The value of a variable of the environment, or NULL. */
    const char *(*variable)(void *user, const char *name);
    /* Runs a command with the user's shell; whether it ended with status 0. SYSTEM. */
    enum adit_err (*run)(void *user, const char *command, bool *succeeded);
    /* Appends the home folder of a user. NOT_FOUND. */
    enum adit_err (*home_of)(void *user, const char *name, struct adit_buffer *out);
    /* Appends an address in its usual form. NOT_FOUND: the text is no address. */
    enum adit_err (*address)(void *user, const char *text, struct adit_buffer *out);
    /* Looks a host name up and appends its canonical name, if it has one. NOT_FOUND. */
    enum adit_err (*look_up)(void *user, const char *name, struct adit_buffer *out);
};

/* Texts that live as long as the configuration; `items` is NULL when there are none. */
struct adit_config_list {
    const char **items;
    size_t count;
};

enum adit_config_family { ADIT_FAMILY_ANY, ADIT_FAMILY_INET, ADIT_FAMILY_INET6 };

#endif
