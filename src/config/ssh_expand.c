/* SPDX-License-Identifier: BSD-2-Clause */
/* The % tokens of ssh_config(5), TOKENS, and ~ for the home folder. */
#include "config/ssh_rows.h"

#include "base/span.h"

#include <stdio.h>

/* `values` holds one text for each letter of `letters`; % itself needs none. */
static enum adit_err expand(const char *text, const char *letters, const char *const *values,
                            struct adit_buffer *out)
{
    enum adit_err err = ADIT_OK;

    for (; !err && *text; text++) {
        const char *letter = text[0] == '%' && text[1] ? strchr(letters, text[1]) : NULL;

        if (letter == NULL) {
            err = adit_buffer_append(out, adit_span_of(text, 1));
            text += text[0] == '%' && text[1] == '%';
            continue;
        }
        err = adit_buffer_append(out, adit_span_text(values[letter - letters]));
        text++;
    }
    return err;
}

enum adit_err adit_ssh_expand_host_name(const struct adit_ssh_config *config,
                                        struct adit_buffer *out)
{
    if (config->host_name == NULL)
        return adit_buffer_append(out, adit_span_text(config->target.host));
    return expand(config->host_name, "h", &config->target.host, out);
}

enum adit_err adit_ssh_expand_tokens(const struct adit_ssh_config *config, const char *text,
                                     struct adit_buffer *out)
{
    char port[8];
    const char *const values[] = {
        config->target.home,
        config->host_name,
        config->host_key_alias ? config->host_key_alias : config->target.host,
        config->target.host,
        port,
        config->user,
        config->target.local_user,
    };

    (void)snprintf(port, sizeof port, "%u", (unsigned)config->port);
    return expand(text, "dhknpru", values, out);
}

enum adit_err adit_ssh_expand_path(const struct adit_ssh_config *config, const char *path,
                                   struct adit_buffer *out)
{
    enum adit_err err = ADIT_OK;

    if (path[0] == '~') {
        err = adit_buffer_append(out, adit_span_text(config->target.home));
        path++;
    }
    return err ? err : adit_ssh_expand_tokens(config, path, out);
}
