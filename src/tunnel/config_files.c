/* SPDX-License-Identifier: BSD-2-Clause */
#include "tunnel/config_files.h"

#include "base/span.h"

#include <glob.h>
#include <string.h>

enum { NOTE_LEVEL = 2 }; /* debug1 */

static enum adit_err read_file(void *user, const char *path, struct adit_buffer *out, char *why,
                               size_t why_size)
{
    const struct adit_config_reader *reader = user;

    return adit_file_read(path, reader->care, out, why, why_size);
}

static enum adit_err find_files(void *user, const char *pattern, struct adit_buffer *out)
{
    enum adit_err err = ADIT_OK;
    glob_t found = { 0 };

    (void)user;
    /*
     * Sorted. What cannot be looked into holds no match. Only GLOB_TILDE would
     * make this unsafe beside other threads.
     */
    if (glob(pattern, 0, NULL, &found) == 0) /* NOLINT(concurrency-mt-unsafe) */
        for (size_t i = 0; i < found.gl_pathc && err == ADIT_OK; i++)
            err = adit_buffer_append(
                out, adit_span_of(found.gl_pathv[i], strlen(found.gl_pathv[i]) + 1));
    globfree(&found);
    return err;
}

static void note(void *user, const char *line)
{
    const struct adit_config_reader *reader = user;

    if (reader->log != NULL)
        reader->log(reader->log_user, NOTE_LEVEL, line);
}

void adit_config_reader_init(struct adit_config_reader *reader,
                             const struct adit_tunnel_settings *settings)
{
    *reader = (struct adit_config_reader){
        .files = { .user = reader, .read_file = read_file, .glob = find_files, .note = note },
        .log = settings->log_level >= NOTE_LEVEL ? settings->log : NULL,
        .log_user = settings->user_data,
    };
}
