/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The mode of the socket itself, before it is bound, is what its file gets: so
 * the process's umask, which belongs to all its threads, is left alone.
 */
#include "net/unix_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 4096, ALL_BITS = 0777 };

bool adit_unix_address(const char *path, struct adit_sockaddr *out)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    const size_t len = strlen(path);

    if (len == 0 || len >= sizeof address.sun_path)
        return false;
    memcpy(address.sun_path, path, len + 1);
    memset(out, 0, sizeof *out);
    memcpy(&out->storage, &address, sizeof address);
    out->len = sizeof address;
    return true;
}

static bool find_socket(const char *path, struct stat *out)
{
    return lstat(path, out) == 0 && S_ISSOCK(out->st_mode);
}

static int bind_and_listen(int fd, const char *path, mode_t mode, struct adit_unix_file *file)
{
    struct adit_sockaddr address;
    struct stat status;

    if (!adit_unix_address(path, &address))
        return ENAMETOOLONG;
    if (fchmod(fd, mode & ALL_BITS) || bind(fd, adit_sockaddr_get(&address), address.len))
        return errno;
    if (!find_socket(path, &status))
        return EINVAL; /* somebody was faster */
    *file = (struct adit_unix_file){ status.st_dev, status.st_ino };
    /* What the umask took away. Others may have exchanged it for a link in their own folder. */
    if ((status.st_mode & ALL_BITS) != (mode & ALL_BITS) &&
        fchmodat(AT_FDCWD, path, mode & ALL_BITS, AT_SYMLINK_NOFOLLOW))
        return errno;
    return listen(fd, BACKLOG) ? errno : 0;
}

int adit_unix_listen(const char *path, mode_t mode, bool unlink_first, struct adit_unix_file *file)
{
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct stat status;
    int error;

    *file = (struct adit_unix_file){ 0 };
    if (fd < 0)
        return -1;
    if (unlink_first && find_socket(path, &status))
        (void)unlink(path);
    error = bind_and_listen(fd, path, mode, file);
    if (error == 0)
        return fd;
    adit_unix_remove(path, file);
    (void)close(fd);
    errno = error;
    return -1;
}

void adit_unix_remove(const char *path, const struct adit_unix_file *file)
{
    struct stat status;

    if (file->number != 0 && find_socket(path, &status) && status.st_dev == file->device &&
        status.st_ino == file->number)
        (void)unlink(path);
}
