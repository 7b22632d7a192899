/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/network_change.h"

#include "exact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct message {
    struct nlmsghdr header;
    union {
        struct rtmsg route;
        struct ifinfomsg link;
        struct ifaddrmsg address;
    } body;
};

static struct message message_of(uint16_t type, size_t body)
{
    struct message m;

    memset(&m, 0, sizeof m);
    m.header.nlmsg_type = type;
    m.header.nlmsg_len = (uint32_t)(sizeof m.header + body);
    return m;
}

static bool is_change(const struct message *m)
{
    return adit_network_is_change((struct adit_span){ (const uint8_t *)m, m->header.nlmsg_len });
}

static struct message route_of(uint16_t type, unsigned char table, unsigned flags)
{
    struct message m = message_of(type, sizeof m.body.route);

    m.body.route.rtm_table = table;
    m.body.route.rtm_flags = flags;
    return m;
}

static struct message link_of(unsigned flags, unsigned change)
{
    struct message m = message_of(RTM_NEWLINK, sizeof m.body.link);

    m.body.link.ifi_flags = flags;
    m.body.link.ifi_change = change;
    return m;
}

static void what_opens_or_closes_a_way_counts(void **state)
{
    const struct {
        struct message message;
        bool counts;
    } cases[] = {
        { message_of(RTM_NEWADDR, sizeof(struct ifaddrmsg)), true },
        { message_of(RTM_DELADDR, sizeof(struct ifaddrmsg)), true },
        { route_of(RTM_NEWROUTE, RT_TABLE_MAIN, 0), true },
        { route_of(RTM_DELROUTE, RT_TABLE_MAIN, 0), true },
        { route_of(RTM_NEWROUTE, RT_TABLE_LOCAL, 0), false },
        { route_of(RTM_NEWROUTE, RT_TABLE_MAIN, RTM_F_CLONED), false },
        { link_of(IFF_UP | IFF_RUNNING, IFF_RUNNING), true },
        { link_of(IFF_UP | IFF_RUNNING, IFF_UP), true },
        { link_of(IFF_UP | IFF_RUNNING, IFF_PROMISC), false },
        { link_of(IFF_UP | IFF_RUNNING, 0), false },
        { link_of(0, IFF_UP), false }, /* no way leads through it any more: keepalives will tell */
        { message_of(RTM_DELLINK, sizeof(struct ifinfomsg)), false },
        { message_of(RTM_NEWNEIGH, 0), false },
        { message_of(NLMSG_DONE, 0), false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(is_change(&cases[i].message), cases[i].counts);
}

static void the_second_of_two_messages_is_seen(void **state)
{
    struct message two[2];

    (void)state;
    two[0] = link_of(0, 0);
    two[0].header.nlmsg_len = sizeof two[0];
    two[1] = message_of(RTM_NEWADDR, 0);
    assert_true(adit_network_is_change(
        (struct adit_span){ (const uint8_t *)two, sizeof two[0] + two[1].header.nlmsg_len }));
    assert_false(adit_network_is_change((struct adit_span){ (const uint8_t *)two, sizeof two[0] }));
}

static void a_message_cut_short_is_none(void **state)
{
    const struct message whole = route_of(RTM_NEWROUTE, RT_TABLE_MAIN, 0);
    static const uint32_t lengths[] = { 0, 1, 15, 16, 17, 27, 29, 0xffffffff };

    (void)state;
    for (size_t len = 0; len < whole.header.nlmsg_len; len++) {
        const struct adit_span part = exact_copy(&whole, len);

        assert_false(adit_network_is_change(part));
        exact_free(part);
    }
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct message m = whole;
        struct adit_span part;

        m.header.nlmsg_len = lengths[i];
        part = exact_copy(&m, whole.header.nlmsg_len);
        assert_false(adit_network_is_change(part));
        exact_free(part);
    }
}

static void nothing(void *arg)
{
    (void)arg;
}

static void a_watch_can_be_opened_and_closed(void **state)
{
    struct adit_network_watch *watch;
    struct adit_loop *loop;

    (void)state;
    assert_int_equal(adit_loop_new(&loop), ADIT_OK);
    assert_int_equal(adit_network_watch_new(loop, nothing, NULL, &watch), ADIT_OK);
    adit_network_watch_free(watch);
    adit_network_watch_free(NULL);
    adit_loop_free(loop);
}

static void a_socket_on_loopback_has_its_address(void **state)
{
    const struct sockaddr_in address = { .sin_family = AF_INET,
                                         .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    int pair[2];

    (void)state;
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    assert_true(adit_socket_has_address(fd));
    assert_int_equal(close(fd), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    assert_true(adit_socket_has_address(pair[0])); /* it has none that could go */
    assert_int_equal(close(pair[0]), 0);
    assert_int_equal(close(pair[1]), 0);
}

static void an_address_that_is_not_ours_is_told(void **state)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(0xc6336401), /* 198.51.100.1, for documents (RFC 5737) */
    };
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    const int yes = 1;

    (void)state;
    assert_int_equal(setsockopt(fd, IPPROTO_IP, IP_FREEBIND, &yes, sizeof yes), 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    assert_false(adit_socket_has_address(fd));
    assert_int_equal(close(fd), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_opens_or_closes_a_way_counts),
        cmocka_unit_test(the_second_of_two_messages_is_seen),
        cmocka_unit_test(a_message_cut_short_is_none),
        cmocka_unit_test(a_watch_can_be_opened_and_closed),
        cmocka_unit_test(a_socket_on_loopback_has_its_address),
        cmocka_unit_test(an_address_that_is_not_ours_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
