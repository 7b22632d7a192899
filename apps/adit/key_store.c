/* SPDX-License-Identifier: BSD-2-Clause */
#include "key_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "key_command.h"
#include "key_formats.h"

enum { TEXT_MAX = 1 << 20, PATH_SIZE = 4096 };

const char *adit_key_err_text(enum adit_err err)
{
    switch ((int)err) {
    case ADIT_ERR_FORMAT:
        return "is no key file, or a broken one";
    case ADIT_ERR_UNSUPPORTED:
        return "a kind of key or of encryption that is not supported";
    case ADIT_ERR_LIMIT:
        return "beyond the limits: RSA of 2048 to 16384 bits, a passphrase that takes seconds to "
               "check, 1 MiB";
    default:
        return adit_err_text(err);
    }
}

/* ---- reading ----------------------------------------------------------------- */

/* NULL, or what went wrong. */
static const char *read_all(int fd, struct adit_key_file_text *out)
{
    for (;;) {
        const ssize_t n = read(fd, out->data + out->len, TEXT_MAX - out->len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return strerrordesc_np(errno);
        out->len += (size_t)n;
        out->data[out->len] = '\0';
        if (n == 0)
            return NULL;
        if (out->len == TEXT_MAX)
            return "is too large for a key file";
    }
}

bool adit_key_file_read(const char *path, struct adit_key_file_text *out)
{
    const bool is_stdin = strcmp(path, "-") == 0;
    const int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    const char *why;

    *out = (struct adit_key_file_text){ .data = calloc(1, TEXT_MAX + 1) };
    if (out->data == NULL)
        why = "out of memory";
    else
        why = fd < 0 ? strerrordesc_np(errno) : read_all(fd, out);
    if (fd >= 0 && !is_stdin)
        (void)close(fd);
    if (why == NULL)
        return true;
    adit_key_file_clear(out);
    (void)adit_key_fail("%s: %s", path, why);
    return false;
}

void adit_key_file_clear(struct adit_key_file_text *text)
{
    if (text->data)
        explicit_bzero(text->data, text->len);
    free(text->data);
    *text = (struct adit_key_file_text){ NULL, 0 };
}

/* ---- writing ----------------------------------------------------------------- */

static bool write_all(int fd, const char *text)
{
    size_t left = strlen(text);

    while (left) {
        const ssize_t n = write(fd, text, left);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        text += n;
        left -= (size_t)n;
    }
    return true;
}

/* So that the new name survives a crash; a file system that cannot do it is fine. */
static void sync_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    char folder[PATH_SIZE];
    int fd;

    (void)snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) + 1 : 1,
                   slash ? path : ".");
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    (void)fsync(fd);
    (void)close(fd);
}

/* False with errno. A file system without RENAME_NOREPLACE may still have links. */
static bool give_name(const char *beside, const char *path, bool force)
{
    if (force)
        return rename(beside, path) == 0;
    if (renameat2(AT_FDCWD, beside, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
        return true;
    return errno == EINVAL && link(beside, path) == 0 && unlink(beside) == 0;
}

/* NULL, or what went wrong. */
static const char *write_beside(int fd, const char *text, mode_t mode)
{
    const bool written = fchmod(fd, mode) == 0 && write_all(fd, text) && fsync(fd) == 0;
    const int error = errno;

    if (close(fd) == 0 && written)
        return NULL;
    return strerrordesc_np(written ? errno : error);
}

static const char *write_file(const char *path, const char *text, mode_t mode, bool force)
{
    char beside[PATH_SIZE];
    const char *why;
    struct stat st;
    int fd;

    if (snprintf(beside, sizeof beside, "%s.XXXXXX", path) >= (int)sizeof beside)
        return strerrordesc_np(ENAMETOOLONG);
    if (stat(path, &st) == 0 && (!force || !S_ISREG(st.st_mode)))
        return force ? "is no regular file" : "is there already; --force overwrites it";
    fd = mkostemp(beside, O_CLOEXEC);
    if (fd < 0)
        return strerrordesc_np(errno);
    why = write_beside(fd, text, mode);
    if (why == NULL && !give_name(beside, path, force))
        why = errno == EEXIST ? "is there already; --force overwrites it" : strerrordesc_np(errno);
    if (why)
        (void)unlink(beside);
    else
        sync_folder(path);
    return why;
}

bool adit_key_store(const struct adit_key *key, const struct adit_key_writing *how,
                    const char *path, bool force)
{
    const char *name = adit_key_format_words(how->format)->name;
    const bool is_private = adit_key_format_is_private(how->format);
    const char *why = NULL;
    char *text = NULL;
    const enum adit_err err = adit_key_write(key, how, &text);

    if (err == ADIT_ERR_UNSUPPORTED)
        (void)adit_key_fail("%s has no form for %s keys; openssh, pkcs8 and ppk3 have", name,
                            adit_key_name(key));
    else if (err)
        (void)adit_key_fail("%s: %s", name,
                            err == ADIT_ERR_LIMIT ? "the comment is too long" : adit_err_text(err));
    if (err)
        return false;
    if (strcmp(path, "-") != 0)
        why = write_file(path, text, is_private ? 0600 : 0644, force);
    else if (!write_all(STDOUT_FILENO, text))
        why = strerrordesc_np(errno);
    adit_key_text_free(text);
    if (why)
        (void)adit_key_fail("%s: %s", path, why);
    return why == NULL;
}
