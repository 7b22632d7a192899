/* SPDX-License-Identifier: BSD-2-Clause */
#include "forwards.h"

#include <stdio.h>
#include <string.h>

enum { ADDRESS_SIZE = ADIT_HOST_MAX + 16 };

static const char *print_address(const char *host, uint16_t port, char out[static ADDRESS_SIZE])
{
    const bool is_v6 = strchr(host, ':') != NULL;

    (void)snprintf(out, ADDRESS_SIZE, "%s%s%s:%u", is_v6 ? "[" : "", host, is_v6 ? "]" : "",
                   (unsigned)port);
    return out;
}

/* What listens, as far as we know: the gateway may have another idea of it. */
static const char *listens_on(const struct adit_ssh_config *config,
                              const struct adit_forward_spec *spec, bool is_remote)
{
    if (spec->bind_given)
        return spec->bind[0] ? spec->bind : "*";
    if (is_remote)
        return "localhost";
    return config->gateway_ports ? "*" : "127.0.0.1";
}

static bool open_forward(struct adit_tunnel *tunnel, const struct adit_ssh_config *config,
                         const struct adit_client_log *log, const struct adit_forward_spec *spec,
                         bool is_remote)
{
    const struct adit_forward_settings settings = {
        .bind = spec->bind_given ? spec->bind : NULL,
        .bind_port = spec->bind_port,
        .host = spec->host,
        .port = spec->port,
    };
    const bool tolerated =
        adit_ssh_config_is_set(config, "ExitOnForwardFailure") && !config->exit_on_forward_failure;
    struct adit_forward *forward = NULL;
    struct adit_failure failure = { 0 };
    char from[ADDRESS_SIZE];
    char to[ADDRESS_SIZE];
    const enum adit_err err =
        is_remote ? adit_tunnel_forward_remote(tunnel, &settings, &forward, &failure)
                  : adit_tunnel_forward_local(tunnel, &settings, &forward, &failure);

    if (err) {
        adit_client_say(log, tolerated ? ADIT_LOG_ERROR : ADIT_LOG_FATAL, "%s",
                        failure.text[0] ? failure.text : adit_err_text(err));
        return tolerated;
    }
    (void)print_address(spec->host, spec->port, to);
    if (is_remote && spec->bind_port == 0)
        adit_client_tell(log, ADIT_LOG_INFO, "Allocated port %u for remote forward to %s",
                         (unsigned)adit_forward_port(forward), to);
    adit_client_say(
        log, ADIT_LOG_VERBOSE, "%s forward %s -> %s listens", is_remote ? "remote" : "local",
        print_address(listens_on(config, spec, is_remote), adit_forward_port(forward), from), to);
    return true;
}

bool adit_client_forwards_open(struct adit_tunnel *tunnel, const struct adit_ssh_config *config,
                               const struct adit_client_log *log)
{
    for (size_t i = 0; i < config->local_forward_count; i++)
        if (!open_forward(tunnel, config, log, &config->local_forwards[i], false))
            return false;
    for (size_t i = 0; i < config->remote_forward_count; i++)
        if (!open_forward(tunnel, config, log, &config->remote_forwards[i], true))
            return false;
    return true;
}
