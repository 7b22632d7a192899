/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Several lists may speak about one target: the configuration's, and that of each
 * key of the login. Each that exists must allow it. Where none exists the default
 * decides.
 */
#include "policy.h"

#include "base/span.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>

enum { UNPRIVILEGED_PORT = 1024, ADDRESS_SIZE = 64 };

/* How one list judges. */
enum judgement { ABSENT, ALLOWS, FORBIDS };

const char *adit_policy_target(const char *host, uint16_t port, char *out, size_t size)
{
    const char *shown = *host ? host : "*";
    const bool v6 = strchr(shown, ':') != NULL;
    char name[256];

    (void)adit_text_printable(adit_span_text(shown), name, sizeof name);
    (void)snprintf(out, size, v6 ? "[%s]:%u" : "%s:%u", name, port);
    return out;
}

struct adit_policy adit_policy_of(const struct adit_sshd_config *config)
{
    const bool open_set = adit_sshd_config_is_set(config, "permitopen");
    const bool listen_set = adit_sshd_config_is_set(config, "permitlisten");

    return (struct adit_policy){
        .open_forbidden = !(config->allow_tcp_forwarding & ADIT_FORWARDING_LOCAL),
        .listen_forbidden = !(config->allow_tcp_forwarding & ADIT_FORWARDING_REMOTE),
        .open_path_forbidden = !(config->allow_stream_local_forwarding & ADIT_FORWARDING_LOCAL),
        .listen_path_forbidden = !(config->allow_stream_local_forwarding & ADIT_FORWARDING_REMOTE),
        .open_by_default = config->sshd_defaults,
        .gateway_ports = config->gateway_ports,
        .open = open_set ? &config->permit_open : NULL,
        .listen = listen_set ? &config->permit_listen : NULL,
    };
}

/* ---- addresses -------------------------------------------------------------- */

/* The one spelling of a numeric address, IPv4 inside IPv6 as IPv4. False: it is none. */
static bool normal_address(const char *text, char out[static ADDRESS_SIZE])
{
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
    struct in_addr v4;
    struct in6_addr v6;

    if (inet_pton(AF_INET, text, &v4) == 1)
        return inet_ntop(AF_INET, &v4, out, ADDRESS_SIZE) != NULL;
    if (inet_pton(AF_INET6, text, &v6) != 1)
        return false;
    if (memcmp(&v6, mapped, sizeof mapped) == 0)
        return inet_ntop(AF_INET, (const uint8_t *)&v6 + sizeof mapped, out, ADDRESS_SIZE) != NULL;
    return inet_ntop(AF_INET6, &v6, out, ADDRESS_SIZE) != NULL;
}

/*
 * Whether a permit's host stands for addresses and not for names: it has a
 * colon, or digits and nothing beside them but dots and wildcards.
 */
static bool is_address_pattern(const char *pattern)
{
    bool digit = false;

    if (strchr(pattern, ':'))
        return true;
    for (const char *p = pattern; *p; p++) {
        if (*p >= '0' && *p <= '9')
            digit = true;
        else if (*p != '.' && *p != '*' && *p != '?')
            return false;
    }
    return digit;
}

static bool address_matches(const char *pattern, const char *address)
{
    char normal[ADDRESS_SIZE];
    const char *wanted = normal_address(pattern, normal) ? normal : pattern;

    return adit_text_matches(adit_span_text(wanted), adit_span_text(address), true);
}

static bool is_loopback(const char *address)
{
    return adit_text_equal_nocase(adit_span_text(address), "localhost") ||
           strcmp(address, "127.0.0.1") == 0 || strcmp(address, "::1") == 0;
}

/* ---- opening ---------------------------------------------------------------- */

struct target {
    const char *host;
    uint16_t port;
    const char *address; /* normal; NULL: not known yet */
};

static bool permit_allows_open(const struct adit_permit *permit, const struct target *target)
{
    if (permit->host == NULL || !is_address_pattern(permit->host))
        return adit_permit_allows(permit, target->host, target->port);
    if (permit->port != 0 && permit->port != target->port)
        return false;
    return target->address == NULL || address_matches(permit->host, target->address);
}

static enum judgement judge_open(const struct adit_permit *permits, size_t count,
                                 const struct target *target)
{
    for (size_t i = 0; i < count; i++)
        if (permit_allows_open(&permits[i], target))
            return ALLOWS;
    return FORBIDS;
}

static enum judgement both(enum judgement a, enum judgement b)
{
    if (a == FORBIDS || b == FORBIDS)
        return FORBIDS;
    return a == ABSENT ? b : a;
}

/* A key without a list of one kind; outside SshdDefaults listing the other forbids this one. */
static enum judgement unlisted(const struct adit_policy *policy, bool lists_other)
{
    return lists_other && !policy->open_by_default ? FORBIDS : ABSENT;
}

static enum judgement key_open(const struct adit_policy *policy, const struct target *target)
{
    enum judgement all = ABSENT;

    for (const struct adit_key_options *key = policy->key; key; key = key->also)
        all = both(all, key->has_permitopen
                            ? judge_open(key->permitopen, key->permitopen_count, target)
                            : unlisted(policy, key->has_permitlisten));
    return all;
}

static enum judgement config_open(const struct adit_policy *policy, const struct target *target)
{
    if (policy->open == NULL)
        return ABSENT;
    if (!policy->open->restricted)
        return ALLOWS;
    return judge_open(policy->open->permits, policy->open->count, target);
}

/* The words of a refusal: what, and the line that would allow it. */
struct refusal {
    const char *verb;       /* "open" */
    const char *what;       /* "db:3306" */
    const char *option;     /* "permitopen" */
    const char *keyword;    /* "PermitOpen" */
    const char *permission; /* what to write behind these */
    const char *allow;      /* "AllowTcpForwarding" */
    char *text;             /* ADIT_POLICY_TEXT_SIZE */
};

static const char tcp[] = "AllowTcpForwarding";
static const char streamlocal[] = "AllowStreamLocalForwarding";

static bool refuse(const struct refusal *r, const char *format, ...) ADIT_FORMAT(2, 3);

static bool refuse(const struct refusal *r, const char *format, ...)
{
    char why[ADIT_POLICY_TEXT_SIZE];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(why, sizeof why, format, args);
    va_end(args);
    (void)snprintf(r->text, ADIT_POLICY_TEXT_SIZE, "not allowed to %s %.200s: %.200s", r->verb,
                   r->what, why);
    return false;
}

static bool forwarding_allowed(const struct adit_policy *policy, bool forbidden,
                               const struct refusal *r)
{
    if (forbidden)
        return refuse(r, "%s forbids it", r->allow);
    for (const struct adit_key_options *key = policy->key; key; key = key->also)
        if (!key->port_forwarding)
            return refuse(r, "add port-forwarding to the options of the key's line");
    return true;
}

static bool decide(const struct adit_policy *policy, const struct refusal *r, enum judgement config,
                   enum judgement key, bool otherwise)
{
    if (policy->is_try && config == FORBIDS)
        return refuse(r, "aditd --try serves this machine only");
    if (config == ABSENT && key == ABSENT && !otherwise)
        return refuse(r, "add %s=\"%s\" to the key's line, or %s %s", r->option, r->permission,
                      r->keyword, r->permission);
    if (config == FORBIDS && key == FORBIDS)
        return refuse(r, "add %s=\"%s\" to the key's line, and %s to %s", r->option, r->permission,
                      r->permission, r->keyword);
    if (key == FORBIDS)
        return refuse(r, "add %s=\"%s\" to the key's line", r->option, r->permission);
    if (config == FORBIDS)
        return refuse(r, "add %s to %s", r->permission, r->keyword);
    return true;
}

bool adit_policy_may_open(const struct adit_policy *policy, const char *host, uint16_t port,
                          const char *address, char text[static ADIT_POLICY_TEXT_SIZE])
{
    char normal[ADDRESS_SIZE];
    char permission[280];
    char what[360];
    struct target target = { .host = host, .port = port };
    struct refusal refusal = { "open", what, "permitopen", "PermitOpen", permission, tcp, NULL };

    refusal.text = text;
    if (normal_address(address ? address : host, normal))
        target.address = normal;
    else
        target.address = address; /* one with a zone, or none */
    (void)adit_policy_target(host, port, permission, sizeof permission);
    if (address)
        (void)snprintf(what, sizeof what, "%s (%s)", permission, address);
    else
        (void)snprintf(what, sizeof what, "%s", permission);
    return forwarding_allowed(policy, policy->open_forbidden, &refusal) &&
           decide(policy, &refusal, config_open(policy, &target), key_open(policy, &target),
                  policy->open_by_default);
}

/* ---- listening -------------------------------------------------------------- */

const char *adit_policy_bind_address(enum adit_gateway_ports rule, const char *asked)
{
    if (strcmp(asked, "*") == 0)
        asked = "";
    switch (rule) {
    case ADIT_GATEWAY_PORTS_NO:
        return strcmp(asked, "127.0.0.1") == 0 || strcmp(asked, "::1") == 0 ? asked : NULL;
    case ADIT_GATEWAY_PORTS_YES:
        return "";
    case ADIT_GATEWAY_PORTS_CLIENTSPECIFIED:
        return adit_text_equal_nocase(adit_span_text(asked), "localhost") ? NULL : asked;
    }
    return NULL;
}

static bool bind_is_loopback(const char *bind)
{
    return bind == NULL || is_loopback(bind);
}

/*
 * A privileged port must be named itself. An address may be permitted as it
 * was asked for, or, where it ends on loopback, by any name of loopback.
 */
static bool permit_allows_listen(const struct adit_permit *permit, const char *asked,
                                 const char *bind, uint16_t port)
{
    if (port != 0 && port < UNPRIVILEGED_PORT && permit->port != port)
        return false;
    if (adit_permit_allows(permit, asked, port))
        return true;
    return permit->host && is_loopback(permit->host) && bind_is_loopback(bind) &&
           adit_permit_allows(permit, permit->host, port);
}

static enum judgement judge_listen(const struct adit_permit *permits, size_t count,
                                   const char *asked, const char *bind, uint16_t port)
{
    for (size_t i = 0; i < count; i++)
        if (permit_allows_listen(&permits[i], asked, bind, port))
            return ALLOWS;
    return FORBIDS;
}

static enum judgement key_listen(const struct adit_policy *policy, const char *asked,
                                 const char *bind, uint16_t port)
{
    enum judgement all = ABSENT;

    for (const struct adit_key_options *key = policy->key; key; key = key->also)
        all = both(all,
                   key->has_permitlisten
                       ? judge_listen(key->permitlisten, key->permitlisten_count, asked, bind, port)
                       : unlisted(policy, key->has_permitopen));
    return all;
}

static enum judgement config_listen(const struct adit_policy *policy, const char *asked,
                                    const char *bind, uint16_t port)
{
    static const struct adit_permit every = { .host = NULL, .port = 0 };

    if (policy->listen == NULL)
        return ABSENT;
    if (!policy->listen->restricted)
        return judge_listen(&every, 1, asked, bind, port);
    return judge_listen(policy->listen->permits, policy->listen->count, asked, bind, port);
}

bool adit_policy_may_listen(const struct adit_policy *policy, const char *address, uint16_t port,
                            char text[static ADIT_POLICY_TEXT_SIZE])
{
    const char *bind = adit_policy_bind_address(policy->gateway_ports, address);
    const bool privileged = port != 0 && port < UNPRIVILEGED_PORT;
    const bool otherwise = !privileged && (policy->open_by_default || bind_is_loopback(bind));
    char what[280];
    struct refusal refusal = { "listen on", what, "permitlisten", "PermitListen", what, tcp, NULL };

    refusal.text = text;
    (void)adit_policy_target(address, port, what, sizeof what);
    if (port == 0) /* only a permit for every port can stand for any free one */
        (void)snprintf(strrchr(what, ':'), sizeof ":*", ":*");
    return forwarding_allowed(policy, policy->listen_forbidden, &refusal) &&
           decide(policy, &refusal, config_listen(policy, address, bind, port),
                  key_listen(policy, address, bind, port), otherwise);
}

/* ---- sockets in the file system ------------------------------------------------ */

/*
 * Absolute, and no way around a pattern: no "." or "..", no empty part, nothing
 * that a log could not show.
 */
static bool is_plain_path(const char *path)
{
    const char *part = path;

    if (*path != '/')
        return false;
    while (*part == '/') {
        const size_t len = strcspn(++part, "/");

        if (len == 0 || (len == 1 && part[0] == '.') || (len == 2 && memcmp(part, "..", 2) == 0))
            return false;
        part += len;
    }
    for (const char *p = path; *p; p++)
        if ((unsigned char)*p <= ' ' || *p == 0x7f)
            return false;
    return true;
}

static enum judgement judge_path(const struct adit_permit *permits, size_t count, const char *path)
{
    for (size_t i = 0; i < count; i++)
        if (adit_permit_allows_path(&permits[i], path))
            return ALLOWS;
    return FORBIDS;
}

static enum judgement config_path(const struct adit_permit_list *list, const char *path)
{
    return list && list->restricted ? judge_path(list->permits, list->count, path) : ABSENT;
}

static bool path_allowed(const struct adit_policy *policy, const struct refusal *r, bool forbidden,
                         enum judgement config, enum judgement key)
{
    if (!is_plain_path(r->what))
        return refuse(r, "not the plain path of a socket");
    return forwarding_allowed(policy, forbidden, r) && decide(policy, r, config, key, false);
}

bool adit_policy_may_open_path(const struct adit_policy *policy, const char *path,
                               char text[static ADIT_POLICY_TEXT_SIZE])
{
    struct refusal refusal = { "open", path, "permitopen", "PermitOpen", path, streamlocal, NULL };
    enum judgement by_key = ABSENT;

    refusal.text = text;
    for (const struct adit_key_options *key = policy->key; key; key = key->also)
        by_key = both(by_key, key->has_permitopen
                                  ? judge_path(key->permitopen, key->permitopen_count, path)
                                  : unlisted(policy, key->has_permitlisten));
    return path_allowed(policy, &refusal, policy->open_path_forbidden,
                        config_path(policy->open, path), by_key);
}

bool adit_policy_may_listen_path(const struct adit_policy *policy, const char *path,
                                 char text[static ADIT_POLICY_TEXT_SIZE])
{
    struct refusal refusal = { "listen at", path, "permitlisten", "PermitListen", path,
                               streamlocal, NULL };
    enum judgement by_key = ABSENT;

    refusal.text = text;
    for (const struct adit_key_options *key = policy->key; key; key = key->also)
        by_key = both(by_key, key->has_permitlisten
                                  ? judge_path(key->permitlisten, key->permitlisten_count, path)
                                  : unlisted(policy, key->has_permitopen));
    return path_allowed(policy, &refusal, policy->listen_path_forbidden,
                        config_path(policy->listen, path), by_key);
}
