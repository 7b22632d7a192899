/* SPDX-License-Identifier: BSD-2-Clause */
/* The % tokens and ${NAME} of ssh_config(5), and ~ for a home folder. */
#include "config/ssh_rows.h"

#include "base/span.h"
#include "crypto/hash.h"

#include <stdio.h>

enum { NUMBER_SIZE = 16, NAME_SIZE = 256 };

enum adit_err adit_ssh_expand_host_name(const struct adit_ssh_config *config,
                                        struct adit_buffer *out)
{
    const char *text = config->host_name ? config->host_name : config->target.host;
    enum adit_err err = ADIT_OK;

    if (config->host_name == NULL || config->settled)
        return adit_buffer_append(out, adit_span_text(text));
    for (; !err && *text; text++) {
        if (text[0] == '%' && text[1] == 'h')
            err = adit_buffer_append(out, adit_span_text(config->target.host));
        else
            err = adit_buffer_append(out, adit_span_of(text, 1));
        text += text[0] == '%' && text[1];
    }
    return err;
}

static const char *user_of(const struct adit_ssh_config *config)
{
    return config->user ? config->user : config->target.local_user;
}

/* %C: two connections that differ in one of these have two names. */
static enum adit_err append_connection_hash(const struct adit_ssh_config *config,
                                            struct adit_buffer *out)
{
    struct adit_buffer host = adit_buffer_init(ADIT_SSH_EXPANDED_MAX);
    uint8_t digest[ADIT_HASH_MAX];
    char port[NUMBER_SIZE];
    char hex[3];
    enum adit_err err = adit_ssh_expand_host_name(config, &host);

    (void)snprintf(port, sizeof port, "%u", (unsigned)config->port);
    if (!err) {
        const struct adit_span pieces[] = {
            adit_span_text(config->target.local_host),
            adit_buffer_span(&host),
            adit_span_text(port),
            adit_span_text(user_of(config)),
            adit_span_text(config->proxy_jump),
        };
        err = adit_hash_digest(ADIT_HASH_SHA1, pieces, ADIT_ARRAY_LEN(pieces), digest);
    }
    for (size_t i = 0; !err && i < adit_hash_size(ADIT_HASH_SHA1); i++) {
        (void)snprintf(hex, sizeof hex, "%02x", digest[i]);
        err = adit_buffer_append(out, adit_span_text(hex));
    }
    adit_buffer_clear(&host);
    return err;
}

static enum adit_err append_number(unsigned n, struct adit_buffer *out)
{
    char text[NUMBER_SIZE];

    (void)snprintf(text, sizeof text, "%u", n);
    return adit_buffer_append(out, adit_span_text(text));
}

static enum adit_err append_token(const struct adit_ssh_config *config, char letter,
                                  struct adit_buffer *out)
{
    const struct adit_ssh_target *target = &config->target;
    const struct adit_span local_host = adit_span_text(target->local_host);
    const uint8_t *dot = local_host.len ? memchr(local_host.data, '.', local_host.len) : NULL;

    switch (letter) {
    case 'C':
        return append_connection_hash(config, out);
    case 'L':
        return adit_buffer_append(
            out, dot ? adit_span_of(local_host.data, (size_t)(dot - local_host.data)) : local_host);
    case 'd':
        return adit_buffer_append(out, adit_span_text(target->home));
    case 'h':
        return adit_ssh_expand_host_name(config, out);
    case 'i':
        return append_number(target->local_id, out);
    case 'j':
        return adit_buffer_append(out, adit_span_text(config->proxy_jump));
    case 'k':
        return adit_buffer_append(
            out, adit_span_text(config->host_key_alias ? config->host_key_alias : target->host));
    case 'l':
        return adit_buffer_append(out, local_host);
    case 'n':
        return adit_buffer_append(out, adit_span_text(target->host));
    case 'p':
        return append_number(config->port, out);
    case 'r':
        return adit_buffer_append(out, adit_span_text(user_of(config)));
    case 'u':
        return adit_buffer_append(out, adit_span_text(target->local_user));
    default: /* % itself */
        return adit_buffer_append(out, adit_span_of(&letter, 1));
    }
}

/*
 * What names may not hold where a shell reads them: they come from command lines
 * of others. Only among jump hosts stand addresses in brackets.
 */
static bool is_safe_for_shell(struct adit_span text, char letter)
{
    if (text.len && text.data[0] == '-')
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] <= ' ' || text.data[i] == 0x7f ||
            strchr("'`\"$\\;&<>|(){}*?!#~", text.data[i]) ||
            (letter != 'j' && strchr("[]", text.data[i])))
            return false;
    return true;
}

static enum adit_err expand_token(const struct adit_ssh_config *config, char letter, unsigned how,
                                  struct adit_buffer *out, char *why)
{
    const size_t before = out->len;
    const enum adit_err err = append_token(config, letter, out);

    if (err || !(how & ADIT_EXPAND_SHELL) || strchr("hjknr", letter) == NULL ||
        is_safe_for_shell(adit_span_of(out->data + before, out->len - before), letter))
        return err;
    (void)snprintf(why, ADIT_SSH_WHY_SIZE, "%%%c stands for a name with signs of the shell",
                   letter);
    return ADIT_ERR_FORMAT;
}

/* ${NAME}, of which *text is the dollar sign; leaves *text at its end. */
static enum adit_err expand_variable(const struct adit_ssh_config *config, const char **text,
                                     struct adit_buffer *out, char *why)
{
    const struct adit_config_files *files = config->files;
    const char *name = *text + 2;
    const size_t len = strcspn(name, "}");
    const char *value = NULL;
    char copy[NAME_SIZE];

    if (name[len] == '\0' || len == 0 || len >= sizeof copy) {
        (void)snprintf(why, ADIT_SSH_WHY_SIZE, "${ without a name and a closing }");
        return ADIT_ERR_FORMAT;
    }
    memcpy(copy, name, len);
    copy[len] = '\0';
    *text = name + len;
    if (files && files->variable)
        value = files->variable(files->user, copy);
    if (value)
        return adit_buffer_append(out, adit_span_text(value));
    (void)snprintf(why, ADIT_SSH_WHY_SIZE, "the environment has no variable %s", copy);
    return ADIT_ERR_FORMAT;
}

/* "~" or "~user" at the front of a path; moves *text behind it. */
static enum adit_err expand_home(const struct adit_ssh_config *config, const char **text,
                                 struct adit_buffer *out, char *why)
{
    const struct adit_config_files *files = config->files;
    const char *name = *text + 1;
    const size_t len = strcspn(name, "/");
    char user[NAME_SIZE];
    enum adit_err err = ADIT_ERR_NOT_FOUND;

    *text = name + len;
    if (len == 0 && config->target.home)
        return adit_buffer_append(out, adit_span_text(config->target.home));
    if (len == 0) {
        (void)snprintf(why, ADIT_SSH_WHY_SIZE, "the home folder (~) is not known");
        return ADIT_ERR_FORMAT;
    }
    (void)snprintf(user, sizeof user, "%.*s", (int)(len < sizeof user ? len : 0), name);
    if (files && files->home_of)
        err = files->home_of(files->user, user, out);
    if (err != ADIT_ERR_NOT_FOUND)
        return err;
    (void)snprintf(why, ADIT_SSH_WHY_SIZE, "~%s: there is no such user", user);
    return ADIT_ERR_FORMAT;
}

enum adit_err adit_ssh_expand(const struct adit_ssh_config *config, const char *text,
                              const char *letters, unsigned how, struct adit_buffer *out, char *why)
{
    enum adit_err err = ADIT_OK;

    if ((how & ADIT_EXPAND_PATH) == ADIT_EXPAND_PATH && text[0] == '~')
        err = expand_home(config, &text, out, why);
    for (; !err && *text; text++) {
        if ((how & ADIT_EXPAND_VARIABLES) && text[0] == '$' && text[1] == '{') {
            err = expand_variable(config, &text, out, why);
        } else if (text[0] != '%' || letters == NULL) {
            err = adit_buffer_append(out, adit_span_of(text, 1));
        } else if (text[1] && strchr(letters, text[1])) {
            err = expand_token(config, *++text, how, out, why);
        } else {
            (void)snprintf(why, ADIT_SSH_WHY_SIZE, "unknown %% token \"%%%c\"",
                           text[1] > ' ' && text[1] < 0x7f ? text[1] : ' ');
            err = ADIT_ERR_FORMAT;
        }
    }
    return err;
}
