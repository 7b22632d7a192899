/* SPDX-License-Identifier: BSD-2-Clause */
/* ProxyURL in ssh_config: checked where it stands, and shown without its password. */
#include "config/ssh_values.h"

#include "base/memory.h"
#include "base/text.h"
#include "config/proxy_url.h"
#include "config/values.h"

#include <string.h>

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

const struct adit_value_kind adit_value_proxy_url = { url_parse, url_print };
