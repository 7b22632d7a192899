/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/algorithm_list.h"

#include "base/span.h"
#include "base/text.h"
#include "config/values.h"

#include <stdio.h>

static enum adit_err add_name(struct adit_buffer *out, size_t start, struct adit_span name)
{
    const struct adit_span before =
        out->len > start ? adit_span_of(out->data + start, out->len - start) : ADIT_SPAN_EMPTY;
    enum adit_err err = ADIT_OK;

    if (before.len && adit_text_list_has(before, name))
        return ADIT_OK;
    if (before.len)
        err = adit_buffer_append(out, adit_span_text(","));
    return err ? err : adit_buffer_append(out, name);
}

/* Adds the names of `list` that no pattern of `without` matches. */
static enum adit_err add_names(struct adit_buffer *out, size_t start, struct adit_span list,
                               struct adit_span without)
{
    struct adit_span name;
    enum adit_err err = ADIT_OK;

    while (!err && adit_text_list_next(&list, &name))
        if (adit_text_match_list(without, name, false) != 1)
            err = add_name(out, start, name);
    return err;
}

/* What OpenSSH knows beside ours: old configurations and those of newer machines name it. */
static const char elsewhere[] =
    "diffie-hellman-group1-sha1,diffie-hellman-group14-sha1,diffie-hellman-group-exchange-sha1,"
    "sntrup4591761x25519-sha512@tinyssh.org,"
    "3des-cbc,aes128-cbc,aes192-cbc,aes256-cbc,rijndael-cbc@lysator.liu.se,"
    "blowfish-cbc,cast128-cbc,arcfour,arcfour128,arcfour256,"
    "hmac-sha1,hmac-sha1-96,hmac-md5,hmac-md5-96,umac-64@openssh.com,umac-128@openssh.com,"
    "hmac-sha1-etm@openssh.com,hmac-sha1-96-etm@openssh.com,hmac-md5-etm@openssh.com,"
    "hmac-md5-96-etm@openssh.com,umac-64-etm@openssh.com,umac-128-etm@openssh.com,"
    "hmac-ripemd160,hmac-ripemd160@openssh.com,hmac-ripemd160-etm@openssh.com,"
    "ssh-rsa,ssh-rsa-cert-v01@openssh.com,ssh-dss,ssh-dss-cert-v01@openssh.com,"
    "ssh-rsa-cert-v00@openssh.com,ssh-dss-cert-v00@openssh.com,"
    "sk-ssh-ed25519@openssh.com,sk-ssh-ed25519-cert-v01@openssh.com,"
    "sk-ecdsa-sha2-nistp256@openssh.com,sk-ecdsa-sha2-nistp256-cert-v01@openssh.com,"
    "webauthn-sk-ecdsa-sha2-nistp256@openssh.com,"
    "webauthn-sk-ecdsa-sha2-nistp256-cert-v01@openssh.com";

static bool has_match(struct adit_span list, struct adit_span pattern)
{
    struct adit_span name;

    while (adit_text_list_next(&list, &name))
        if (adit_text_matches(pattern, name, false))
            return true;
    return false;
}

/* A name or a pattern of `supported`; false: of nobody's. Passing over is told of in `passed`. */
static bool is_known(struct adit_span pattern, struct adit_span supported, struct adit_span *passed)
{
    if (pattern.len == 0)
        return false;
    if (has_match(supported, pattern))
        return true;
    if (!has_match(adit_span_text(elsewhere), pattern))
        return false;
    if (passed->len == 0)
        *passed = pattern;
    return true;
}

/* Whether somebody knows each; *name is the first that nobody does, or else that we do not. */
static bool all_known(struct adit_span list, struct adit_span supported, struct adit_span *name)
{
    struct adit_span passed = ADIT_SPAN_EMPTY;

    while (adit_text_list_next(&list, name))
        if (!is_known(*name, supported, &passed))
            return false;
    *name = passed;
    return true;
}

/* Adds what the names and patterns of `list` stand for. */
static enum adit_err add_supported(struct adit_buffer *out, size_t start, struct adit_span list,
                                   struct adit_span supported)
{
    struct adit_span pattern;
    enum adit_err err = ADIT_OK;

    while (!err && adit_text_list_next(&list, &pattern)) {
        struct adit_span rest = supported;
        struct adit_span name;

        while (!err && adit_text_list_next(&rest, &name))
            if (adit_text_matches(pattern, name, false))
                err = add_name(out, start, name);
    }
    return err;
}

/* `sign` is that of `text`, or NUL. */
static enum adit_err assemble(char sign, struct adit_span text, enum adit_algorithm_kind kind,
                              struct adit_buffer *out)
{
    const struct adit_span supported = adit_span_text(adit_algorithms_supported(kind));
    const struct adit_span defaults =
        adit_span_text(adit_algorithms_default(kind, adit_processor_has_aes()));
    const size_t start = out->len;
    enum adit_err err = ADIT_OK;

    if (sign == '+' || sign == '-')
        err = add_names(out, start, defaults, sign == '-' ? text : ADIT_SPAN_EMPTY);
    if (!err && sign != '-')
        err = add_supported(out, start, text, supported);
    if (!err && sign == '^')
        err = add_names(out, start, defaults, ADIT_SPAN_EMPTY);
    return err;
}

enum adit_err adit_algorithm_list_resolve(struct adit_span text, enum adit_algorithm_kind kind,
                                          struct adit_buffer *out, char *why, size_t why_size)
{
    const size_t start = out->len;
    const char sign = (char)(text.len && strchr("+-^", text.data[0]) ? text.data[0] : '\0');
    struct adit_span name = ADIT_SPAN_EMPTY;
    enum adit_err err;
    char shown[96];

    why[0] = '\0';
    if (sign)
        text = adit_span_of(text.data + 1, text.len - 1);
    if (text.len == 0 ||
        (sign != '-' && !all_known(text, adit_span_text(adit_algorithms_supported(kind)), &name))) {
        adit_text_printable(name, shown, sizeof shown);
        (void)snprintf(why, why_size, "\"%s\" is not an algorithm that is supported here", shown);
        return ADIT_ERR_FORMAT;
    }
    err = assemble(sign, text, kind, out);
    if (err)
        (void)snprintf(why, why_size, "the list is too long");
    else if (out->len == start)
        (void)snprintf(why, why_size, "no algorithm is left");
    else if (name.len > 0)
        (void)snprintf(why, why_size, "\"%s\" is passed over: adit does not have it",
                       adit_text_printable(name, shown, sizeof shown));
    return !err && out->len == start ? ADIT_ERR_FORMAT : err;
}

static enum adit_err algorithms_parse(const struct adit_setting *setting, void *field)
{
    const char **out = field;
    struct adit_buffer names = adit_buffer_init(ADIT_ALGORITHM_LIST_MAX);
    char why[160];
    const enum adit_algorithm_kind kind = (enum adit_algorithm_kind)setting->keyword->max;
    enum adit_err err =
        adit_algorithm_list_resolve(setting->args[0], kind, &names, why, sizeof why);
    const char *copy = NULL;

    if (!err) {
        copy = adit_config_pool_text(setting->pool, adit_buffer_span(&names));
        if (copy == NULL)
            err = ADIT_ERR_NO_MEMORY;
    }
    adit_buffer_clear(&names);
    if (err)
        return adit_setting_fail(setting, err, "%s",
                                 err == ADIT_ERR_NO_MEMORY ? adit_err_text(err) : why);
    if (why[0]) {
        *setting->noted = true;
        (void)snprintf(setting->why, setting->why_size, "%s: %s", setting->keyword->name, why);
    }
    *out = copy;
    return ADIT_OK;
}

static enum adit_err algorithms_print(const struct adit_keyword *keyword, const void *field,
                                      struct adit_buffer *out)
{
    const char *const *names = field;
    const enum adit_algorithm_kind kind = (enum adit_algorithm_kind)keyword->max;

    return adit_print_line(
        keyword, *names ? *names : adit_algorithms_default(kind, adit_processor_has_aes()), out);
}

const struct adit_value_kind adit_value_algorithms = { algorithms_parse, algorithms_print };
