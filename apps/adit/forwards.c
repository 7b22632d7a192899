/* SPDX-License-Identifier: BSD-2-Clause */
#include "forwards.h"

#include <stdio.h>
#include <string.h>

enum { ADDRESS_SIZE = ADIT_HOST_MAX + 16 };

/* "host:port", or a path. */
static const char *print_address(const char *host, uint16_t port, char out[static ADDRESS_SIZE])
{
    const bool is_v6 = strchr(host, ':') != NULL;

    if (host[0] == '/')
        (void)snprintf(out, ADDRESS_SIZE, "%s", host);
    else
        (void)snprintf(out, ADDRESS_SIZE, "%s%s%s:%u", is_v6 ? "[" : "", host, is_v6 ? "]" : "",
                       (unsigned)port);
    return out;
}

/* What listens, as far as we know: the gateway may have another idea of it. */
static const char *listens_on(const struct adit_ssh_config *config,
                              const struct adit_forward_spec *spec, enum adit_forward_kind kind)
{
    if (spec->bind_given)
        return spec->bind[0] ? spec->bind : "*";
    if (kind == ADIT_FORWARD_SPEC_REMOTE)
        return "localhost";
    return config->gateway_ports ? "*" : "127.0.0.1";
}

static void tell_open(const struct adit_ssh_config *config, const struct adit_client_log *log,
                      const struct adit_forward_spec *spec, enum adit_forward_kind kind,
                      uint16_t port)
{
    static const char *const names[] = { [ADIT_FORWARD_SPEC_LOCAL] = "local",
                                         [ADIT_FORWARD_SPEC_REMOTE] = "remote",
                                         [ADIT_FORWARD_SPEC_DYNAMIC] = "dynamic" };
    char from[ADDRESS_SIZE];
    char to[ADDRESS_SIZE] = "SOCKS";

    if (spec->host[0])
        (void)print_address(spec->host, spec->port, to);
    if (kind == ADIT_FORWARD_SPEC_REMOTE && spec->bind_port == 0 && spec->bind[0] != '/')
        adit_client_tell(log, ADIT_LOG_INFO, "Allocated port %u for remote forward to %s",
                         (unsigned)port, to);
    adit_client_say(log, ADIT_LOG_VERBOSE, "%s forward %s -> %s listens", names[kind],
                    print_address(listens_on(config, spec, kind), port, from), to);
}

static bool open_forward(struct adit_tunnel *tunnel, const struct adit_ssh_config *config,
                         const struct adit_client_log *log, const struct adit_forward_spec *spec,
                         enum adit_forward_kind kind)
{
    const struct adit_forward_settings settings = {
        .bind = spec->bind_given ? spec->bind : NULL,
        .bind_port = spec->bind_port,
        .host = spec->host[0] ? spec->host : NULL,
        .port = spec->port,
    };
    const bool tolerated =
        adit_ssh_config_is_set(config, "ExitOnForwardFailure") && !config->exit_on_forward_failure;
    struct adit_forward *forward = NULL;
    struct adit_failure failure = { 0 };
    const enum adit_err err =
        kind == ADIT_FORWARD_SPEC_REMOTE
            ? adit_tunnel_forward_remote(tunnel, &settings, &forward, &failure)
            : adit_tunnel_forward_local(tunnel, &settings, &forward, &failure);

    if (err) {
        adit_client_say(log, tolerated ? ADIT_LOG_ERROR : ADIT_LOG_FATAL, "%s",
                        failure.text[0] ? failure.text : adit_err_text(err));
        return tolerated;
    }
    tell_open(config, log, spec, kind, adit_forward_port(forward));
    return true;
}

bool adit_client_forwards_open(struct adit_tunnel *tunnel, const struct adit_ssh_config *config,
                               const struct adit_client_log *log)
{
    const struct {
        const struct adit_forward_spec *specs;
        size_t count;
        enum adit_forward_kind kind;
    } rows[] = {
        { config->local_forwards, config->local_forward_count, ADIT_FORWARD_SPEC_LOCAL },
        { config->dynamic_forwards, config->dynamic_forward_count, ADIT_FORWARD_SPEC_DYNAMIC },
        { config->remote_forwards, config->remote_forward_count, ADIT_FORWARD_SPEC_REMOTE },
    };

    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++)
        for (size_t i = 0; i < rows[r].count; i++)
            if (!open_forward(tunnel, config, log, &rows[r].specs[i], rows[r].kind))
                return false;
    return true;
}
