/* SPDX-License-Identifier: BSD-2-Clause */
#include "check_owner.h"

#include "exact.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Lines as the kernel has them, on a machine with the low byte first. */
#define LISTENS_V4                                                                                 \
    "   0: 0100007F:0CEB 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 "  \
    "4711 1 0000000000000000 100 0 0 10 0\n"
#define LISTENS_V6                                                                                 \
    "  12: 00000000000000000000000001000000:0CEB 00000000000000000000000000000000:0000 0A "        \
    "00000000:00000000 00:00000000 00000000  1000        0 12345 1 0 100 0 0 10 0\n"
#define IS_CONNECTED                                                                               \
    "   1: 0100007F:0CEB 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 "  \
    "4712 1 0 20 4 30 10 -1\n"
#define TITLE                                                                                      \
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout "  \
    "inode\n"

static void a_listener_is_found_by_its_port(void **state)
{
    struct adit_listening is;

    (void)state;
    assert_true(adit_listening_parse(LISTENS_V4, 3307, &is));
    assert_int_equal(is.inode, 4711);
    assert_string_equal(is.address, "127.0.0.1");
    assert_true(adit_listening_parse(LISTENS_V6, 3307, &is));
    assert_int_equal(is.inode, 12345);
    assert_string_equal(is.address, "::1");
    assert_false(adit_listening_parse(LISTENS_V4, 3308, &is));
    assert_false(adit_listening_parse(IS_CONNECTED, 3307, &is));
    assert_false(adit_listening_parse(TITLE, 0, &is));
}

/* What matters ends with the inode. */
static void a_line_that_is_cut_short_is_none(void **state)
{
    const size_t whole = (size_t)(strstr(LISTENS_V4, "4711") - LISTENS_V4);

    (void)state;
    for (size_t len = 0; len < whole; len++) {
        char *line = strndup(LISTENS_V4, len);
        struct adit_listening is;

        assert_non_null(line);
        assert_false(adit_listening_parse(line, 3307, &is));
        free(line);
    }
}

static void addresses_of_other_sizes_are_none(void **state)
{
    static const char *const lines[] = {
        "0: 0100007:0CEB 0:0 0A 0:0 0:0 0 0 0 4711",
        "0: 0100007F0:0CEB 0:0 0A 0:0 0:0 0 0 0 4711",
        "0: :0CEB 0:0 0A 0:0 0:0 0 0 0 4711",
        "0: 0100007F 0:0 0A 0:0 0:0 0 0 0 4711",
    };
    struct adit_listening is;

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(lines); i++)
        assert_false(adit_listening_parse(lines[i], 3307, &is));
}

static void our_own_listener_is_ours(void **state)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    struct sockaddr *any = (struct sockaddr *)&address;
    socklen_t len = sizeof address;
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct adit_port_owner owner;
    uint16_t port;

    (void)state;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(fd, any, len), 0);
    assert_int_equal(listen(fd, 1), 0);
    assert_int_equal(getsockname(fd, any, &len), 0);
    port = ntohs(address.sin_port);
    assert_true(adit_port_owner_find(port, &owner));
    assert_int_equal(owner.pid, getpid());
    assert_memory_equal(owner.name, "unit_test_check", 15); /* what the kernel keeps of it */
    assert_string_equal(owner.listening.address, "127.0.0.1");
    assert_string_equal(owner.forward, "");
    assert_int_equal(close(fd), 0);
    assert_false(adit_port_owner_find(port, &owner));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_listener_is_found_by_its_port),
        cmocka_unit_test(a_line_that_is_cut_short_is_none),
        cmocka_unit_test(addresses_of_other_sizes_are_none),
        cmocka_unit_test(our_own_listener_is_ours),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
