/* SPDX-License-Identifier: BSD-2-Clause */
#include "key_store.h"

#include "adit/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "key_command.h"
#include "key_formats.h"

enum { TEXT_MAX = 1 << 20, WHY_SIZE = 4352 };

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

/* Without stdio's buffer, where the key would stay. */
static bool print(const char *text)
{
    return setvbuf(stdout, NULL, _IONBF, 0) == 0 && fputs(text, stdout) >= 0;
}

static bool write_to(const char *path, const char *text, unsigned mode, bool force)
{
    char why[WHY_SIZE];
    enum adit_err err = ADIT_OK;

    if (strcmp(path, "-") == 0) {
        if (!print(text))
            (void)adit_key_fail("%s: %s", path, strerrordesc_np(errno));
        return !ferror(stdout);
    }
    err = adit_file_create(path, (struct adit_span){ (const uint8_t *)text, strlen(text) }, mode,
                           force, why, sizeof why);
    if (err)
        (void)adit_key_fail("%s%s", why,
                            err == ADIT_ERR_REFUSED && !force ? "; --force overwrites it" : "");
    return err == ADIT_OK;
}

bool adit_key_store(const struct adit_key *key, const struct adit_key_writing *how,
                    const char *path, bool force)
{
    const char *name = adit_key_format_words(how->format)->name;
    const unsigned mode = adit_key_format_is_private(how->format) ? 0600 : 0644;
    char *text = NULL;
    const enum adit_err err = adit_key_write(key, how, &text);
    bool written;

    if (err == ADIT_ERR_UNSUPPORTED)
        (void)adit_key_fail("%s has no form for %s keys; openssh, pkcs8 and ppk3 have", name,
                            adit_key_name(key));
    else if (err)
        (void)adit_key_fail("%s: %s", name,
                            err == ADIT_ERR_LIMIT ? "the comment is too long" : adit_err_text(err));
    if (err)
        return false;
    written = write_to(path, text, mode, force);
    adit_key_text_free(text);
    return written;
}
