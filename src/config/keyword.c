/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/keyword.h"

#include "base/span.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>

enum adit_err adit_setting_fail(const struct adit_setting *setting, enum adit_err err,
                                const char *format, ...)
{
    char text[256];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    (void)snprintf(setting->why, setting->why_size, "%s: %s", setting->keyword->name, text);
    return err;
}

enum adit_err adit_setting_bad(const struct adit_setting *setting, struct adit_span arg,
                               const char *wants)
{
    char shown[128];

    adit_text_printable(arg, shown, sizeof shown);
    return adit_setting_fail(setting, ADIT_ERR_FORMAT, "\"%s\" is not %s", shown, wants);
}

const struct adit_keyword *adit_keyword_find(const struct adit_keyword *rows, size_t count,
                                             struct adit_span name)
{
    const struct adit_keyword *found = NULL;

    for (size_t i = 0; found == NULL && i < count; i++)
        if (adit_text_equal_nocase(name, rows[i].name))
            found = &rows[i];
    if (found == NULL || found->alias == NULL)
        return found;
    for (size_t i = 0; i < count; i++)
        if (strcmp(rows[i].name, found->alias) == 0)
            return &rows[i];
    return NULL;
}

enum adit_err adit_keyword_apply(const struct adit_keyword_set *set,
                                 const struct adit_setting *setting)
{
    const struct adit_keyword *keyword = setting->keyword;
    bool *given = &set->given[keyword - set->rows];
    enum adit_err err;

    if (setting->arg_count == 0 || setting->args[0].len == 0)
        return adit_setting_fail(setting, ADIT_ERR_FORMAT, "a value is missing");
    if (setting->arg_count > 1 && !(keyword->flags & ADIT_KEYWORD_MANY))
        return adit_setting_bad(setting, setting->args[1], "expected after the value");
    if (*given && !(keyword->flags & ADIT_KEYWORD_ADDS))
        return ADIT_OK;
    err = keyword->kind->parse(setting, (uint8_t *)set->config + keyword->offset);
    if (!err)
        *given = true;
    return err;
}

bool adit_keyword_is_harmless(const struct adit_setting *setting)
{
    const struct adit_span harmless = adit_span_text(setting->keyword->harmless);

    for (size_t i = 0; i < setting->arg_count; i++)
        if (adit_text_match_list(harmless, setting->args[i], true) != 1)
            return false;
    return setting->arg_count > 0;
}

enum adit_err adit_keywords_print(const struct adit_keyword *rows, size_t count, const void *config,
                                  const bool *given, struct adit_buffer *out)
{
    enum adit_err err = ADIT_OK;

    for (size_t i = 0; !err && i < count; i++)
        if (rows[i].kind && (given[i] || !(rows[i].flags & ADIT_KEYWORD_NO_DEFAULT)))
            err = rows[i].kind->print(&rows[i], (const uint8_t *)config + rows[i].offset, out);
    return err;
}

enum adit_err adit_print_text(const char *text, struct adit_buffer *out)
{
    return adit_buffer_append(out, adit_span_text(text));
}

enum adit_err adit_print_name(const struct adit_keyword *keyword, struct adit_buffer *out)
{
    const size_t len = strlen(keyword->name);
    uint8_t *room;
    enum adit_err err = adit_buffer_extend(out, len, &room);

    if (err)
        return err;
    for (size_t i = 0; i < len; i++) {
        const char c = keyword->name[i];
        room[i] = (uint8_t)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
    return adit_print_text(" ", out);
}

enum adit_err adit_print_word(const struct adit_keyword *keyword, const char *word,
                              struct adit_buffer *out)
{
    const bool raw = keyword->flags & ADIT_KEYWORD_RAW;
    const bool quoted = !raw && (word[0] == '\0' || strpbrk(word, " \t\r\f\"'\\#=") != NULL);
    enum adit_err err = quoted ? adit_print_text("\"", out) : ADIT_OK;

    for (; !err && *word; word++) {
        if (quoted && (*word == '"' || *word == '\'' || *word == '\\'))
            err = adit_print_text("\\", out);
        if (!err)
            err = adit_buffer_append(out, adit_span_of(word, 1));
    }
    return err || !quoted ? err : adit_print_text("\"", out);
}

enum adit_err adit_print_line(const struct adit_keyword *keyword, const char *text,
                              struct adit_buffer *out)
{
    enum adit_err err = adit_print_name(keyword, out);

    if (!err)
        err = adit_print_text(text, out);
    return err ? err : adit_print_text("\n", out);
}

bool adit_setting_is_none(const struct adit_setting *setting)
{
    return (setting->keyword->flags & ADIT_KEYWORD_NONE) && setting->arg_count == 1 &&
           adit_text_equal_nocase(setting->args[0], "none");
}

enum adit_err adit_print_nothing(const struct adit_keyword *keyword, struct adit_buffer *out)
{
    const unsigned both = ADIT_KEYWORD_NONE | ADIT_KEYWORD_SILENT;

    return (keyword->flags & both) == ADIT_KEYWORD_NONE ? adit_print_line(keyword, "none", out)
                                                        : ADIT_OK;
}
