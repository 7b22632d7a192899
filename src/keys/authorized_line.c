/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A line of authorized_keys. "restrict" takes everything from the key, also what
 * a later sshd may invent; "port-forwarding" gives back what a tunnel is for.
 * Each option is read back with the gateway's own parser: what that would not
 * obey is never written.
 */
#include "base/memory.h"
#include "base/span.h"
#include "base/text.h"
#include "keys/key.h"
#include "keys/key_options.h"
#include "keys/public_line.h"
#include "wire/writer.h"

#include <stdio.h>
#include <stdlib.h>

enum { OPTIONS_MAX = 7 * 1024 }; /* sshd and aditd take lines of 8 KiB, with the key */

/* False: it could not stand between quotes, or would break the line. */
static bool is_plain(const char *value)
{
    for (; *value; value++)
        if ((uint8_t)*value <= ' ' || *value == '"' || *value == '\\' || *value == 0x7f)
            return false;
    return true;
}

struct options {
    struct adit_buffer text;
    struct adit_key_options parsed;
    char *why; /* ADIT_KEY_PERMITS_WHY_SIZE */
};

/* Appends `,name="value"`, having read it back. */
static enum adit_err add(struct options *o, const char *name, const char *value)
{
    struct adit_authorized_complaint complaint;
    struct adit_writer w = adit_writer_init(&o->text);
    const size_t before = o->text.len;
    char shown[48];
    enum adit_err err;

    adit_write_byte(&w, ',');
    adit_write_bytes(&w, adit_span_text(name));
    adit_write_bytes(&w, adit_span_text("=\""));
    adit_write_bytes(&w, adit_span_text(value));
    adit_write_byte(&w, '"');
    err = adit_writer_finish(&w);
    if (err == ADIT_ERR_LIMIT)
        (void)snprintf(o->why, ADIT_KEY_PERMITS_WHY_SIZE, "too long for a line of authorized_keys");
    if (err)
        return err;
    (void)snprintf(complaint.text, sizeof complaint.text,
                   "a blank, a quote or a backslash in the value of %s", name);
    err = ADIT_ERR_FORMAT;
    if (is_plain(value))
        err = adit_key_options_parse(
            adit_span_of(o->text.data + before + 1, o->text.len - before - 1), &o->parsed,
            &complaint);
    if (err == ADIT_ERR_FORMAT)
        (void)snprintf(o->why, ADIT_KEY_PERMITS_WHY_SIZE, "%.70s \"%s\"", complaint.text,
                       adit_text_printable(adit_span_text(value), shown, sizeof shown));
    return err;
}

static enum adit_err add_all(struct options *o, const struct adit_key_permits *permits)
{
    enum adit_err err = adit_buffer_append(&o->text, adit_span_text("restrict,port-forwarding"));

    for (size_t i = 0; i < permits->listen_count && err == ADIT_OK; i++)
        err = add(o, "permitlisten", permits->listen[i]);
    for (size_t i = 0; i < permits->open_count && err == ADIT_OK; i++)
        err = add(o, "permitopen", permits->open[i]);
    if (permits->from && err == ADIT_OK)
        err = add(o, "from", permits->from);
    if (permits->expires && err == ADIT_OK)
        err = add(o, "expiry-time", permits->expires);
    return err;
}

enum adit_err adit_key_write_authorized(const struct adit_key *key,
                                        const struct adit_key_permits *permits, const char *comment,
                                        char **out, char why[ADIT_KEY_PERMITS_WHY_SIZE])
{
    struct adit_buffer text = adit_buffer_init(ADIT_KEY_TEXT_MAX);
    struct options options = { .text = adit_buffer_init(OPTIONS_MAX), .why = why };
    const char *given = comment ? comment : key->comment;
    char *one_line = adit_text_copy(adit_span_of(given, strcspn(given, "\r\n")));
    enum adit_err err = ADIT_ERR_NO_MEMORY;

    *out = NULL;
    why[0] = '\0';
    if (one_line == NULL)
        goto done;
    err = add_all(&options, permits);
    if (err == ADIT_OK)
        err = adit_buffer_append(&text, adit_buffer_span(&options.text));
    if (err == ADIT_OK)
        err = adit_buffer_append(&text, adit_span_text(" "));
    if (err == ADIT_OK)
        err = adit_public_line_append(adit_key_blob(key), one_line, &text);
    if (err == ADIT_OK)
        err = adit_buffer_append(&text, adit_span_of("", 1));
    if (err)
        goto done;
    *out = (char *)text.data;
    text = adit_buffer_init(0); /* its bytes are the caller's now */
done:
    free(one_line);
    adit_key_options_clear(&options.parsed);
    adit_buffer_clear(&options.text);
    adit_buffer_clear(&text);
    return err;
}
