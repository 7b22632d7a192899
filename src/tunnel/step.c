/* SPDX-License-Identifier: BSD-2-Clause */
/* What an attempt has passed, told to the application. */
#include "net/listen.h"
#include "tunnel/failure.h"
#include "tunnel/tunnel.h"

#include <stdio.h>
#include <sys/socket.h>

enum {
    ADDRESS_SIZE = 128,
    ADDRESSES_SIZE = 400,
};

void adit_step_tell(const struct adit_tunnel *t, enum adit_step step, const char *text)
{
    if (t->settings.step != NULL)
        t->settings.step(t->user.data, "", step, text);
}

void adit_step_looked_up(void *arg, const struct adit_sockaddrs *addresses)
{
    const struct adit_tunnel *t = arg;
    char text[ADDRESSES_SIZE] = "";
    size_t len = 0;

    for (size_t i = 0; i < addresses->count && len < sizeof text; i++) {
        char address[ADDRESS_SIZE];
        uint16_t port;
        int added;

        adit_address_text(adit_sockaddr_get(&addresses->list[i]), address, sizeof address, &port);
        added = snprintf(text + len, sizeof text - len, "%s%s", len > 0 ? ", " : "", address);
        len += added > 0 ? (size_t)added : 0;
    }
    adit_step_tell(t, ADIT_STEP_LOOKED_UP, text);
}

void adit_step_connected(const struct adit_tunnel *t, int fd)
{
    struct sockaddr_storage peer = { 0 };
    socklen_t len = sizeof peer;
    char address[ADDRESS_SIZE];
    char text[ADIT_TARGET_SIZE];
    uint16_t port;

    if (t->settings.step == NULL)
        return;
    if (t->settings.jump != NULL) {
        (void)snprintf(text, sizeof text, "through the jump host");
    } else if (t->settings.proxy_command != NULL) {
        (void)snprintf(text, sizeof text, "by ProxyCommand");
    } else if (getpeername(fd, (struct sockaddr *)&peer, &len) == 0) {
        adit_address_text((const struct sockaddr *)&peer, address, sizeof address, &port);
        (void)adit_target_text(address, port, text);
    } else {
        text[0] = '\0'; /* it is gone again: the next step tells */
    }
    adit_step_tell(t, ADIT_STEP_CONNECTED, text);
}
