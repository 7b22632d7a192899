/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tables of sockets name an inode; the process is the one that has it open.
 * Of other users' processes only root sees that.
 */
#include "check_owner.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    LINE_SIZE = 512,
    PATH_SIZE = 300,
    COMMAND_SIZE = 16384,
    LISTEN = 0x0a,
};

/* ---- the tables ---- */

/* The next word of a line; NULL: there is none. */
static const char *next_word(const char **line, size_t *len)
{
    const char *word = *line + strspn(*line, " \t\n");

    *len = strcspn(word, " \t\n");
    *line = word + *len;
    return *len > 0 ? word : NULL;
}

/* Words of 32 bits in the machine's own order. */
static bool parse_address(const char *hex, size_t digits, char out[static INET6_ADDRSTRLEN])
{
    enum { DIGITS_V4 = 8, DIGITS_V6 = 32 };
    uint32_t words[DIGITS_V6 / 8];

    if (digits != DIGITS_V4 && digits != DIGITS_V6)
        return false;
    for (size_t i = 0; i < digits / 8; i++) {
        char word[9];

        memcpy(word, hex + i * 8, 8);
        word[8] = '\0';
        words[i] = (uint32_t)strtoul(word, NULL, 16);
    }
    return inet_ntop(digits == DIGITS_V4 ? AF_INET : AF_INET6, words, out, INET6_ADDRSTRLEN) !=
           NULL;
}

bool adit_listening_parse(const char *line, uint16_t port, struct adit_listening *out)
{
    enum { LOCAL = 1, STATE = 3, INODE = 9, WORDS = 10 };
    const char *words[WORDS];
    size_t lens[WORDS];
    size_t digits;

    for (size_t i = 0; i < WORDS; i++) {
        words[i] = next_word(&line, &lens[i]);
        if (words[i] == NULL)
            return false;
    }
    digits = strcspn(words[LOCAL], ":");
    if (digits >= lens[LOCAL] || strtoul(words[LOCAL] + digits + 1, NULL, 16) != port ||
        strtoul(words[STATE], NULL, 16) != LISTEN)
        return false;
    out->inode = strtoull(words[INODE], NULL, 10);
    return parse_address(words[LOCAL], digits, out->address);
}

static bool find_in(const char *table, uint16_t port, struct adit_listening *out)
{
    FILE *file = fopen(table, "re");
    char line[LINE_SIZE];
    bool found = false;

    if (file == NULL)
        return false;
    while (!found && fgets(line, sizeof line, file) != NULL)
        found = adit_listening_parse(line, port, out);
    (void)fclose(file);
    return found;
}

/* ---- the process ---- */

static bool has_socket(const char *pid, const char *socket)
{
    char path[PATH_SIZE];
    char link[64];
    const struct dirent *entry;
    bool found = false;
    DIR *folder;

    (void)snprintf(path, sizeof path, "/proc/%.20s/fd", pid);
    folder = opendir(path);
    if (folder == NULL)
        return false;
    while (!found && (entry = readdir(folder)) != NULL) { /* NOLINT(concurrency-mt-unsafe) */
        const ssize_t len = readlinkat(dirfd(folder), entry->d_name, link, sizeof link - 1);

        if (len > 0)
            link[len] = '\0';
        found = len > 0 && strcmp(link, socket) == 0;
    }
    (void)closedir(folder);
    return found;
}

static size_t read_file(const char *pid, const char *name, char *out, size_t size)
{
    char path[PATH_SIZE];
    ssize_t len = -1;
    int fd;

    (void)snprintf(path, sizeof path, "/proc/%.20s/%s", pid, name);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        len = read(fd, out, size - 1);
        (void)close(fd);
    }
    out[len > 0 ? len : 0] = '\0';
    return len > 0 ? (size_t)len : 0;
}

static void copy_printable(const char *text, char *out, size_t size)
{
    size_t len = 0;

    for (; *text != '\0' && *text != '\n' && len + 1 < size; text++)
        out[len++] = isprint((unsigned char)*text) ? *text : '?';
    out[len] = '\0';
}

/* "3307:db:3306" among its words, or "-L3307:db:3306", "127.0.0.1:3307:db:3306". */
static bool names_port(const char *word, const char *port)
{
    const size_t len = strlen(port);
    const char *at = word;

    while ((at = strstr(at, port)) != NULL) {
        if ((at == word || !isdigit((unsigned char)at[-1])) && at[len] == ':')
            return true;
        at += len;
    }
    return false;
}

static void describe(const char *pid, uint16_t port, struct adit_port_owner *out)
{
    static char command[COMMAND_SIZE]; /* one at a time: there is one thread that asks */
    char digits[8];
    size_t len;

    out->pid = strtol(pid, NULL, 10);
    (void)read_file(pid, "comm", command, sizeof command);
    copy_printable(command, out->name, sizeof out->name);
    len = read_file(pid, "cmdline", command, sizeof command);
    (void)snprintf(digits, sizeof digits, "%u", port);
    for (size_t at = 0; at < len && out->forward[0] == '\0'; at += strlen(command + at) + 1)
        if (names_port(command + at, digits))
            copy_printable(command + at, out->forward, sizeof out->forward);
}

bool adit_port_owner_find(uint16_t port, struct adit_port_owner *out)
{
    char socket[64];
    const struct dirent *entry;
    DIR *folder;

    *out = (struct adit_port_owner){ .pid = 0 };
    if (!find_in("/proc/net/tcp", port, &out->listening) &&
        !find_in("/proc/net/tcp6", port, &out->listening))
        return false;
    (void)snprintf(socket, sizeof socket, "socket:[%llu]",
                   (unsigned long long)out->listening.inode);
    folder = opendir("/proc");
    if (folder == NULL)
        return true;
    while (out->pid == 0 && (entry = readdir(folder)) != NULL) /* NOLINT(concurrency-mt-unsafe) */
        if (isdigit((unsigned char)entry->d_name[0]) && has_socket(entry->d_name, socket))
            describe(entry->d_name, port, out);
    (void)closedir(folder);
    return true;
}
