/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is checked is what is read: the checks are made on the open descriptors
 * of the file and of the folders above it, not on their names.
 */
#include "net/file.h"

#include "adit/file.h"
#include "net/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    READ_SIZE = 16 * 1024,
    FOLDERS_MAX = 256, /* above a file */
    PATH_SIZE = 4096,
    OTHERS_WRITE = 0022, /* group and others */
    OTHERS_ALL = 0077,
};

/* "path: what: the system's words"; returns SYSTEM, or NOT_FOUND if that is what it says. */
static enum adit_err fail(const char *path, const char *what, int error, char *text, size_t size)
{
    char words[64];

    (void)snprintf(text, size, "%s: %s%s%s", path, what, what[0] ? ": " : "",
                   adit_errno_text(error, words, sizeof words));
    return error == ENOENT || error == ENOTDIR ? ADIT_ERR_NOT_FOUND : ADIT_ERR_SYSTEM;
}

static enum adit_err refuse(const char *path, const char *why, char *text, size_t size)
{
    (void)snprintf(text, size, "%s: %s", path, why);
    return ADIT_ERR_SYSTEM;
}

/* ---- the folder of a file ---- */

/* "." for a bare name. False: the path is too long. */
static bool folder_of(const char *path, char folder[static PATH_SIZE])
{
    const char *slash = strrchr(path, '/');
    const size_t len = slash == NULL ? 1 : slash == path ? 1 : (size_t)(slash - path);

    if (len >= PATH_SIZE)
        return false;
    memcpy(folder, slash ? path : ".", len);
    folder[len] = '\0';
    return true;
}

static bool is_safe(const struct stat *st)
{
    return (st->st_uid == 0 || st->st_uid == geteuid()) && !(st->st_mode & OTHERS_WRITE);
}

/* Closes `fd`. Climbs by "..", so that no name can be exchanged under our feet. */
static enum adit_err check_folders(int fd, const char *path, char *text, size_t size)
{
    struct stat below = { 0 };

    for (unsigned left = FOLDERS_MAX; left; left--) {
        struct stat here;
        int above;

        if (fstat(fd, &here)) {
            (void)close(fd);
            return fail(path, "a folder above", errno, text, size);
        }
        if (!is_safe(&here)) {
            (void)close(fd);
            return refuse(path, "a folder above it belongs to, or may be written by, others", text,
                          size);
        }
        if (here.st_dev == below.st_dev && here.st_ino == below.st_ino) {
            (void)close(fd);
            return ADIT_OK; /* the root is its own parent */
        }
        below = here;
        above = openat(fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
        (void)close(fd);
        if (above < 0)
            return fail(path, "a folder above", errno, text, size);
        fd = above;
    }
    (void)close(fd);
    return refuse(path, "too many folders above it", text, size);
}

/* Opens the file in its folder, having checked all folders. */
static enum adit_err open_strict(const char *path, int *fd, char *text, size_t size)
{
    const char *slash = strrchr(path, '/');
    char folder_path[PATH_SIZE];
    enum adit_err err;
    int folder;

    *fd = -1;
    if (!folder_of(path, folder_path))
        return fail(path, "", ENAMETOOLONG, text, size);
    folder = open(folder_path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return fail(path, "", errno, text, size);
    *fd = openat(folder, slash ? slash + 1 : path,
                 O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | O_NOFOLLOW);
    if (*fd < 0) {
        err = errno == ELOOP ? refuse(path, "is a symbolic link", text, size)
                             : fail(path, "", errno, text, size);
        (void)close(folder);
        return err;
    }
    return check_folders(folder, path, text, size);
}

/* ---- reading ---- */

static enum adit_err check_file(int fd, const char *path, enum adit_file_care care, char *text,
                                size_t size)
{
    struct stat st;

    if (fstat(fd, &st))
        return fail(path, "", errno, text, size);
    if (care == ADIT_FILE_NAMED && S_ISDIR(st.st_mode))
        return refuse(path, "is a folder", text, size);
    if (care != ADIT_FILE_NAMED && !S_ISREG(st.st_mode))
        return refuse(path, "is not a regular file", text, size);
    if (care == ADIT_FILE_PRIVATE && st.st_uid == geteuid() && (st.st_mode & OTHERS_ALL)) {
        (void)snprintf(text, size, "%s: others have rights on it (mode %04o); make it 0600", path,
                       (unsigned)st.st_mode & 07777U);
        return ADIT_ERR_SYSTEM;
    }
    if (care == ADIT_FILE_OURS && !is_safe(&st))
        return refuse(path, "bad owner or permissions: others could write to it", text, size);
    if (care == ADIT_FILE_STRICT && !is_safe(&st))
        return refuse(path, "belongs to, or may be written by, others", text, size);
    return ADIT_OK;
}

static ssize_t read_again(int fd, void *data, size_t len)
{
    ssize_t n;

    do
        n = read(fd, data, len);
    while (n < 0 && errno == EINTR);
    return n;
}

static bool is_at_end(int fd)
{
    uint8_t beyond;

    return read_again(fd, &beyond, 1) == 0;
}

/* Appends the rest of the file; LIMIT if it does not fit; SYSTEM with *error. */
static enum adit_err read_rest(int fd, struct adit_buffer *out, int *error)
{
    for (;;) {
        const size_t left = out->limit - out->len;
        const size_t want = left < READ_SIZE ? left : READ_SIZE;
        uint8_t *room;
        enum adit_err err;
        ssize_t n;

        if (want == 0)
            return is_at_end(fd) ? ADIT_OK : ADIT_ERR_LIMIT;
        err = adit_buffer_extend(out, want, &room);
        if (err)
            return err;
        n = read_again(fd, room, want);
        *error = errno;
        out->len -= n > 0 ? want - (size_t)n : want;
        if (n <= 0)
            return n ? ADIT_ERR_SYSTEM : ADIT_OK;
    }
}

enum adit_err adit_file_read(const char *path, enum adit_file_care care, struct adit_buffer *out,
                             char *text, size_t text_size)
{
    const size_t before = out->len;
    enum adit_err err = ADIT_OK;
    int error = 0;
    int fd = -1;

    if (care == ADIT_FILE_STRICT) {
        err = open_strict(path, &fd, text, text_size);
    } else {
        fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        if (fd < 0)
            err = fail(path, "", errno, text, text_size);
    }
    if (err == ADIT_OK)
        err = check_file(fd, path, care, text, text_size);
    if (err)
        goto done;
    err = read_rest(fd, out, &error);
    if (err == ADIT_ERR_SYSTEM)
        err = fail(path, "read", error, text, text_size);
    else if (err == ADIT_ERR_LIMIT)
        (void)snprintf(text, text_size, "%s: is too large, more than %zu bytes", path,
                       out->limit - before);
    else if (err)
        (void)snprintf(text, text_size, "%s: %s", path, adit_err_text(err));
done:
    if (err)
        out->len = before;
    if (fd >= 0)
        (void)close(fd);
    return err;
}

/* ---- writing ---- */

/* All of it, or -1 with errno. */
static int write_all(int fd, struct adit_span content)
{
    while (content.len) {
        const ssize_t n = write(fd, content.data, content.len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        content.data += n;
        content.len -= (size_t)n;
    }
    return 0;
}

static enum adit_err stays(const char *path, char *text, size_t size)
{
    (void)refuse(path, "is there already", text, size);
    return ADIT_ERR_REFUSED;
}

/* So that the new name survives a crash; a file system that cannot do it is fine. */
static void sync_folder(const char *path)
{
    char folder[PATH_SIZE];
    int fd;

    if (!folder_of(path, folder))
        return;
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    (void)fsync(fd);
    (void)close(fd);
}

/* Writes beside it, which `give_name` then renames. */
static enum adit_err write_beside(const char *path, struct adit_span content, unsigned mode,
                                  int (*give_name)(const char *beside, const char *path),
                                  char *text, size_t text_size)
{
    char beside[PATH_SIZE];
    const int len = snprintf(beside, sizeof beside, "%s.XXXXXX", path);
    enum adit_err err = ADIT_OK;
    int fd;

    if (len < 0 || (size_t)len >= sizeof beside)
        return fail(path, "", ENAMETOOLONG, text, text_size);
    fd = mkostemp(beside, O_CLOEXEC);
    if (fd < 0) {
        (void)fail(path, "", errno, text, text_size);
        return ADIT_ERR_SYSTEM;
    }
    if (fchmod(fd, mode) || write_all(fd, content) || fsync(fd))
        err = fail(path, "write", errno, text, text_size);
    if (close(fd) && err == ADIT_OK)
        err = fail(path, "write", errno, text, text_size);
    if (err == ADIT_OK && give_name(beside, path))
        err = errno == EEXIST ? stays(path, text, text_size)
                              : fail(path, "rename", errno, text, text_size);
    if (err) {
        (void)unlink(beside);
        return err == ADIT_ERR_REFUSED ? err : ADIT_ERR_SYSTEM;
    }
    sync_folder(path);
    return ADIT_OK;
}

enum adit_err adit_file_write(const char *path, struct adit_span content, unsigned mode, char *text,
                              size_t text_size)
{
    return write_beside(path, content, mode, rename, text, text_size);
}

/* A file system without RENAME_NOREPLACE may still have links. */
static int give_new_name(const char *beside, const char *path)
{
    if (renameat2(AT_FDCWD, beside, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
        return 0;
    return errno == EINVAL && link(beside, path) == 0 ? unlink(beside) : -1;
}

enum adit_err adit_file_create(const char *path, struct adit_span content, unsigned mode,
                               bool replace, char *why, size_t size)
{
    struct stat st;
    const bool is_there = stat(path, &st) == 0;

    if (is_there && !replace)
        return stays(path, why, size);
    if (is_there && !S_ISREG(st.st_mode)) {
        (void)refuse(path, "is no regular file", why, size);
        return ADIT_ERR_REFUSED;
    }
    return write_beside(path, content, mode, replace ? rename : give_new_name, why, size);
}

enum adit_err adit_file_rewrite(const char *path, struct adit_span content, char *text,
                                size_t text_size)
{
    char *real = realpath(path, NULL);
    enum adit_err err = ADIT_ERR_SYSTEM;
    struct stat st;

    if (real == NULL || stat(real, &st))
        (void)fail(path, "", errno, text, text_size);
    else if (!S_ISREG(st.st_mode) || st.st_uid != geteuid())
        (void)fail(path, "rewrite", EPERM, text, text_size);
    else
        err = adit_file_write(real, content, st.st_mode & 0777, text, text_size);
    free(real);
    return err;
}

static int open_to_append(const char *path)
{
    return open(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
}

/* A line that was written in part, on a full disk, must not stay. */
static int append_whole(int fd, struct adit_span content)
{
    struct stat st;
    ssize_t n;

    if (fstat(fd, &st))
        return errno;
    if (!S_ISREG(st.st_mode))
        return EINVAL;
    do
        n = write(fd, content.data, content.len);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return errno;
    if ((size_t)n == content.len)
        return 0;
    return ftruncate(fd, st.st_size) ? errno : ENOSPC;
}

enum adit_err adit_file_append(const char *path, struct adit_span content, char *text,
                               size_t text_size)
{
    char folder[PATH_SIZE];
    int fd = open_to_append(path);
    int error = fd < 0 ? errno : 0;

    if (error == ENOENT && folder_of(path, folder) && mkdir(folder, 0700) == 0) {
        fd = open_to_append(path);
        error = fd < 0 ? errno : 0;
    }
    if (fd >= 0) {
        error = append_whole(fd, content);
        if (close(fd) && error == 0)
            error = errno;
    }
    if (error == 0)
        return ADIT_OK;
    (void)fail(path, "append", error, text, text_size);
    return ADIT_ERR_SYSTEM;
}
