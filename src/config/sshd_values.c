/* SPDX-License-Identifier: BSD-2-Clause */
/* The kinds of values that only the gateway has. */
#include "config/sshd_rows.h"

#include "base/span.h"
#include "base/text.h"
#include "config/values.h"

#include <stdio.h>
#include <stdlib.h>

enum { ADDRESSES_MAX = 256, HOST_SIZE = 256 };

/* ---- Port: a list of texts, so that a repeated line can add to it ---- */

static enum adit_err ports_parse(const struct adit_setting *setting, void *field)
{
    uint64_t port;

    if (adit_text_to_number(setting->args[0], UINT16_MAX, &port) || port == 0)
        return adit_setting_bad(setting, setting->args[0], "a port from 1 to 65535");
    return adit_value_list.parse(setting, field);
}

static enum adit_err ports_print(const struct adit_keyword *keyword, const void *field,
                                 struct adit_buffer *out)
{
    return adit_value_list.print(keyword, field, out);
}

const struct adit_value_kind adit_value_ports = { ports_parse, ports_print };

/* ---- ListenAddress: host, host:port, [v6], [v6]:port, v6 ---- */

/* Parts the word; the port stays empty when none is given. False: it cannot be read. */
static bool split_address(struct adit_span text, struct adit_span *host, struct adit_span *port)
{
    const uint8_t *end;
    size_t after;

    *port = ADIT_SPAN_EMPTY;
    if (text.data[0] == '[') {
        end = memchr(text.data, ']', text.len);
        if (end == NULL)
            return false;
        *host = adit_span_of(text.data + 1, (size_t)(end - text.data) - 1);
        after = host->len + 2;
    } else {
        end = memchr(text.data, ':', text.len);
        after = end ? (size_t)(end - text.data) : text.len;
        *host = adit_span_of(text.data, after);
        /* More than one colon: an IPv6 address without brackets. */
        if (end && memchr(end + 1, ':', text.len - after - 1)) {
            *host = text;
            return true;
        }
    }
    if (after == text.len)
        return true;
    if (text.data[after] != ':')
        return false;
    *port = adit_span_of(text.data + after + 1, text.len - after - 1);
    return port->len > 0;
}

static bool is_plain(struct adit_span host)
{
    for (size_t i = 0; i < host.len; i++)
        if (host.data[i] <= ' ' || host.data[i] == 0x7f || strchr("\"'\\#=/[]", host.data[i]))
            return false;
    return host.len > 0 && host.len < HOST_SIZE;
}

static enum adit_err listen_address_parse(const struct adit_setting *setting, void *field)
{
    struct adit_sshd_config *config = field;
    struct adit_listen_address *place;
    struct adit_span host;
    struct adit_span port;
    uint64_t number = 0;
    const char *copy;

    if (!split_address(setting->args[0], &host, &port) || !is_plain(host) ||
        (port.len && (adit_text_to_number(port, UINT16_MAX, &number) || number == 0)))
        return adit_setting_bad(setting, setting->args[0],
                                "an address, address:port or [IPv6]:port");
    if (config->listen_address_count == ADDRESSES_MAX)
        return adit_setting_fail(setting, ADIT_ERR_LIMIT, "more than %d addresses", ADDRESSES_MAX);
    copy = adit_config_pool_text(setting->pool, host);
    place = adit_config_pool_push(setting->pool, &config->listen_addresses,
                                  &config->listen_address_count, sizeof *place);
    if (place == NULL)
        return adit_setting_fail(setting, ADIT_ERR_NO_MEMORY, "out of memory");
    place->host = copy ? copy : "";
    place->port = (uint16_t)number;
    return copy ? ADIT_OK : adit_setting_fail(setting, ADIT_ERR_NO_MEMORY, "out of memory");
}

static enum adit_err listen_address_print(const struct adit_keyword *keyword, const void *field,
                                          struct adit_buffer *out)
{
    const struct adit_sshd_config *config = field;
    enum adit_err err = ADIT_OK;

    for (size_t i = 0; !err && i < config->listen_address_count; i++) {
        const struct adit_listen_address *address = &config->listen_addresses[i];
        const char *host = address->host[0] ? address->host : "*";
        const bool v6 = strchr(host, ':') != NULL;
        char text[HOST_SIZE + 16];

        (void)snprintf(text, sizeof text, v6 ? "[%s]:%u" : "%s:%u", host, (unsigned)address->port);
        err = adit_print_line(keyword, text, out);
    }
    return err;
}

const struct adit_value_kind adit_value_listen_address = { listen_address_parse,
                                                           listen_address_print };

/* ---- PermitOpen, PermitListen ---- */

static bool is_single(const struct adit_setting *setting, const char *word)
{
    return setting->arg_count == 1 && adit_text_equal_nocase(setting->args[0], word);
}

static enum adit_err add_permit(const struct adit_setting *setting, struct adit_span arg,
                                struct adit_permit_list *list)
{
    struct adit_permit permit = { 0 };
    struct adit_permit *place = NULL;
    char *host = NULL;
    enum adit_err err =
        adit_permit_parse(arg, setting->keyword->max == ADIT_PERMITS_LISTEN, &permit);

    if (err == ADIT_ERR_NO_MEMORY)
        return adit_setting_fail(setting, err, "out of memory");
    if (err)
        return adit_setting_bad(setting, arg,
                                setting->keyword->max == ADIT_PERMITS_LISTEN
                                    ? "a port, host:port or a path"
                                    : "host:port or a path");
    if (permit.host)
        host = adit_config_pool_text(setting->pool, adit_span_text(permit.host));
    if (host || !permit.host)
        place = adit_config_pool_push(setting->pool, &list->permits, &list->count, sizeof *place);
    if (place)
        *place = (struct adit_permit){ .host = host, .port = permit.port };
    free(permit.host);
    return place ? ADIT_OK : adit_setting_fail(setting, ADIT_ERR_NO_MEMORY, "out of memory");
}

static enum adit_err permits_parse(const struct adit_setting *setting, void *field)
{
    struct adit_permit_list list = { .restricted = !is_single(setting, "any") };
    enum adit_err err = ADIT_OK;

    if (list.restricted && !is_single(setting, "none"))
        for (size_t i = 0; !err && i < setting->arg_count; i++)
            err = add_permit(setting, setting->args[i], &list);
    if (!err)
        *(struct adit_permit_list *)field = list;
    return err;
}

static enum adit_err print_permit(const struct adit_keyword *keyword,
                                  const struct adit_permit *permit, struct adit_buffer *out)
{
    const bool v6 = permit->host && strchr(permit->host, ':');
    char port[8] = "*";
    char *word = NULL;
    size_t size;
    enum adit_err err;

    if (permit->port)
        (void)snprintf(port, sizeof port, "%u", (unsigned)permit->port);
    if (permit->host == NULL)
        return adit_print_text(port, out);
    if (adit_is_path(permit->host))
        return adit_print_word(keyword, permit->host, out);
    size = strlen(permit->host) + sizeof port + 4;
    word = malloc(size);
    if (word == NULL)
        return ADIT_ERR_NO_MEMORY;
    (void)snprintf(word, size, v6 ? "[%s]:%s" : "%s:%s", permit->host, port);
    err = adit_print_word(keyword, word, out);
    free(word);
    return err;
}

static enum adit_err permits_print(const struct adit_keyword *keyword, const void *field,
                                   struct adit_buffer *out)
{
    const struct adit_permit_list *list = field;
    enum adit_err err;

    if (!list->restricted || list->count == 0)
        return adit_print_line(keyword, list->restricted ? "none" : "any", out);
    err = adit_print_name(keyword, out);
    for (size_t i = 0; !err && i < list->count; i++) {
        if (i)
            err = adit_print_text(" ", out);
        if (!err)
            err = print_permit(keyword, &list->permits[i], out);
    }
    return err ? err : adit_print_text("\n", out);
}

const struct adit_value_kind adit_value_permits = { permits_parse, permits_print };

/* ---- MaxStartups: start, or start:rate:full ---- */

static enum adit_err max_startups_parse(const struct adit_setting *setting, void *field)
{
    struct adit_span rest = setting->args[0];
    uint64_t n[3] = { 0 };
    size_t count = 0;
    bool bad = false;

    for (bool last = false; !last && !bad && count < 3; count++) {
        const uint8_t *colon = rest.len ? memchr(rest.data, ':', rest.len) : NULL;
        const size_t len = colon ? (size_t)(colon - rest.data) : rest.len;

        last = colon == NULL;
        bad = adit_text_to_number(adit_span_of(rest.data, len), 1000000, &n[count]) ||
              (count == 2 && !last);
        rest = adit_span_of(rest.data + len + !last, rest.len - len - !last);
    }
    if (count == 1) {
        n[1] = 100;
        n[2] = n[0];
    }
    if (bad || count == 2 || n[0] == 0 || n[1] == 0 || n[1] > 100 || n[0] > n[2])
        return adit_setting_bad(setting, setting->args[0],
                                "a number, or start:rate:full such as 10:30:100");
    *(struct adit_max_startups *)field =
        (struct adit_max_startups){ (unsigned)n[0], (unsigned)n[1], (unsigned)n[2] };
    return ADIT_OK;
}

static enum adit_err max_startups_print(const struct adit_keyword *keyword, const void *field,
                                        struct adit_buffer *out)
{
    const struct adit_max_startups *m = field;
    char text[64];

    (void)snprintf(text, sizeof text, "%u:%u:%u", m->start, m->rate, m->full);
    return adit_print_line(keyword, text, out);
}

const struct adit_value_kind adit_value_max_startups = { max_startups_parse, max_startups_print };

/* ---- SyslogFacility ---- */

static enum adit_err facility_parse(const struct adit_setting *setting, void *field)
{
    static const char *const names[] = { "DAEMON", "USER",   "AUTH",   "AUTHPRIV",
                                         "LOCAL0", "LOCAL1", "LOCAL2", "LOCAL3",
                                         "LOCAL4", "LOCAL5", "LOCAL6", "LOCAL7" };

    for (size_t i = 0; i < ADIT_ARRAY_LEN(names); i++) {
        if (adit_text_equal_nocase(setting->args[0], names[i])) {
            *(const char **)field = names[i];
            return ADIT_OK;
        }
    }
    return adit_setting_bad(setting, setting->args[0],
                            "one of DAEMON, USER, AUTH, AUTHPRIV, LOCAL0 to LOCAL7");
}

static enum adit_err facility_print(const struct adit_keyword *keyword, const void *field,
                                    struct adit_buffer *out)
{
    return adit_print_line(keyword, *(const char *const *)field, out);
}

const struct adit_value_kind adit_value_facility = { facility_parse, facility_print };
