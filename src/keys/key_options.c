/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A table of all options that sshd knows. Those about shells, terminals and
 * agents are read and have no effect, as the gateway gives none of these to
 * anybody. What is not in the table makes the line worthless: it may be a
 * restriction.
 */
#include "keys/key_options.h"

#include "base/memory.h"
#include "base/span.h"
#include "base/text.h"
#include "keys/address.h"
#include "keys/lines.h"

#include <stdio.h>
#include <stdlib.h>

struct option {
    struct adit_span name;
    bool has_value;
    struct adit_span value; /* without its quotes */
};

struct rule {
    const char *name;
    bool has_value;
    enum adit_err (*apply)(struct adit_key_options *options, struct adit_span value);
};

static void clear_one(struct adit_key_options *options)
{
    for (size_t i = 0; i < options->permitopen_count; i++)
        free(options->permitopen[i].host);
    for (size_t i = 0; i < options->permitlisten_count; i++)
        free(options->permitlisten[i].host);
    free(options->principals);
    free(options->from);
    free(options->comment);
    *options = (struct adit_key_options){ 0 };
}

void adit_key_options_clear(struct adit_key_options *options)
{
    struct adit_key_options *also = options->also;

    clear_one(options);
    while (also) {
        struct adit_key_options *next = also->also;

        clear_one(also);
        free(also);
        also = next;
    }
}

void adit_key_options_add(struct adit_key_options *first, struct adit_key_options *options)
{
    while (first->also)
        first = first->also;
    first->also = options;
}

/* ---- what the options do --------------------------------------------------- */

static enum adit_err forbid_forwarding(struct adit_key_options *o, struct adit_span value)
{
    (void)value;
    o->port_forwarding = false;
    return ADIT_OK;
}

static enum adit_err allow_forwarding(struct adit_key_options *o, struct adit_span value)
{
    (void)value;
    o->port_forwarding = true;
    return ADIT_OK;
}

static enum adit_err make_authority(struct adit_key_options *o, struct adit_span value)
{
    (void)value;
    o->cert_authority = true;
    return ADIT_OK;
}

/* A second list could only widen the first one. */
static enum adit_err set_principals(struct adit_key_options *o, struct adit_span value)
{
    if (o->principals || value.len == 0)
        return ADIT_ERR_FORMAT;
    o->principals = adit_text_copy(value);
    return o->principals ? ADIT_OK : ADIT_ERR_NO_MEMORY;
}

static enum adit_err add_permitopen(struct adit_key_options *o, struct adit_span value)
{
    enum adit_err err;

    if (o->permitopen_count == ADIT_PERMITS_MAX)
        return ADIT_ERR_LIMIT;
    err = adit_permit_parse(value, false, &o->permitopen[o->permitopen_count]);
    if (err)
        return err;
    o->permitopen_count++;
    o->has_permitopen = true;
    return ADIT_OK;
}

static enum adit_err add_permitlisten(struct adit_key_options *o, struct adit_span value)
{
    enum adit_err err;

    if (o->permitlisten_count == ADIT_PERMITS_MAX)
        return ADIT_ERR_LIMIT;
    err = adit_permit_parse(value, true, &o->permitlisten[o->permitlisten_count]);
    if (err)
        return err;
    o->permitlisten_count++;
    o->has_permitlisten = true;
    return ADIT_OK;
}

/* A second list could only contradict the first one. */
static enum adit_err set_from(struct adit_key_options *o, struct adit_span value)
{
    struct adit_network network;
    struct adit_span rest = value;
    struct adit_span entry;

    if (o->from || value.len == 0)
        return ADIT_ERR_FORMAT;
    while (adit_text_list_next(&rest, &entry)) {
        if (adit_line_begins(entry, "!"))
            entry = adit_span_of(entry.data + 1, entry.len - 1);
        if (entry.len && memchr(entry.data, '/', entry.len) && !adit_network_parse(entry, &network))
            return ADIT_ERR_FORMAT;
    }
    o->from = adit_text_copy(value);
    return o->from ? ADIT_OK : ADIT_ERR_NO_MEMORY;
}

/* The earliest of several counts. */
static enum adit_err set_expiry_time(struct adit_key_options *o, struct adit_span value)
{
    uint64_t time;
    const enum adit_err err = adit_expiry_time_parse(value, &time);

    if (err == ADIT_OK && (o->expiry_time == 0 || time < o->expiry_time))
        o->expiry_time = time;
    return err;
}

/* clang-format off */
static const struct rule rules[] = {
    { "restrict",            false, forbid_forwarding },
    { "port-forwarding",     false, allow_forwarding },
    { "no-port-forwarding",  false, forbid_forwarding },
    { "permitopen",          true,  add_permitopen },
    { "permitlisten",        true,  add_permitlisten },
    { "from",                true,  set_from },
    { "expiry-time",         true,  set_expiry_time },
    { "cert-authority",      false, make_authority },
    { "agent-forwarding",    false, NULL },
    { "no-agent-forwarding", false, NULL },
    { "X11-forwarding",      false, NULL },
    { "no-X11-forwarding",   false, NULL },
    { "pty",                 false, NULL },
    { "no-pty",              false, NULL },
    { "user-rc",             false, NULL },
    { "no-user-rc",          false, NULL },
    { "no-touch-required",   false, NULL },
    { "verify-required",     false, NULL },
    { "command",             true,  NULL },
    { "environment",         true,  NULL },
    { "principals",          true,  set_principals },
    { "tunnel",              true,  NULL },
};
/* clang-format on */

/* ---- reading ---------------------------------------------------------------- */

static struct adit_span behind(struct adit_span s, size_t len)
{
    return adit_span_of(s.data + len, s.len - len);
}

/* The length up to the closing quote of a value that begins behind an opening one; or s.len. */
static size_t quoted_len(struct adit_span s)
{
    size_t len = 0;

    while (len < s.len && s.data[len] != '"')
        len += s.data[len] == '\\' && len + 1 < s.len && s.data[len + 1] == '"' ? 2 : 1;
    return len;
}

void adit_key_options_split(struct adit_span line, struct adit_span *options,
                            struct adit_span *rest)
{
    size_t len = 0;

    while (len < line.len && line.data[len] != ' ' && line.data[len] != '\t')
        len += line.data[len] == '"' ? quoted_len(behind(line, len + 1)) + 2 : 1;
    if (len > line.len)
        len = line.len; /* the last quote is not closed */
    *options = adit_span_of(line.data, len);
    *rest = behind(line, len);
}

static bool is_name_letter(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

/* Appends the value without the backslashes before its quotes. */
static enum adit_err unquote(struct adit_span quoted, struct adit_buffer *value)
{
    for (size_t i = 0; i < quoted.len; i++) {
        enum adit_err err;

        if (quoted.data[i] == '\\' && i + 1 < quoted.len && quoted.data[i + 1] == '"')
            i++;
        err = adit_buffer_append(value, adit_span_of(&quoted.data[i], 1));
        if (err)
            return err;
    }
    return ADIT_OK;
}

/* Takes `name` or `name="value"` and the comma behind it, which must announce another one. */
static enum adit_err take_option(struct adit_span *rest, struct adit_buffer *value,
                                 struct option *out)
{
    size_t len = 0;

    while (len < rest->len && is_name_letter(rest->data[len]))
        len++;
    out->name = adit_span_of(rest->data, len);
    *rest = behind(*rest, len);
    out->has_value = adit_line_begins(*rest, "=\"");
    adit_buffer_empty(value);
    if (out->has_value) {
        enum adit_err err;

        *rest = behind(*rest, 2);
        len = quoted_len(*rest);
        if (len >= rest->len)
            return ADIT_ERR_FORMAT;
        err = unquote(adit_span_of(rest->data, len), value);
        if (err)
            return err;
        *rest = behind(*rest, len + 1);
    }
    out->value = adit_buffer_span(value);
    if (rest->len == 0)
        return ADIT_OK;
    if (rest->data[0] != ',' || rest->len == 1)
        return ADIT_ERR_FORMAT;
    *rest = behind(*rest, 1);
    return ADIT_OK;
}

static const struct rule *find_rule(const struct option *option)
{
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rules); i++)
        if (adit_text_equal_nocase(option->name, rules[i].name))
            return rules[i].has_value == option->has_value ? &rules[i] : NULL;
    return NULL;
}

static void complain(struct adit_authorized_complaint *complaint, const char *what,
                     struct adit_span text)
{
    char shown[64];

    (void)snprintf(complaint->text, sizeof complaint->text, "%s: %s", what,
                   adit_text_printable(text, shown, sizeof shown));
}

static enum adit_err apply(const struct option *option, struct adit_key_options *out,
                           struct adit_authorized_complaint *complaint)
{
    const struct rule *rule = find_rule(option);
    enum adit_err err;

    if (rule == NULL) {
        complain(complaint, "an option that is not known or lacks its value", option->name);
        return ADIT_ERR_FORMAT;
    }
    err = rule->apply ? rule->apply(out, option->value) : ADIT_OK;
    if (err == ADIT_ERR_LIMIT) {
        complain(complaint, "more than 64 times the option", option->name);
        return ADIT_ERR_FORMAT;
    }
    if (err == ADIT_ERR_FORMAT)
        complain(complaint, "an option with a bad value", option->name);
    return err;
}

enum adit_err adit_key_options_parse(struct adit_span options, struct adit_key_options *out,
                                     struct adit_authorized_complaint *complaint)
{
    struct adit_buffer value = adit_buffer_init(options.len);
    enum adit_err err = ADIT_OK;

    while (err == ADIT_OK && options.len) {
        const struct adit_span here = options;
        struct option option;

        err = take_option(&options, &value, &option);
        if (err == ADIT_ERR_FORMAT)
            complain(complaint, "options that end in the middle, near", here);
        if (err == ADIT_OK)
            err = apply(&option, out, complaint);
    }
    if (err)
        adit_key_options_clear(out);
    adit_buffer_clear(&value);
    return err;
}
