/* SPDX-License-Identifier: BSD-2-Clause */
/* LocalForward and its kin: one word or two. One that was read before is not added again. */
#include "config/ssh_values.h"

#include "base/span.h"
#include "config/ssh_rows.h"

#include <stdio.h>

enum { FORWARDS_MAX = 1024 };

static bool is_known(const struct adit_forward_spec *forwards, size_t count,
                     const struct adit_forward_spec *spec)
{
    for (size_t i = 0; i < count; i++) {
        const struct adit_forward_spec *f = &forwards[i];

        if (f->bind_given == spec->bind_given && f->bind_port == spec->bind_port &&
            f->port == spec->port && strcmp(f->bind, spec->bind) == 0 &&
            strcmp(f->host, spec->host) == 0)
            return true;
    }
    return false;
}

/*
 * The words with a colon between them, and with variables of the environment: a
 * path that begins with one is only then known for a path. Other tokens wait
 * for finish.
 */
static enum adit_err join(const struct adit_ssh_config *config, const struct adit_setting *setting,
                          struct adit_buffer *out)
{
    struct adit_buffer words = adit_buffer_init(ADIT_CONFIG_LINE_MAX * 2);
    char why[ADIT_SSH_WHY_SIZE] = "";
    enum adit_err err = ADIT_OK;

    if (setting->arg_count > 2)
        return adit_setting_bad(setting, setting->args[2], "expected here");
    for (size_t i = 0; !err && i < setting->arg_count; i++) {
        if (i)
            err = adit_buffer_append(&words, adit_span_text(":"));
        if (!err)
            err = adit_buffer_append(&words, setting->args[i]);
    }
    if (!err)
        err = adit_buffer_append(&words, adit_span_of("", 1));
    if (!err)
        err = adit_ssh_expand(config, (const char *)words.data, NULL, ADIT_EXPAND_VARIABLES, out,
                              why);
    adit_buffer_clear(&words);
    return err ? adit_setting_fail(setting, err, "%s", why[0] ? why : adit_err_text(err)) : ADIT_OK;
}

static enum adit_err add_forward(const struct adit_ssh_config *config,
                                 const struct adit_setting *setting, enum adit_forward_kind kind,
                                 struct adit_forward_spec **forwards, size_t *count)
{
    struct adit_buffer text = adit_buffer_init(ADIT_CONFIG_LINE_MAX * 2);
    struct adit_forward_spec spec;
    struct adit_forward_spec *place;
    char why[256];
    enum adit_err err = join(config, setting, &text);

    if (err)
        goto done;
    err = adit_forward_spec_parse(adit_buffer_span(&text), kind, &spec, why, sizeof why);
    if (err) {
        err = adit_setting_fail(setting, err, "%s", why);
        goto done;
    }
    if (is_known(*forwards, *count, &spec))
        goto done;
    if (*count == FORWARDS_MAX) {
        err = adit_setting_fail(setting, ADIT_ERR_LIMIT, "more than %d forwards", FORWARDS_MAX);
        goto done;
    }
    place = adit_config_pool_push(setting->pool, forwards, count, sizeof *place);
    if (place)
        *place = spec;
    else
        err = adit_setting_fail(setting, ADIT_ERR_NO_MEMORY, "out of memory");
done:
    adit_buffer_clear(&text);
    return err;
}

/* As ssh -G writes them: names and addresses in brackets, "[socks]:0" for no target of -R. */
static enum adit_err print_forward(const struct adit_keyword *keyword,
                                   const struct adit_forward_spec *spec, bool is_dynamic,
                                   struct adit_buffer *out)
{
    char text[2 * ADIT_HOST_MAX + 64];
    int len;

    if (spec->bind[0] == '/')
        len = snprintf(text, sizeof text, "%s", spec->bind);
    else if (spec->bind_given)
        len = snprintf(text, sizeof text, "[%s]:%u", spec->bind, (unsigned)spec->bind_port);
    else
        len = snprintf(text, sizeof text, "%u", (unsigned)spec->bind_port);
    if (spec->host[0] == '/')
        (void)snprintf(text + len, sizeof text - (size_t)len, " %s", spec->host);
    else if (!is_dynamic)
        (void)snprintf(text + len, sizeof text - (size_t)len, " [%s]:%u",
                       spec->host[0] ? spec->host : "socks", (unsigned)spec->port);
    return adit_print_line(keyword, text, out);
}

static enum adit_err print_forwards(const struct adit_keyword *keyword,
                                    const struct adit_forward_spec *forwards, size_t count,
                                    bool is_dynamic, struct adit_buffer *out)
{
    enum adit_err err = ADIT_OK;

    for (size_t i = 0; !err && i < count; i++)
        err = print_forward(keyword, &forwards[i], is_dynamic, out);
    return err;
}

static enum adit_err local_parse(const struct adit_setting *setting, void *field)
{
    struct adit_ssh_config *config = field;

    return add_forward(config, setting, ADIT_FORWARD_SPEC_LOCAL, &config->local_forwards,
                       &config->local_forward_count);
}

static enum adit_err local_print(const struct adit_keyword *keyword, const void *field,
                                 struct adit_buffer *out)
{
    const struct adit_ssh_config *config = field;

    return print_forwards(keyword, config->local_forwards, config->local_forward_count, false, out);
}

static enum adit_err remote_parse(const struct adit_setting *setting, void *field)
{
    struct adit_ssh_config *config = field;

    return add_forward(config, setting, ADIT_FORWARD_SPEC_REMOTE, &config->remote_forwards,
                       &config->remote_forward_count);
}

static enum adit_err remote_print(const struct adit_keyword *keyword, const void *field,
                                  struct adit_buffer *out)
{
    const struct adit_ssh_config *config = field;

    return print_forwards(keyword, config->remote_forwards, config->remote_forward_count, false,
                          out);
}

static enum adit_err dynamic_parse(const struct adit_setting *setting, void *field)
{
    struct adit_ssh_config *config = field;

    return add_forward(config, setting, ADIT_FORWARD_SPEC_DYNAMIC, &config->dynamic_forwards,
                       &config->dynamic_forward_count);
}

static enum adit_err dynamic_print(const struct adit_keyword *keyword, const void *field,
                                   struct adit_buffer *out)
{
    const struct adit_ssh_config *config = field;

    return print_forwards(keyword, config->dynamic_forwards, config->dynamic_forward_count, true,
                          out);
}

const struct adit_value_kind adit_value_local_forward = { local_parse, local_print };
const struct adit_value_kind adit_value_remote_forward = { remote_parse, remote_print };
const struct adit_value_kind adit_value_dynamic_forward = { dynamic_parse, dynamic_print };
