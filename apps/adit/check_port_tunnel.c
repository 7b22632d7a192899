/* SPDX-License-Identifier: BSD-2-Clause */
#include "check_port_tunnel.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "control_ask.h"

enum { DECIMAL = 10 };

/* The program is this user's, but what it tells has come from elsewhere. */
static void make_printable(char *text)
{
    for (; *text != '\0'; text++)
        if (!isprint((unsigned char)*text))
            *text = '?';
}

/* The port at the end of "host:port"; 0: it has none. */
static uint16_t port_of(const char *address)
{
    const char *colon = strrchr(address, ':');

    return colon && address[0] != '/' ? (uint16_t)strtoul(colon + 1, NULL, DECIMAL) : 0;
}

static bool read_forward(json_t *item, uint16_t port, struct adit_port_tunnel *out)
{
    const char *kind = NULL;
    const char *listen = NULL;
    const char *target = NULL;

    if (json_unpack(item, "{s:s, s:s, s:s}", "kind", &kind, "listen", &listen, "target", &target))
        return false;
    if (strcmp(kind, "remote") == 0 || port_of(listen) != port)
        return false;
    if (strcmp(kind, "local") == 0) {
        (void)snprintf(out->target, sizeof out->target, "%s", target);
        out->target_port = port_of(target);
    }
    return true;
}

static bool has_forward(json_t *forwards, uint16_t port, struct adit_port_tunnel *out)
{
    for (size_t i = 0; i < json_array_size(forwards); i++)
        if (read_forward(json_array_get(forwards, i), port, out))
            return true;
    return false;
}

static void read_failure(json_t *failure, struct adit_port_tunnel *out)
{
    static const enum adit_leg legs[] = { ADIT_LEG_CLIENT, ADIT_LEG_GATEWAY, ADIT_LEG_SERVER };
    const char *leg = NULL;
    const char *text = NULL;

    if (json_unpack(failure, "{s:s, s:s}", "leg", &leg, "text", &text))
        return; /* there was none */
    (void)snprintf(out->failure, sizeof out->failure, "%s", text);
    for (size_t i = 0; i < sizeof legs / sizeof legs[0]; i++)
        if (strcmp(leg, adit_leg_text(legs[i])) == 0)
            out->leg = legs[i];
}

static bool read_tunnel(json_t *tunnel, uint16_t port, long pid, struct adit_port_tunnel *out)
{
    const char *name = NULL;
    const char *state = NULL;
    const char *host = NULL;
    const char *user = NULL;
    json_int_t process = 0;
    int gateway_port = 0;
    json_t *forwards = NULL;
    json_t *failure = NULL;

    if (json_unpack(tunnel, "{s:s, s:I, s:s, s:{s:s, s:i, s:s}, s:o, s:o}", "name", &name, "pid",
                    &process, "state", &state, "gateway", "host", &host, "port", &gateway_port,
                    "user", &user, "last_failure", &failure, "forwards", &forwards))
        return false;
    if (process != pid || !has_forward(forwards, port, out))
        return false;
    (void)snprintf(out->name, sizeof out->name, "%s", name);
    (void)snprintf(out->state, sizeof out->state, "%s", state);
    (void)snprintf(out->gateway, sizeof out->gateway, "%s@%s:%d", user, host, gateway_port);
    if (strcmp(state, "up") != 0)
        read_failure(failure, out);
    make_printable(out->name);
    make_printable(out->state);
    make_printable(out->gateway);
    make_printable(out->target);
    make_printable(out->failure);
    return true;
}

bool adit_port_tunnel_parse(const char *line, uint16_t port, long pid, struct adit_port_tunnel *out)
{
    json_t *tunnel = json_loads(line, 0, NULL);
    bool is_it;

    *out = (struct adit_port_tunnel){ .leg = ADIT_LEG_NONE };
    is_it = tunnel != NULL && read_tunnel(tunnel, port, pid, out);
    json_decref(tunnel);
    return is_it;
}

struct search {
    uint16_t port;
    long pid;
    struct adit_port_tunnel *out;
    bool found;
};

static bool look(void *arg, const struct adit_control_reply *reply)
{
    struct search *search = arg;
    const char *body = reply->outcome == ADIT_CONTROL_OK ? reply->body : "";

    while (*body != '\0' && !search->found) {
        const size_t len = strcspn(body, "\n");
        char *line = strndup(body, len);

        search->found =
            line != NULL && adit_port_tunnel_parse(line, search->port, search->pid, search->out);
        free(line);
        body += len + (body[len] != '\0');
    }
    return !search->found;
}

bool adit_port_tunnel_find(uint16_t port, long pid, struct adit_port_tunnel *out)
{
    static const char *const words[] = { "json", "" };
    struct search search = { port, pid, out, false };
    char why[ADIT_CONTROL_WHY_SIZE]; /* is for who asks for tunnels */

    adit_control_ask_each(ADIT_CONTROL_STATUS, words, look, &search, why);
    return search.found;
}
