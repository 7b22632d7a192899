/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/values.h"

#include "base/span.h"
#include "base/text.h"

#include <inttypes.h>

/* Refuses what finish or the gateway could not expand, while the line is still known. */
static enum adit_err check_tokens(const struct adit_setting *setting, struct adit_span text)
{
    const char *tokens = setting->keyword->tokens;

    for (size_t i = 0; tokens && i < text.len; i++) {
        const char next = (char)(i + 1 < text.len ? text.data[i + 1] : '\0');

        if (text.data[i] == '$' && next == '{' &&
            !(setting->keyword->flags & ADIT_KEYWORD_VARIABLES))
            return adit_setting_fail(setting, ADIT_ERR_UNSUPPORTED, "${…} is not supported");
        if (text.data[i] != '%')
            continue;
        if (next == '\0' || strchr(tokens, next) == NULL)
            return adit_setting_fail(setting, ADIT_ERR_FORMAT, "unknown %% token \"%%%c\"",
                                     next > ' ' && next < 0x7f ? next : ' ');
        i++;
    }
    return ADIT_OK;
}

static enum adit_err text_parse(const struct adit_setting *setting, void *field)
{
    const char *copy = NULL;
    const enum adit_err err = check_tokens(setting, setting->args[0]);

    if (err)
        return err;
    if (!adit_setting_is_none(setting)) {
        copy = adit_config_pool_text(setting->pool, setting->args[0]);
        if (copy == NULL)
            return adit_setting_fail(setting, ADIT_ERR_NO_MEMORY, "out of memory");
    }
    *(const char **)field = copy;
    return ADIT_OK;
}

static enum adit_err print_words(const struct adit_keyword *keyword, const char *const *words,
                                 size_t count, struct adit_buffer *out)
{
    enum adit_err err = adit_print_name(keyword, out);

    for (size_t i = 0; !err && i < count; i++) {
        if (i)
            err = adit_print_text(" ", out);
        if (!err)
            err = adit_print_word(keyword, words[i], out);
    }
    return err ? err : adit_print_text("\n", out);
}

static enum adit_err text_print(const struct adit_keyword *keyword, const void *field,
                                struct adit_buffer *out)
{
    const char *const *text = field;

    return *text ? print_words(keyword, text, 1, out) : adit_print_nothing(keyword, out);
}

const struct adit_value_kind adit_value_text = { text_parse, text_print };

static bool list_has(const struct adit_config_list *list, struct adit_span text)
{
    for (size_t i = 0; i < list->count; i++)
        if (adit_span_is(text, list->items[i]))
            return true;
    return false;
}

static enum adit_err list_parse(const struct adit_setting *setting, void *field)
{
    struct adit_config_list list = { 0 };
    const struct adit_keyword *keyword = setting->keyword;
    enum adit_err err = ADIT_OK;

    if (keyword->flags & ADIT_KEYWORD_ADDS)
        list = *(struct adit_config_list *)field;
    for (size_t i = 0; !err && !adit_setting_is_none(setting) && i < setting->arg_count; i++) {
        if (setting->args[i].len == 0)
            return adit_setting_fail(setting, ADIT_ERR_FORMAT, "an empty value");
        if ((keyword->flags & ADIT_KEYWORD_NONE) &&
            adit_text_equal_nocase(setting->args[i], "none"))
            return adit_setting_fail(setting, ADIT_ERR_FORMAT, "\"none\" stands for itself");
        if ((keyword->flags & ADIT_KEYWORD_ONCE) && list_has(&list, setting->args[i]))
            continue;
        if (list.count == keyword->max)
            return adit_setting_fail(setting, ADIT_ERR_LIMIT, "more than %" PRIu64 " values",
                                     keyword->max);
        err = check_tokens(setting, setting->args[i]);
        if (err)
            return err;
        if (adit_config_list_add(setting->pool, &list, setting->args[i]))
            return adit_setting_fail(setting, ADIT_ERR_NO_MEMORY, "out of memory");
    }
    *(struct adit_config_list *)field = list;
    return ADIT_OK;
}

static enum adit_err list_print(const struct adit_keyword *keyword, const void *field,
                                struct adit_buffer *out)
{
    const struct adit_config_list *list = field;
    enum adit_err err = ADIT_OK;

    if (list->count == 0)
        return adit_print_nothing(keyword, out);
    if (!(keyword->flags & ADIT_KEYWORD_ADDS))
        return print_words(keyword, list->items, list->count, out);
    for (size_t i = 0; !err && i < list->count; i++)
        err = print_words(keyword, &list->items[i], 1, out);
    return err;
}

const struct adit_value_kind adit_value_list = { list_parse, list_print };
