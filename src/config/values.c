/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/values.h"

#include "base/log.h"
#include "base/span.h"
#include "base/text.h"
#include "config/service_port.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>

enum { NUMBER_SIZE = 48, REKEY_BYTES_MIN = 16 };

static const struct adit_value_name yes_no[] = {
    { "yes", true }, { "no", false }, { "true", true }, { "false", false }, { NULL, 0 },
};

const struct adit_value_name adit_names_log_level[] = {
    { "SILENT", ADIT_LOG_QUIET },
    { "QUIET", ADIT_LOG_QUIET },
    { "FATAL", ADIT_LOG_FATAL },
    { "ERROR", ADIT_LOG_ERROR },
    { "INFO", ADIT_LOG_INFO },
    { "VERBOSE", ADIT_LOG_VERBOSE },
    { "DEBUG", ADIT_LOG_DEBUG1 },
    { "DEBUG1", ADIT_LOG_DEBUG1 },
    { "DEBUG2", ADIT_LOG_DEBUG2 },
    { "DEBUG3", ADIT_LOG_DEBUG3 },
    { NULL, 0 },
};

const struct adit_value_name adit_names_family[] = {
    { "any", ADIT_FAMILY_ANY },
    { "inet", ADIT_FAMILY_INET },
    { "inet6", ADIT_FAMILY_INET6 },
    { NULL, 0 },
};

/* ---- names ---- */

static enum adit_err find_name(const struct adit_setting *setting,
                               const struct adit_value_name *names, int *value)
{
    char wants[192] = "one of";
    size_t len = strlen(wants);

    for (const struct adit_value_name *n = names; n->name; n++) {
        if (adit_text_equal_nocase(setting->args[0], n->name)) {
            *value = n->value;
            return ADIT_OK;
        }
        (void)snprintf(wants + len, sizeof wants - len, "%s %s", n == names ? "" : ",", n->name);
        len = strlen(wants);
    }
    return adit_setting_bad(setting, setting->args[0], wants);
}

static enum adit_err print_name_of(const struct adit_keyword *keyword,
                                   const struct adit_value_name *names, int value,
                                   struct adit_buffer *out)
{
    while (names->name && names->value != value)
        names++;
    return names->name ? adit_print_line(keyword, names->name, out) : ADIT_OK;
}

static enum adit_err flag_parse(const struct adit_setting *setting, void *field)
{
    const struct adit_value_name *names = setting->keyword->names;
    int value = 0;
    const enum adit_err err = find_name(setting, names ? names : yes_no, &value);

    if (!err)
        *(bool *)field = value != 0;
    return err;
}

static enum adit_err flag_print(const struct adit_keyword *keyword, const void *field,
                                struct adit_buffer *out)
{
    return adit_print_line(keyword, *(const bool *)field ? "yes" : "no", out);
}

const struct adit_value_kind adit_value_flag = { flag_parse, flag_print };

/* The fields have enum types of their own, all of an int's size: they are copied, not cast. */
_Static_assert(sizeof(enum adit_log_level) == sizeof(int), "enums are stored as int");

static enum adit_err enum_parse(const struct adit_setting *setting, void *field)
{
    int value = 0;
    const enum adit_err err = find_name(setting, setting->keyword->names, &value);

    if (!err)
        memcpy(field, &value, sizeof value);
    return err;
}

static enum adit_err enum_print(const struct adit_keyword *keyword, const void *field,
                                struct adit_buffer *out)
{
    int value;

    memcpy(&value, field, sizeof value);
    return print_name_of(keyword, keyword->names, value, out);
}

const struct adit_value_kind adit_value_enum = { enum_parse, enum_print };

/* ---- numbers ---- */

static enum adit_err print_number(const struct adit_keyword *keyword, uint64_t n,
                                  struct adit_buffer *out)
{
    char text[NUMBER_SIZE];

    (void)snprintf(text, sizeof text, "%" PRIu64, n);
    return adit_print_line(keyword, text, out);
}

static enum adit_err number_parse(const struct adit_setting *setting, void *field)
{
    const uint64_t max = setting->keyword->max ? setting->keyword->max : INT_MAX;
    char wants[NUMBER_SIZE];
    uint64_t n;

    if (adit_text_to_number(setting->args[0], max, &n)) {
        (void)snprintf(wants, sizeof wants, "a number up to %" PRIu64, max);
        return adit_setting_bad(setting, setting->args[0], wants);
    }
    *(unsigned *)field = (unsigned)n;
    return ADIT_OK;
}

static enum adit_err number_print(const struct adit_keyword *keyword, const void *field,
                                  struct adit_buffer *out)
{
    return print_number(keyword, *(const unsigned *)field, out);
}

const struct adit_value_kind adit_value_number = { number_parse, number_print };

static enum adit_err port_parse(const struct adit_setting *setting, void *field)
{
    uint16_t port;

    if (!adit_service_port(setting->args[0], &port) || port == 0)
        return adit_setting_bad(setting, setting->args[0], "a port from 1 to 65535");
    *(uint16_t *)field = port;
    return ADIT_OK;
}

static enum adit_err port_print(const struct adit_keyword *keyword, const void *field,
                                struct adit_buffer *out)
{
    return print_number(keyword, *(const uint16_t *)field, out);
}

const struct adit_value_kind adit_value_port = { port_parse, port_print };

/* Digits at the front; false when there are none or too many. */
static bool take_digits(struct adit_span *text, uint64_t max, uint64_t *n)
{
    size_t len = 0;

    while (len < text->len && text->data[len] >= '0' && text->data[len] <= '9')
        len++;
    if (adit_text_to_number(adit_span_of(text->data, len), max, n))
        return false;
    *text = adit_span_of(text->data + len, text->len - len);
    return true;
}

/* What the unit letter at the front multiplies by, 1 at the end, 0 for another letter. */
static uint64_t take_unit(struct adit_span *text, const char *letters, const uint64_t *values)
{
    const char *at;
    char letter;

    if (text->len == 0)
        return 1;
    letter = (char)(text->data[0] >= 'A' && text->data[0] <= 'Z' ? text->data[0] - 'A' + 'a'
                                                                 : text->data[0]);
    at = letter ? strchr(letters, letter) : NULL;
    *text = adit_span_of(text->data + 1, text->len - 1);
    return at ? values[at - letters] : 0;
}

enum adit_err adit_config_time_parse(struct adit_span text, uint64_t *ms)
{
    static const uint64_t units[] = { 1, 60, 3600, 86400, 604800 };
    uint64_t sum = 0;

    if (text.len == 0)
        return ADIT_ERR_FORMAT;
    while (text.len) {
        uint64_t n;
        uint64_t unit;

        if (!take_digits(&text, INT_MAX, &n))
            return ADIT_ERR_FORMAT;
        unit = take_unit(&text, "smhdw", units);
        if (unit == 0 || n > (INT_MAX - sum) / unit)
            return ADIT_ERR_FORMAT;
        sum += n * unit;
    }
    *ms = sum * 1000;
    return ADIT_OK;
}

enum adit_err adit_config_size_parse(struct adit_span text, uint64_t *bytes)
{
    static const uint64_t units[] = { 1U << 10, 1U << 20, 1U << 30 };
    uint64_t n;
    uint64_t unit;

    if (!take_digits(&text, INT64_MAX, &n))
        return ADIT_ERR_FORMAT;
    unit = take_unit(&text, "kmg", units);
    if (unit == 0 || text.len || n > INT64_MAX / unit)
        return ADIT_ERR_FORMAT;
    *bytes = n * unit;
    return ADIT_OK;
}

static enum adit_err time_parse(const struct adit_setting *setting, void *field)
{
    uint64_t ms = 0;

    if (!adit_setting_is_none(setting) && adit_config_time_parse(setting->args[0], &ms))
        return adit_setting_bad(setting, setting->args[0], "a time such as 90 or 1m30s");
    *(uint64_t *)field = ms;
    return ADIT_OK;
}

static enum adit_err time_print(const struct adit_keyword *keyword, const void *field,
                                struct adit_buffer *out)
{
    const uint64_t ms = *(const uint64_t *)field;

    if (ms == 0 && (keyword->flags & ADIT_KEYWORD_RAW))
        return adit_print_nothing(keyword, out);
    return print_number(keyword, ms / 1000, out);
}

const struct adit_value_kind adit_value_time = { time_parse, time_print };

/* ---- a size such as 256M ---- */

static enum adit_err size_parse(const struct adit_setting *setting, void *field)
{
    uint64_t bytes;

    if (adit_config_size_parse(setting->args[0], &bytes) || bytes == 0)
        return adit_setting_bad(setting, setting->args[0], "a size such as 256M");
    *(uint64_t *)field = bytes;
    return ADIT_OK;
}

static enum adit_err size_print(const struct adit_keyword *keyword, const void *field,
                                struct adit_buffer *out)
{
    return print_number(keyword, *(const uint64_t *)field, out);
}

const struct adit_value_kind adit_value_size = { size_parse, size_print };

/* ---- RekeyLimit: bytes or "default", then a time or "none" ---- */

static enum adit_err rekey_parse(const struct adit_setting *setting, void *field)
{
    uint64_t bytes = 0;
    uint64_t ms = 0;
    uint64_t *limits = field;

    if (setting->arg_count > 2)
        return adit_setting_bad(setting, setting->args[2], "expected after the time");
    if (!adit_text_equal_nocase(setting->args[0], "default") &&
        (adit_config_size_parse(setting->args[0], &bytes) ||
         (bytes != 0 && bytes < REKEY_BYTES_MIN)))
        return adit_setting_bad(setting, setting->args[0],
                                "\"default\" or a size from 16 such as 512M");
    if (setting->arg_count == 2) {
        if (!adit_text_equal_nocase(setting->args[1], "none") &&
            adit_config_time_parse(setting->args[1], &ms))
            return adit_setting_bad(setting, setting->args[1], "\"none\" or a time such as 1h");
        if (ms == 0)
            ms = UINT64_MAX;
    }
    limits[0] = bytes;
    limits[1] = ms;
    return ADIT_OK;
}

static enum adit_err rekey_print(const struct adit_keyword *keyword, const void *field,
                                 struct adit_buffer *out)
{
    const uint64_t *limits = field;
    char text[2 * NUMBER_SIZE] = "default";

    if (keyword->flags & ADIT_KEYWORD_RAW) {
        (void)snprintf(text, sizeof text, "%" PRIu64 " %" PRIu64, limits[0],
                       limits[1] == UINT64_MAX ? 0 : limits[1] / 1000);
        return adit_print_line(keyword, text, out);
    }
    if (limits[0])
        (void)snprintf(text, sizeof text, "%" PRIu64, limits[0]);
    if (limits[1] == UINT64_MAX)
        (void)snprintf(text + strlen(text), NUMBER_SIZE, " none");
    else if (limits[1])
        (void)snprintf(text + strlen(text), NUMBER_SIZE, " %" PRIu64, limits[1] / 1000);
    return adit_print_line(keyword, text, out);
}

const struct adit_value_kind adit_value_rekey = { rekey_parse, rekey_print };
