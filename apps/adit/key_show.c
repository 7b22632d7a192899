/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "key_command.h"
#include "key_formats.h"
#include "key_show_public.h"
#include "key_store.h"

enum { COMMENT_SIZE = 1024 };

static void print_format(const char *path, const struct adit_key_description *description)
{
    const struct adit_key_format_words *words = adit_key_format_words(description->format);
    const bool is_private = adit_key_format_is_private(description->format);

    (void)printf("file:        %s\n", path);
    (void)printf("format:      %s key, %s (%s)\n", is_private ? "private" : "public", words->title,
                 words->name);
    if (is_private)
        (void)printf("encrypted:   %s%s%s\n", description->is_encrypted ? "yes" : "no",
                     description->encryption[0] ? ", " : "", description->encryption);
}

static void print_key(const struct adit_key *key)
{
    char comment[COMMENT_SIZE];
    char fingerprint[ADIT_FINGERPRINT_SIZE];
    char md5[ADIT_FINGERPRINT_MD5_SIZE];

    if (key == NULL) {
        (void)puts("type:        not told without the passphrase");
        return;
    }
    adit_key_fingerprint(key, fingerprint);
    adit_key_fingerprint_md5(key, md5);
    (void)printf("type:        %s, %u bits\n", adit_key_name(key), adit_key_bits(key));
    (void)printf("fingerprint: %s\n             %s\n", fingerprint, md5);
    if (adit_key_comment(key)[0])
        (void)printf("comment:     %s\n", adit_key_comment_printable(key, comment, sizeof comment));
}

/* What the file says by itself: nobody is asked for a passphrase. */
static bool show_outside(const char *path, struct adit_span text)
{
    struct adit_key_description description;
    struct adit_key *key = NULL;
    const enum adit_err err = adit_key_describe(text, &description, &key);

    if (err) {
        (void)adit_key_fail("%s: %s", path, adit_key_err_text(err));
        return false;
    }
    print_format(path, &description);
    print_key(key);
    (void)printf("read by:     %s\n", adit_key_format_words(description.format)->readers);
    adit_key_free(key);
    return true;
}

static bool show_opened(const char *path, struct adit_span text, const char *passphrase_file)
{
    struct adit_opened_key opened;

    if (!adit_key_open_text(path, text, passphrase_file, &opened))
        return false;
    print_format(path, &opened.description);
    print_key(opened.key);
    (void)printf("read by:     %s\n", adit_key_format_words(opened.description.format)->readers);
    adit_opened_key_clear(&opened);
    return true;
}

/* Certificates and the keys of tokens too, which can be shown but not opened. */
static bool show_public(const char *path, struct adit_span text,
                        const struct adit_key_description *description)
{
    struct adit_public_key *key = NULL;
    const enum adit_err err = adit_public_key_read(text, &key);

    if (err) {
        (void)adit_key_fail("%s: %s", path, adit_key_err_text(err));
        return false;
    }
    print_format(path, description);
    adit_key_print_public(key, adit_key_format_words(description->format)->readers);
    adit_public_key_free(key);
    return true;
}

static bool show(const char *path, const char *passphrase_file)
{
    struct adit_key_description description;
    struct adit_key_file_text text;
    struct adit_span span;
    enum adit_err err;
    bool shown;

    if (!adit_key_file_read(path, &text))
        return false;
    span = adit_key_file_span(&text);
    err = adit_key_describe(span, &description, NULL);
    if ((err == ADIT_OK || err == ADIT_ERR_UNSUPPORTED) &&
        !adit_key_format_is_private(description.format))
        shown = show_public(path, span, &description);
    else
        shown =
            passphrase_file ? show_opened(path, span, passphrase_file) : show_outside(path, span);
    adit_key_file_clear(&text);
    return shown;
}

int adit_key_show(const struct adit_key_line *line)
{
    int code = 0;

    for (size_t i = 0; i < line->files.count; i++) {
        if (i)
            (void)putchar('\n');
        if (!show(line->files.items[i], line->passphrase_file))
            code = 1;
    }
    return code;
}
