/* SPDX-License-Identifier: BSD-2-Clause */
/* How the gateway is reached: ProxyCommand, ProxyJump, ProxyURL. */
#include "base/memory.h"
#include "base/span.h"
#include "base/text.h"
#include "config/proxy_url.h"
#include "config/ssh_rows.h"
#include "config/values.h"

#include <stdio.h>

enum { COMMAND_MAX = 64 * 1024 };

/* Of ProxyCommand and ProxyJump the one that comes first wins; `none` counts (ssh_config(5)). */
static enum adit_err command_parse(const struct adit_setting *setting, void *field)
{
    struct adit_ssh_config *config = field;

    return config->proxy_jump ? ADIT_OK : adit_value_text.parse(setting, &config->proxy_command);
}

static enum adit_err jump_parse(const struct adit_setting *setting, void *field)
{
    struct adit_ssh_config *config = field;

    return config->proxy_command ? ADIT_OK : adit_value_text.parse(setting, &config->proxy_jump);
}

static enum adit_err url_parse(const struct adit_setting *setting, void *field)
{
    struct adit_proxy_url url;
    char why[ADIT_PROXY_WHY_SIZE];
    char text[ADIT_CONFIG_LINE_MAX];
    enum adit_err err = ADIT_OK;

    if (setting->args[0].len >= sizeof text)
        return adit_setting_fail(setting, ADIT_ERR_LIMIT, "too long");
    memcpy(text, setting->args[0].data, setting->args[0].len);
    text[setting->args[0].len] = '\0';
    if (strcmp(text, ADIT_PROXY_FROM_ENVIRONMENT) != 0 &&
        !adit_text_equal_nocase(setting->args[0], "none")) {
        err = adit_proxy_url_parse(text, &url, why);
        adit_proxy_url_clear(&url);
    }
    adit_wipe(text, sizeof text);
    if (err)
        return adit_setting_fail(setting, err, "%s", why);
    return adit_value_text.parse(setting, field);
}

/* Nothing is quoted: it goes to a shell. */
static enum adit_err print_raw(const struct adit_keyword *keyword, const char *text,
                               struct adit_buffer *out)
{
    enum adit_err err = text ? adit_print_name(keyword, out) : ADIT_OK;

    for (const char *p = text; !err && p && *p; p++) {
        if (*p == '%')
            err = adit_print_text("%", out);
        if (!err)
            err = adit_buffer_append(out, adit_span_of(p, 1));
    }
    return err || text == NULL ? err : adit_print_text("\n", out);
}

static enum adit_err command_print(const struct adit_keyword *keyword, const void *field,
                                   struct adit_buffer *out)
{
    return print_raw(keyword, ((const struct adit_ssh_config *)field)->proxy_command, out);
}

static enum adit_err jump_print(const struct adit_keyword *keyword, const void *field,
                                struct adit_buffer *out)
{
    return print_raw(keyword, ((const struct adit_ssh_config *)field)->proxy_jump, out);
}

/* Whoever reads the settings need not read the password. */
static enum adit_err url_print(const struct adit_keyword *keyword, const void *field,
                               struct adit_buffer *out)
{
    const char *const *text = field;
    char shown[ADIT_PROXY_SHOWN_SIZE];
    char why[ADIT_PROXY_WHY_SIZE];
    struct adit_proxy_url url;
    enum adit_err err;

    if (*text == NULL)
        return ADIT_OK;
    if (adit_proxy_url_parse(*text, &url, why) != ADIT_OK)
        return adit_print_line(keyword, *text, out);
    err = adit_print_line(keyword, adit_proxy_url_shown(&url, shown), out);
    adit_proxy_url_clear(&url);
    return err;
}

const struct adit_value_kind adit_ssh_proxy_command = { command_parse, command_print };
const struct adit_value_kind adit_ssh_proxy_jump = { jump_parse, jump_print };
const struct adit_value_kind adit_ssh_proxy_url = { url_parse, url_print };

/* ---- what depends on other settings ---- */

/* What a shell takes for more than a word must not come in by a host's or user's name. */
static bool is_shell_safe(const char *name)
{
    for (const char *p = name; *p; p++)
        if ((unsigned char)*p <= ' ' || *p == 0x7f || strchr("'`\"$\\;&<>|(){}*?[]~#!", *p))
            return false;
    return name[0] != '-';
}

static enum adit_err expand(struct adit_ssh_config *config, const char **text)
{
    struct adit_buffer expanded = adit_buffer_init(COMMAND_MAX);
    enum adit_err err;

    if (*text == NULL)
        return ADIT_OK;
    if (adit_text_equal_nocase(adit_span_text(*text), "none")) {
        *text = NULL;
        return ADIT_OK;
    }
    err = adit_ssh_expand_tokens(config, *text, &expanded);
    if (!err) {
        *text = adit_config_pool_text(&config->pool, adit_buffer_span(&expanded));
        err = *text ? ADIT_OK : ADIT_ERR_NO_MEMORY;
    }
    adit_buffer_clear(&expanded);
    return err;
}

enum adit_err adit_ssh_finish_ways(struct adit_ssh_config *config)
{
    const char *const names[] = { config->host_name, config->target.host, config->user };
    bool has_tokens = config->proxy_command && strpbrk(config->proxy_command, "%");
    enum adit_err err;

    for (size_t i = 0; has_tokens && i < ADIT_ARRAY_LEN(names); i++)
        if (!is_shell_safe(names[i])) {
            (void)snprintf(config->error, sizeof config->error,
                           "ProxyCommand: the host's or user's name has characters that a shell "
                           "would not take as they are");
            return ADIT_ERR_FORMAT;
        }
    err = expand(config, &config->proxy_command);
    return err ? err : expand(config, &config->proxy_jump);
}
