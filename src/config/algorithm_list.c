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

/* Whether all names are supported; *name is the first that is not. */
static bool all_supported(struct adit_span list, enum adit_algorithm_kind kind,
                          struct adit_span *name)
{
    const struct adit_span supported = adit_span_text(adit_algorithms_supported(kind));

    while (adit_text_list_next(&list, name))
        if (!adit_text_list_has(supported, *name))
            return false;
    return true;
}

static enum adit_err resolve(struct adit_span text, enum adit_algorithm_kind kind, bool any_name,
                             struct adit_buffer *out, char *why, size_t why_size)
{
    const struct adit_span defaults =
        adit_span_text(adit_algorithms_default(kind, adit_processor_has_aes()));
    const size_t start = out->len;
    const char sign = (char)(text.len && strchr("+-^", text.data[0]) ? text.data[0] : '\0');
    struct adit_span name = ADIT_SPAN_EMPTY;
    enum adit_err err = ADIT_OK;
    char shown[96];

    if (sign)
        text = adit_span_of(text.data + 1, text.len - 1);
    if (text.len == 0 || (sign != '-' && !any_name && !all_supported(text, kind, &name))) {
        adit_text_printable(name, shown, sizeof shown);
        (void)snprintf(why, why_size, "\"%s\" is not an algorithm that is supported here", shown);
        return ADIT_ERR_FORMAT;
    }
    if (sign == '+' || sign == '-')
        err = add_names(out, start, defaults, sign == '-' ? text : ADIT_SPAN_EMPTY);
    if (!err && sign != '-')
        err = add_names(out, start, text, ADIT_SPAN_EMPTY);
    if (!err && sign == '^')
        err = add_names(out, start, defaults, ADIT_SPAN_EMPTY);
    if (err || out->len > start)
        return err;
    (void)snprintf(why, why_size, "no algorithm is left");
    return ADIT_ERR_FORMAT;
}

enum adit_err adit_algorithm_list_resolve(struct adit_span text, enum adit_algorithm_kind kind,
                                          struct adit_buffer *out, char *why, size_t why_size)
{
    return resolve(text, kind, false, out, why, why_size);
}

static enum adit_err parse(const struct adit_setting *setting, bool any_name, const char **out)
{
    struct adit_buffer names = adit_buffer_init(ADIT_ALGORITHM_LIST_MAX);
    char why[160] = "the list is too long";
    const enum adit_algorithm_kind kind = (enum adit_algorithm_kind)setting->keyword->max;
    enum adit_err err = resolve(setting->args[0], kind, any_name, &names, why, sizeof why);
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
    *out = copy;
    return ADIT_OK;
}

static enum adit_err algorithms_parse(const struct adit_setting *setting, void *field)
{
    return parse(setting, false, field);
}

static enum adit_err accepted_parse(const struct adit_setting *setting, void *field)
{
    return parse(setting, true, field);
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
const struct adit_value_kind adit_value_accepted_algorithms = { accepted_parse, algorithms_print };
