/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/network_change.h"

#include "base/list.h"
#include "base/memory.h"
#include "net/sockaddr.h"
#include "net/watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#endif

bool adit_socket_has_address(int fd)
{
    struct adit_sockaddr own = { .len = sizeof own.storage };
    bool has = true;
    int probe;

    if (getsockname(fd, (struct sockaddr *)&own.storage, &own.len) != 0 ||
        (own.storage.ss_family != AF_INET && own.storage.ss_family != AF_INET6))
        return true; /* a pipe has no address to lose */
    adit_sockaddr_set_port(&own, 0);
    probe = socket(own.storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (probe < 0)
        return true;
    if (bind(probe, adit_sockaddr_get(&own), own.len) != 0)
        has = errno != EADDRNOTAVAIL;
    (void)close(probe);
    return has;
}

#ifdef __linux__

enum {
    DATAGRAM_MAX = 16 * 1024,
    DATAGRAMS_MAX = 64, /* in a row, then it is the others' turn */
    BURST_MS = 500,
};

struct adit_network_watch {
    struct adit_watch watch;
    struct adit_loop *loop;
    struct adit_timer *burst;
    bool in_burst;
    int fd;
    void (*changed)(void *arg);
    void *arg;
};

/* A route of the main table: the others are the kernel's own account of addresses. */
static bool is_main_route(const uint8_t *payload, size_t len)
{
    struct rtmsg route;

    if (len < sizeof route)
        return false;
    memcpy(&route, payload, sizeof route);
    return route.rtm_table == RT_TABLE_MAIN && !(route.rtm_flags & RTM_F_CLONED);
}

/* Most news of a link are about its numbers and names. */
static bool is_link_ready(const uint8_t *payload, size_t len)
{
    struct ifinfomsg link;

    if (len < sizeof link)
        return false;
    memcpy(&link, payload, sizeof link);
    return (link.ifi_change & (IFF_UP | IFF_RUNNING)) != 0 && (link.ifi_flags & IFF_RUNNING) != 0;
}

static bool is_change(uint16_t type, const uint8_t *payload, size_t len)
{
    switch (type) {
    case RTM_NEWADDR:
    case RTM_DELADDR:
        return true;
    case RTM_NEWROUTE:
    case RTM_DELROUTE:
        return is_main_route(payload, len);
    case RTM_NEWLINK:
        return is_link_ready(payload, len);
    default:
        return false;
    }
}

bool adit_network_is_change(struct adit_span messages)
{
    struct nlmsghdr header;

    while (messages.len >= sizeof header) {
        size_t step;

        memcpy(&header, messages.data, sizeof header);
        if (header.nlmsg_len < sizeof header || header.nlmsg_len > messages.len)
            return false;
        if (is_change(header.nlmsg_type, messages.data + sizeof header,
                      header.nlmsg_len - sizeof header))
            return true;
        step = NLMSG_ALIGN(header.nlmsg_len);
        if (step > messages.len)
            return false;
        messages.data += step;
        messages.len -= step;
    }
    return false;
}

static void on_burst_over(void *arg)
{
    struct adit_network_watch *watch = arg;

    watch->in_burst = false;
    watch->changed(watch->arg);
}

static void on_ready(struct adit_watch *handle, unsigned events)
{
    struct adit_network_watch *watch = ADIT_LIST_ENTRY(handle, struct adit_network_watch, watch);
    uint8_t bytes[DATAGRAM_MAX];
    bool any = false;

    (void)events;
    for (unsigned i = 0; i < DATAGRAMS_MAX; i++) {
        const ssize_t n = recv(watch->fd, bytes, sizeof bytes, MSG_DONTWAIT);

        if (n < 0 && errno != ENOBUFS)
            break;
        /* ENOBUFS: there was more than the socket takes, so something has changed. */
        if (n < 0 || adit_network_is_change((struct adit_span){ bytes, (size_t)n }))
            any = true;
    }
    if (!any || watch->in_burst)
        return;
    watch->in_burst = true;
    adit_timer_set(watch->burst, adit_loop_now_ms(watch->loop) + BURST_MS);
}

static int open_netlink(void)
{
    const struct sockaddr_nl address = {
        .nl_family = AF_NETLINK,
        .nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE |
                     RTMGRP_IPV6_ROUTE,
    };
    const int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);

    if (fd >= 0 && bind(fd, (const struct sockaddr *)&address, sizeof address) != 0) {
        (void)close(fd);
        return -1;
    }
    return fd;
}

enum adit_err adit_network_watch_new(struct adit_loop *loop, void (*changed)(void *arg), void *arg,
                                     struct adit_network_watch **out)
{
    struct adit_network_watch *watch = adit_new(sizeof *watch);
    enum adit_err err = ADIT_ERR_SYSTEM;

    *out = NULL;
    if (watch == NULL)
        return ADIT_ERR_NO_MEMORY;
    watch->loop = loop;
    watch->changed = changed;
    watch->arg = arg;
    watch->fd = open_netlink();
    if (watch->fd < 0)
        goto done;
    err = adit_timer_new(loop, on_burst_over, watch, &watch->burst);
    if (err)
        goto done;
    err = adit_watch_open(&watch->watch, loop, watch->fd, ADIT_WATCH_READ, on_ready);
    if (err)
        goto done;

    *out = watch;
    return ADIT_OK;
done:
    adit_timer_free(watch->burst);
    if (watch->fd >= 0)
        (void)close(watch->fd);
    free(watch);
    return err;
}

static void on_closed(struct adit_watch *handle)
{
    free(ADIT_LIST_ENTRY(handle, struct adit_network_watch, watch));
}

void adit_network_watch_free(struct adit_network_watch *watch)
{
    if (watch == NULL)
        return;
    adit_timer_free(watch->burst);
    adit_watch_close(&watch->watch, on_closed);
    (void)close(watch->fd);
}

#else

bool adit_network_is_change(struct adit_span messages)
{
    (void)messages;
    return false;
}

enum adit_err adit_network_watch_new(struct adit_loop *loop, void (*changed)(void *arg), void *arg,
                                     struct adit_network_watch **out)
{
    (void)loop;
    (void)changed;
    (void)arg;
    *out = NULL;
    return ADIT_ERR_UNSUPPORTED;
}

void adit_network_watch_free(struct adit_network_watch *watch)
{
    (void)watch;
}

#endif
