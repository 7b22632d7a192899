/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * There may be thousands of lines, and each login reads them all. So nothing is
 * decoded: base64 has one spelling only for each key (others are refused by our
 * decoder), and the text of the key that is looked for is compared. The options
 * are read of the lines that have it.
 */
#include "keys/authorized_keys.h"

#include "base/base64.h"
#include "base/memory.h"
#include "base/span.h"
#include "base/text.h"
#include "keys/key_options.h"
#include "keys/lines.h"
#include "keys/public_line.h"

#include <stdio.h>

enum { LINE_MAX_BYTES = 8 * 1024, KEY_MAX = 16 * 1024 };

struct search {
    struct adit_span type;    /* of the key that is looked for */
    struct adit_span base64;  /* its text */
    struct adit_buffer value; /* holds that text */
    struct adit_authorized_complaint *complaints;
    size_t max;
    size_t count;
    bool is_authority; /* lines with cert-authority are meant, and no others */
};

static void keep_complaint(struct search *s, const struct adit_authorized_complaint *complaint)
{
    if (s->count < s->max)
        s->complaints[s->count++] = *complaint;
}

static enum adit_err pass_over(struct search *s, unsigned number, const char *why)
{
    struct adit_authorized_complaint complaint = { .line = number };

    (void)snprintf(complaint.text, sizeof complaint.text, "%s", why);
    keep_complaint(s, &complaint);
    return ADIT_ERR_NOT_FOUND;
}

/*
 * Whether a line begins with a key and not with options: no type name has a
 * quote or an equals sign, and the base64 of every key begins with the high
 * bytes of its type's length, which are zero.
 */
static bool begins_with_key(const struct adit_public_line *line)
{
    return !memchr(line->type.data, '"', line->type.len) &&
           !memchr(line->type.data, '=', line->type.len) && adit_line_begins(line->base64, "AAAA");
}

/* False when there is no key in the line. `options` is empty when there are none. */
static bool split_line(struct adit_span line, struct adit_span *options,
                       struct adit_public_line *key)
{
    struct adit_span rest;

    *options = ADIT_SPAN_EMPTY;
    if (adit_public_line_split(line, key) && begins_with_key(key))
        return true;
    adit_key_options_split(line, options, &rest);
    return adit_public_line_split(rest, key) && begins_with_key(key);
}

static enum adit_err read_options(struct search *s, struct adit_span options, unsigned number,
                                  struct adit_key_options *out)
{
    struct adit_authorized_complaint complaint = { .line = number };
    const enum adit_err err = adit_key_options_parse(options, out, &complaint);

    if (err != ADIT_ERR_FORMAT)
        return err;
    keep_complaint(s, &complaint);
    return ADIT_ERR_NOT_FOUND;
}

/* NOT_FOUND when the line is no good one with the key. */
static enum adit_err read_line(struct search *s, struct adit_span line, unsigned number,
                               struct adit_key_options *out)
{
    const size_t len = line.len;
    struct adit_public_line key;
    struct adit_span options;
    enum adit_err err;

    line = adit_line_trim(line);
    if (line.len == 0 || line.data[0] == '#')
        return ADIT_ERR_NOT_FOUND;
    if (len > LINE_MAX_BYTES)
        return pass_over(s, number, "longer than 8192 bytes");
    if (memchr(line.data, '\0', line.len))
        return pass_over(s, number, "has a NUL byte");
    if (!split_line(line, &options, &key))
        return pass_over(s, number, "has no key");
    if (!adit_span_equal(key.base64, s->base64))
        return ADIT_ERR_NOT_FOUND;
    if (!adit_span_equal(key.type, s->type))
        return pass_over(s, number, "its key is of another type than it says");

    out->port_forwarding = true;
    err = read_options(s, options, number, out);
    if (err)
        return err;
    if (out->cert_authority != s->is_authority) {
        adit_key_options_clear(out);
        return ADIT_ERR_NOT_FOUND;
    }
    out->line = number;
    out->comment = adit_text_copy(key.comment);
    if (out->comment)
        return ADIT_OK;
    adit_key_options_clear(out);
    return ADIT_ERR_NO_MEMORY;
}

static enum adit_err find(struct search s, struct adit_authorized_text *text,
                          struct adit_span key_blob, struct adit_key_options *out,
                          size_t *complaint_count)
{
    struct adit_span line;
    enum adit_err err;

    *out = (struct adit_key_options){ 0 };
    *complaint_count = 0;
    s.type = adit_blob_type(key_blob);
    if (s.type.len == 0)
        return ADIT_ERR_MALFORMED;
    s.value = adit_buffer_init(KEY_MAX);
    err = adit_base64_encode(key_blob, &s.value);
    if (err)
        goto done;
    s.base64 = adit_buffer_span(&s.value);

    err = ADIT_ERR_NOT_FOUND;
    while (err == ADIT_ERR_NOT_FOUND && adit_line_next(&text->left, &line))
        err = read_line(&s, line, ++text->line, out);
done:
    *complaint_count = s.count;
    adit_buffer_clear(&s.value);
    return err;
}

struct adit_authorized_text adit_authorized_text_begin(struct adit_span text)
{
    return (struct adit_authorized_text){ .left = adit_lines_begin(text) };
}

enum adit_err adit_authorized_keys_find(struct adit_authorized_text *text,
                                        struct adit_span key_blob, struct adit_key_options *out,
                                        struct adit_authorized_complaint *complaints, size_t max,
                                        size_t *complaint_count)
{
    const struct search s = { .complaints = complaints, .max = max };

    return find(s, text, key_blob, out, complaint_count);
}

enum adit_err adit_authorized_authority_find(struct adit_authorized_text *text,
                                             struct adit_span ca_blob, struct adit_key_options *out,
                                             struct adit_authorized_complaint *complaints,
                                             size_t max, size_t *complaint_count)
{
    const struct search s = { .complaints = complaints, .max = max, .is_authority = true };

    return find(s, text, ca_blob, out, complaint_count);
}
