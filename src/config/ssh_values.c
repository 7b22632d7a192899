/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/ssh_values.h"

#include "base/span.h"
#include "base/text.h"
#include "config/ssh_config.h"
#include "config/values.h"

#include <inttypes.h>
#include <stdio.h>

enum { NUMBER_SIZE = 32, DOMAINS_MAX = 32 };

static enum adit_err print_number(const struct adit_keyword *keyword, const char *before,
                                  uint64_t n, struct adit_buffer *out)
{
    char text[NUMBER_SIZE];

    (void)snprintf(text, sizeof text, "%s%" PRIu64, before, n);
    return adit_print_line(keyword, text, out);
}

/* ---- texts with a form of their own ---- */

static enum adit_err store(const struct adit_setting *setting, struct adit_span text, void *field)
{
    const char *copy = adit_config_pool_text(setting->pool, text);

    if (copy == NULL)
        return adit_setting_fail(setting, ADIT_ERR_NO_MEMORY, "out of memory");
    *(const char **)field = copy;
    return ADIT_OK;
}

static enum adit_err text_print(const struct adit_keyword *keyword, const void *field,
                                struct adit_buffer *out)
{
    const char *const *text = field;

    return *text ? adit_print_line(keyword, *text, out) : ADIT_OK;
}

/* The shell gets it with its quotes, and with what looks like a comment to others. */
static enum adit_err command_parse(const struct adit_setting *setting, void *field)
{
    *(const char **)field = NULL;
    if (adit_text_equal_nocase(setting->rest, "none"))
        return ADIT_OK;
    return store(setting, setting->rest, field);
}

const struct adit_value_kind adit_value_command = { command_parse, text_print };

/* One hop: [user@]host[:port] or ssh://[user@]host[:port][/]. */
static bool is_hop(struct adit_span hop)
{
    return hop.len > 0 && hop.data[0] != '-' && hop.data[hop.len - 1] != '@' &&
           memchr(hop.data, ' ', hop.len) == NULL;
}

/* ssh -G shows the last hop without "ssh://" and its slash. */
static struct adit_span without_scheme(struct adit_span hop)
{
    static const char scheme[] = "ssh://";
    const size_t len = sizeof scheme - 1;

    if (hop.len <= len || memcmp(hop.data, scheme, len) != 0)
        return hop;
    hop = adit_span_of(hop.data + len, hop.len - len);
    if (hop.data[hop.len - 1] == '/')
        hop.len--;
    return hop;
}

static enum adit_err jump_parse(const struct adit_setting *setting, void *field)
{
    const struct adit_span all = setting->args[0];
    struct adit_span rest = all;
    struct adit_span hop = ADIT_SPAN_EMPTY;
    struct adit_span last;
    char text[ADIT_CONFIG_LINE_MAX];
    size_t before;

    *(const char **)field = NULL;
    if (adit_text_equal_nocase(all, "none"))
        return ADIT_OK;
    if (all.data[all.len - 1] == ',')
        return adit_setting_bad(setting, all, "a list of [user@]host[:port]");
    while (adit_text_list_next(&rest, &hop))
        if (!is_hop(hop))
            return adit_setting_bad(setting, all, "a list of [user@]host[:port]");
    before = all.len - hop.len;
    last = without_scheme(hop);
    if (last.len == 0 || before + last.len > sizeof text)
        return adit_setting_bad(setting, all, "a list of [user@]host[:port]");
    memcpy(text, all.data, before);
    memcpy(text + before, last.data, last.len);
    return store(setting, adit_span_of(text, before + last.len), field);
}

const struct adit_value_kind adit_value_jump = { jump_parse, text_print };

/* ---- CanonicalizePermittedCNAMEs: words "source-list:target-list" ---- */

static enum adit_err cnames_parse(const struct adit_setting *setting, void *field)
{
    for (size_t i = 0; i < setting->arg_count; i++) {
        const struct adit_span arg = setting->args[i];
        const uint8_t *colon = arg.len ? memchr(arg.data, ':', arg.len) : NULL;
        const bool is_none = setting->arg_count == 1 && adit_text_equal_nocase(arg, "none");

        if (!is_none && (colon == NULL || colon == arg.data || colon == arg.data + arg.len - 1))
            return adit_setting_bad(setting, arg, "names:canonical_names");
    }
    return adit_value_list.parse(setting, field);
}

static enum adit_err cnames_print(const struct adit_keyword *keyword, const void *field,
                                  struct adit_buffer *out)
{
    return adit_value_list.print(keyword, field, out);
}

const struct adit_value_kind adit_value_cnames = { cnames_parse, cnames_print };

/* ---- a choice or a time: these keep both in members of the struct ---- */

static enum adit_err control_persist_parse(const struct adit_setting *setting, void *field)
{
    struct adit_ssh_config *config = field;
    const struct adit_span text = setting->args[0];
    uint64_t ms = 0;

    if (adit_text_equal_nocase(text, "no") || adit_text_equal_nocase(text, "false")) {
        config->control_persist = false;
        return ADIT_OK;
    }
    if (!adit_text_equal_nocase(text, "yes") && !adit_text_equal_nocase(text, "true") &&
        adit_config_time_parse(text, &ms))
        return adit_setting_bad(setting, text, "yes, no or a time such as 10m");
    config->control_persist = true;
    config->control_persist_ms = ms;
    return ADIT_OK;
}

static enum adit_err control_persist_print(const struct adit_keyword *keyword, const void *field,
                                           struct adit_buffer *out)
{
    const struct adit_ssh_config *config = field;

    if (config->control_persist && config->control_persist_ms)
        return print_number(keyword, "", config->control_persist_ms / 1000, out);
    return adit_print_line(keyword, config->control_persist ? "yes" : "no", out);
}

const struct adit_value_kind adit_value_control_persist = { control_persist_parse,
                                                            control_persist_print };

static const struct adit_value_name add_keys_names[] = {
    { "true", ADIT_ADD_KEYS_YES },
    { "false", ADIT_ADD_KEYS_NO },
    { "ask", ADIT_ADD_KEYS_ASK },
    { "confirm", ADIT_ADD_KEYS_CONFIRM },
    { "yes", ADIT_ADD_KEYS_YES },
    { "no", ADIT_ADD_KEYS_NO },
    { NULL, 0 },
};

/* A name; "confirm" and a time; a time alone. */
static enum adit_err add_keys_parse(const struct adit_setting *setting, void *field)
{
    struct adit_ssh_config *config = field;
    const struct adit_span last = setting->args[setting->arg_count - 1];
    const struct adit_value_name *name = add_keys_names;
    const bool confirmed = adit_text_equal_nocase(setting->args[0], "confirm");
    uint64_t ms = 0;

    while (name->name && !adit_text_equal_nocase(setting->args[0], name->name))
        name++;
    if (setting->arg_count > 2 || (setting->arg_count == 2 && !confirmed))
        return adit_setting_bad(setting, last, "expected after the value");
    if ((name->name == NULL || setting->arg_count == 2) && adit_config_time_parse(last, &ms))
        return adit_setting_bad(setting, last, "yes, no, ask, confirm or a time such as 10m");
    config->add_keys_to_agent = name->name ? (enum adit_add_keys)name->value : ADIT_ADD_KEYS_YES;
    config->add_keys_ms = ms;
    return ADIT_OK;
}

static enum adit_err add_keys_print(const struct adit_keyword *keyword, const void *field,
                                    struct adit_buffer *out)
{
    const struct adit_ssh_config *config = field;
    const bool confirmed = config->add_keys_to_agent == ADIT_ADD_KEYS_CONFIRM;
    const struct adit_value_name *name = add_keys_names;

    if (config->add_keys_ms)
        return print_number(keyword, confirmed ? "confirm " : "", config->add_keys_ms / 1000, out);
    while (name->value != (int)config->add_keys_to_agent)
        name++;
    return adit_print_line(keyword, name->name, out);
}

const struct adit_value_kind adit_value_add_keys = { add_keys_parse, add_keys_print };

/* As ssh, without the dot that may stand at the end of each: one is added where they are used. */
static enum adit_err domains_parse(const struct adit_setting *setting, void *field)
{
    struct adit_setting trimmed = *setting;
    struct adit_span domains[DOMAINS_MAX];

    if (setting->arg_count <= DOMAINS_MAX) { /* more are an error of the list's */
        for (size_t i = 0; i < setting->arg_count; i++) {
            domains[i] = setting->args[i];
            if (domains[i].len > 1 && domains[i].data[domains[i].len - 1] == '.')
                domains[i].len--;
        }
        trimmed.args = domains;
    }
    return adit_value_list.parse(&trimmed, field);
}

static enum adit_err domains_print(const struct adit_keyword *keyword, const void *field,
                                   struct adit_buffer *out)
{
    return adit_value_list.print(keyword, field, out);
}

const struct adit_value_kind adit_value_domains = { domains_parse, domains_print };
