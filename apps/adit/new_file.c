/* SPDX-License-Identifier: BSD-2-Clause */
#include "new_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 4096 };

bool adit_write_all(int fd, const char *text)
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
    const bool written = fchmod(fd, mode) == 0 && adit_write_all(fd, text) && fsync(fd) == 0;
    const int error = errno;

    if (close(fd) == 0 && written)
        return NULL;
    return strerrordesc_np(written ? errno : error);
}

const char *adit_new_file_write(const char *path, const char *text, mode_t mode, bool force)
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
