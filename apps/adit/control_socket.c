/* SPDX-License-Identifier: BSD-2-Clause */
#include "control_socket.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 16 };

static bool set_address(struct sockaddr_un *address, const char *path)
{
    *address = (struct sockaddr_un){ .sun_family = AF_UNIX };
    if (strlen(path) >= sizeof address->sun_path) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(address->sun_path, path, strlen(path) + 1);
    return true;
}

bool adit_control_peer_is_trusted(int fd)
{
    struct ucred peer;
    socklen_t len = sizeof peer;

    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 &&
           (peer.uid == geteuid() || peer.uid == 0);
}

int adit_control_connect(const char *path)
{
    struct sockaddr_un address;
    int fd;

    if (!set_address(&address, path))
        return -1;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) != 0) {
        const int failure = errno;

        (void)close(fd);
        errno = failure;
        return -1;
    }
    if (adit_control_peer_is_trusted(fd))
        return fd;
    (void)close(fd);
    errno = EPERM;
    return -1;
}

/* Whether it is the socket of a process that is gone. */
static bool is_dead(const char *path)
{
    struct stat st;
    int fd;

    if (lstat(path, &st) != 0 || !S_ISSOCK(st.st_mode))
        return false;
    fd = adit_control_connect(path);
    if (fd >= 0)
        (void)close(fd);
    return fd < 0 && errno == ECONNREFUSED;
}

/*
 * A dead socket makes room. It is taken aside before it is removed: in the time
 * since it was looked at, its place may have become another one's who lives, and
 * who gets it back.
 */
static void make_room(const char *path, const char *aside)
{
    if (!is_dead(path) || rename(path, aside) != 0)
        return;
    if (is_dead(aside) || link(aside, path) == 0)
        (void)unlink(aside);
}

/*
 * Bound under a name of our own first: whoever finds a socket under the right one
 * that takes no connection may be sure that it is dead. The right one is given
 * to nobody who would take it from another.
 */
static bool bind_and_name(int fd, const char *path)
{
    struct sockaddr_un address;
    char own[ADIT_CONTROL_PATH_SIZE];
    const int len = snprintf(own, sizeof own, "%s.%ld", path, (long)getpid());
    bool named;
    int failure;

    if (len < 0 || (size_t)len >= sizeof own) {
        errno = ENAMETOOLONG;
        return false;
    }
    if (is_dead(own) && unlink(own) != 0)
        return false;
    if (access(own, F_OK) != 0)
        make_room(path, own);
    /* The mode of the socket before bind() is that of the file: there is no moment between. */
    if (!set_address(&address, own) || fchmod(fd, 0600) != 0 ||
        bind(fd, (const struct sockaddr *)&address, sizeof address) != 0)
        return false;
    named = listen(fd, BACKLOG) == 0 && link(own, path) == 0;
    failure = errno;
    (void)unlink(own);
    errno = failure;
    return named;
}

int adit_control_listen(const char *path, char *why, size_t why_size)
{
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd >= 0 && bind_and_name(fd, path))
        return fd;
    if (errno == EEXIST)
        (void)snprintf(why, why_size, "ControlSocket %s already exists", path);
    else
        (void)snprintf(why, why_size, "%s: %s", path, strerrordesc_np(errno));
    if (fd >= 0)
        (void)close(fd);
    return -1;
}

static bool is_socket_name(const char *name)
{
    const char *end = strrchr(name, '.');

    return name[0] != '.' && end != NULL && strcmp(end, ".sock") == 0;
}

bool adit_control_each(const char *folder, bool (*found)(void *arg, int fd), void *arg)
{
    DIR *entries = opendir(folder);
    const struct dirent *entry;
    char path[ADIT_CONTROL_PATH_SIZE];
    bool more = true;

    if (entries == NULL)
        return true;
    while (more && (entry = readdir(entries)) != NULL) { /* NOLINT(concurrency-mt-unsafe) */
        const int len = snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        int fd;

        if (!is_socket_name(entry->d_name) || len < 0 || (size_t)len >= sizeof path)
            continue;
        fd = adit_control_connect(path);
        if (fd >= 0)
            more = found(arg, fd);
        else if (errno == ECONNREFUSED)
            (void)unlink(path);
    }
    (void)closedir(entries);
    return more;
}
