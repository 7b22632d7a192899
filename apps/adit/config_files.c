/* SPDX-License-Identifier: BSD-2-Clause */
#include "config_files.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum adit_err fail(enum adit_err err, const char *path, const char *reason, char *why,
                          size_t why_size)
{
    (void)snprintf(why, why_size, "%s: %s", path, reason);
    return err;
}

/* NULL, or why the file is not to be read. */
static const char *objection(int fd, bool strict)
{
    struct stat st;

    if (fstat(fd, &st) != 0)
        return strerrordesc_np(errno);
    if (S_ISDIR(st.st_mode))
        return "is a folder";
    if (strict && ((st.st_uid != 0 && st.st_uid != getuid()) || st.st_mode & 022))
        return "bad owner or permissions: others could write to it";
    return NULL;
}

static enum adit_err read_all(int fd, struct adit_buffer *out)
{
    uint8_t piece[4096];
    enum adit_err err;

    for (;;) {
        const ssize_t n = read(fd, piece, sizeof piece);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return ADIT_ERR_SYSTEM;
        if (n == 0)
            return ADIT_OK;
        err = adit_buffer_append(out, (struct adit_span){ piece, (size_t)n });
        if (err)
            return err;
    }
}

static enum adit_err read_file(void *user, const char *path, struct adit_buffer *out, char *why,
                               size_t why_size)
{
    const struct adit_client_files *files = user;
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    const char *reason;
    enum adit_err err;

    if (fd < 0)
        return fail(errno == ENOENT || errno == ENOTDIR ? ADIT_ERR_NOT_FOUND : ADIT_ERR_SYSTEM,
                    path, strerrordesc_np(errno), why, why_size);
    reason = objection(fd, files->strict);
    if (reason) {
        err = fail(ADIT_ERR_SYSTEM, path, reason, why, why_size);
        goto done;
    }
    err = read_all(fd, out);
    if (err)
        (void)fail(err, path, err == ADIT_ERR_SYSTEM ? strerrordesc_np(errno) : adit_err_text(err),
                   why, why_size);
done:
    (void)close(fd);
    return err;
}

static enum adit_err find_files(void *user, const char *pattern, struct adit_buffer *out)
{
    enum adit_err err = ADIT_OK;
    glob_t found = { 0 };

    (void)user;
    /* Sorted. Whatever cannot be looked into holds no match. */
    if (glob(pattern, 0, NULL, &found) == 0) /* NOLINT(concurrency-mt-unsafe): before any thread */
        for (size_t i = 0; i < found.gl_pathc && err == ADIT_OK; i++)
            err = adit_buffer_append(out, (struct adit_span){ (const uint8_t *)found.gl_pathv[i],
                                                              strlen(found.gl_pathv[i]) + 1 });
    globfree(&found);
    return err;
}

static void note(void *user, const char *line)
{
    const struct adit_client_files *files = user;

    adit_client_say(files->log, ADIT_LOG_DEBUG1, "%s", line);
}

void adit_client_files_init(struct adit_client_files *files, const struct adit_client_log *log)
{
    *files = (struct adit_client_files){
        .files = { .user = files, .read_file = read_file, .glob = find_files, .note = note },
        .log = log,
    };
}
