/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The canonical name of the host. A short name is looked up in each of
 * CanonicalDomains, with a dot at its end so that the system's search list has
 * no part in it; a CNAME is followed where CanonicalizePermittedCNAMEs lets it.
 */
#include "config/ssh_rows.h"

#include "base/span.h"
#include "base/text.h"

#include <stdio.h>

/* The host is reached through something that will look the name up itself. */
static bool is_proxied(const struct adit_ssh_config *config)
{
    return config->written.proxy_command || config->proxy_jump || config->proxy_url;
}

static enum adit_err look_up(const struct adit_ssh_config *config, struct adit_span name,
                             struct adit_buffer *cname)
{
    const struct adit_config_files *files = config->files;
    struct adit_buffer text = adit_buffer_init(ADIT_SSH_EXPANDED_MAX);
    enum adit_err err = adit_buffer_append(&text, name);

    if (!err)
        err = adit_buffer_append(&text, adit_span_of("", 1));
    adit_buffer_empty(cname);
    if (!err)
        err = files && files->look_up ? files->look_up(files->user, (const char *)text.data, cname)
                                      : ADIT_ERR_NOT_FOUND;
    adit_buffer_clear(&text);
    if (cname->len && cname->data[cname->len - 1] == '.')
        cname->len--;
    return err;
}

/* Whether a rule "names:canonical_names" lets the one name stand for the other. */
static bool is_permitted(const struct adit_ssh_config *config, struct adit_span host,
                         struct adit_span cname)
{
    for (size_t i = 0; i < config->permitted_cnames.count; i++) {
        const char *rule = config->permitted_cnames.items[i];
        const size_t source_len = strcspn(rule, ":");
        const struct adit_span source = adit_span_of(rule, source_len);
        const struct adit_span targets = adit_span_text(rule + source_len + 1);

        if (adit_text_match_list(source, host, true) == 1 &&
            adit_text_match_list(targets, cname, true) == 1)
            return true;
    }
    return false;
}

static enum adit_err replace(struct adit_buffer *host, struct adit_span name)
{
    adit_buffer_empty(host);
    return adit_buffer_append(host, name);
}

static enum adit_err follow_cname(const struct adit_ssh_config *config, struct adit_buffer *host,
                                  const struct adit_buffer *cname)
{
    const struct adit_span name = adit_buffer_span(cname);

    if (name.len == 0 ||
        (is_proxied(config) && config->canonicalize_hostname != ADIT_CANONICALIZE_ALWAYS) ||
        !is_permitted(config, adit_buffer_span(host), name))
        return ADIT_OK;
    return replace(host, name);
}

static size_t count_dots(struct adit_span text)
{
    size_t dots = 0;

    for (size_t i = 0; i < text.len; i++)
        dots += text.data[i] == '.';
    return dots;
}

/* Tries each domain; NOT_FOUND when none has the host. */
static enum adit_err try_domains(const struct adit_ssh_config *config, struct adit_buffer *host,
                                 struct adit_buffer *cname)
{
    struct adit_buffer full = adit_buffer_init(ADIT_SSH_EXPANDED_MAX);
    enum adit_err err = ADIT_ERR_NOT_FOUND;

    for (size_t i = 0; err == ADIT_ERR_NOT_FOUND && i < config->canonical_domains.count; i++) {
        const char *domain = config->canonical_domains.items[i];

        err = replace(&full, adit_buffer_span(host));
        if (!err)
            err = adit_buffer_append(&full, adit_span_text("."));
        if (!err)
            err = adit_buffer_append(&full, adit_span_text(domain));
        if (!err)
            err = adit_buffer_append(&full, adit_span_text("."));
        if (!err)
            err = look_up(config, adit_buffer_span(&full), cname);
    }
    if (!err)
        err = replace(host, adit_span_of(full.data, full.len - 1));
    adit_buffer_clear(&full);
    return err ? err : follow_cname(config, host, cname);
}

/* The name as it is, with the CNAME that it may stand for. */
static enum adit_err try_name(const struct adit_ssh_config *config, struct adit_buffer *host,
                              struct adit_buffer *cname)
{
    const enum adit_err err = look_up(config, adit_buffer_span(host), cname);

    if (err)
        return err == ADIT_ERR_NOT_FOUND ? ADIT_OK : err; /* connecting will say so */
    return follow_cname(config, host, cname);
}

enum adit_err adit_ssh_canonicalize(struct adit_ssh_config *config, struct adit_buffer *host)
{
    const bool always = config->canonicalize_hostname == ADIT_CANONICALIZE_ALWAYS;
    const struct adit_span name = adit_buffer_span(host);
    struct adit_buffer cname = adit_buffer_init(ADIT_SSH_EXPANDED_MAX);
    enum adit_err err = ADIT_ERR_NOT_FOUND;
    char shown[128];

    if (is_proxied(config) && !always)
        return ADIT_OK;
    if (config->canonicalize_hostname != ADIT_CANONICALIZE_NO && name.len &&
        name.data[name.len - 1] != '.' && count_dots(name) <= config->canonicalize_max_dots) {
        err = try_domains(config, host, &cname);
        if (err == ADIT_ERR_NOT_FOUND && !config->canonicalize_fallback_local) {
            adit_text_printable(adit_buffer_span(host), shown, sizeof shown);
            (void)snprintf(config->error, sizeof config->error, "%s is in none of CanonicalDomains",
                           shown);
            goto done;
        }
    }
    if (err == ADIT_ERR_NOT_FOUND)
        err = config->permitted_cnames.count ? try_name(config, host, &cname) : ADIT_OK;
done:
    adit_buffer_clear(&cname);
    return err;
}
