/* SPDX-License-Identifier: BSD-2-Clause */
#include "password_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* NULL, or why this is no file for a password. */
static const char *objection(int fd)
{
    struct stat st;

    if (fstat(fd, &st) != 0)
        return strerrordesc_np(errno);
    if (!S_ISREG(st.st_mode))
        return "is no regular file";
    if (st.st_mode & (S_IRWXG | S_IRWXO))
        return "others may use it; it must be for its owner alone (chmod 600)";
    return NULL;
}

/* Fills `line` up to its size or the end of the file; NULL, or what went wrong. */
static const char *read_line(int fd, char *line, size_t size)
{
    size_t len = 0;
    size_t end;

    while (len < size) {
        const ssize_t n = read(fd, line + len, size - len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return strerrordesc_np(errno);
        if (n == 0)
            break;
        len += (size_t)n;
    }
    for (end = 0; end < len && line[end] != '\n'; end++)
        if (line[end] == '\0')
            return "there is a NUL in its first line";
    if (end == size)
        return "its first line is too long";
    if (end && line[end - 1] == '\r')
        end--;
    if (end == 0)
        return "its first line is empty";
    explicit_bzero(line + end, size - end);
    return NULL;
}

bool adit_secret_file_read(const char *what, const char *path,
                           char secret[static ADIT_PASSWORD_SIZE], char *why, size_t why_size)
{
    /* Without O_NONBLOCK a FIFO would hold us up before it is refused. */
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    const char *reason;

    secret[0] = '\0';
    if (fd < 0) {
        (void)snprintf(why, why_size, "%s file %s: %s", what, path, strerrordesc_np(errno));
        return false;
    }
    reason = objection(fd);
    if (reason == NULL)
        reason = read_line(fd, secret, ADIT_PASSWORD_SIZE);
    (void)close(fd);
    if (reason == NULL)
        return true;
    explicit_bzero(secret, ADIT_PASSWORD_SIZE);
    (void)snprintf(why, why_size, "%s file %s: %s", what, path, reason);
    return false;
}

bool adit_password_file_read(const char *path, char password[static ADIT_PASSWORD_SIZE], char *why,
                             size_t why_size)
{
    return adit_secret_file_read("password", path, password, why, why_size);
}
