/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/peer_user.h"

#include "exact.h"
#include "net/peer_ends.h"
#include "net/unix_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PREFIX 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff

/* 127.0.0.1 port 35388 to 127.0.0.2 port 3306. */
static struct adit_ends ipv4_ends(void)
{
    return (struct adit_ends){
        .local = { { PREFIX, 127, 0, 0, 1 }, htons(35388) },
        .remote = { { PREFIX, 127, 0, 0, 2 }, htons(3306) },
    };
}

/* fe80::1:203 port 35388 to ::1 port 3306. */
static struct adit_ends ipv6_ends(void)
{
    return (struct adit_ends){
        .local = { { 0xfe, 0x80, [13] = 1, 2, 3 }, htons(35388) },
        .remote = { { [15] = 1 }, htons(3306) },
    };
}

/* ---- the kernel's answer ---- */

struct answer {
    struct nlmsghdr header;
    struct inet_diag_msg socket;
};

static struct answer answer_about(const struct adit_ends *ends, unsigned char family)
{
    const size_t at = family == AF_INET ? 12 : 0;
    struct answer answer;

    memset(&answer, 0, sizeof answer);
    answer.header.nlmsg_len = sizeof answer;
    answer.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    answer.socket.idiag_family = family;
    answer.socket.idiag_uid = 1000;
    answer.socket.idiag_inode = 4711;
    memcpy(answer.socket.id.idiag_src, ends->local.address + at, 16 - at);
    memcpy(answer.socket.id.idiag_dst, ends->remote.address + at, 16 - at);
    answer.socket.id.idiag_sport = ends->local.port;
    answer.socket.id.idiag_dport = ends->remote.port;
    return answer;
}

static enum adit_err read_part(const void *bytes, size_t len, const struct adit_ends *ends,
                               uint32_t *user)
{
    const struct adit_span part = exact_copy(bytes, len);
    const enum adit_err err = adit_peer_diag_read(part, ends, user);

    exact_free(part);
    return err;
}

static void the_answer_names_the_user(void **state)
{
    const struct adit_ends four = ipv4_ends();
    const struct adit_ends six = ipv6_ends();
    const struct {
        const struct adit_ends *ends;
        unsigned char family;
    } cases[] = { { &four, AF_INET }, { &four, AF_INET6 }, { &six, AF_INET6 } };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        const struct answer answer = answer_about(cases[i].ends, cases[i].family);
        uint32_t user = 7;

        assert_int_equal(read_part(&answer, sizeof answer, cases[i].ends, &user), ADIT_OK);
        assert_int_equal(user, 1000);
    }
}

static void an_answer_about_another_socket_is_not_believed(void **state)
{
    const struct adit_ends ends = ipv4_ends();
    const struct adit_ends six = ipv6_ends();
    const struct answer good = answer_about(&ends, AF_INET);
    struct answer bad[8];
    uint32_t user = 7;

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(bad); i++)
        bad[i] = good;
    bad[0].socket.id.idiag_sport++;
    bad[1].socket.id.idiag_dport = 0; /* a listener */
    bad[2].socket.id.idiag_src[0]++;
    bad[3].socket.id.idiag_dst[0]++;
    bad[4].socket.idiag_family = AF_INET6; /* then these are not the addresses */
    bad[5].socket.idiag_family = AF_UNIX;
    bad[6].socket.idiag_inode = 0; /* nobody has it open: its user is not to be believed */
    bad[7] = answer_about(&six, AF_INET);
    for (size_t i = 0; i < ADIT_ARRAY_LEN(bad); i++)
        assert_int_equal(read_part(&bad[i], sizeof bad[i], &ends, &user), ADIT_ERR_NOT_FOUND);
    assert_int_equal(read_part(&bad[7], sizeof bad[7], &six, &user), ADIT_ERR_NOT_FOUND);
    assert_int_equal(user, 7);
}

static void an_answer_cut_short_is_none(void **state)
{
    const struct adit_ends ends = ipv4_ends();
    const struct answer good = answer_about(&ends, AF_INET);
    const uint32_t lengths[] = { 0, 1, 15, 16, sizeof good - 1, sizeof good + 1, UINT32_MAX };
    uint32_t user = 7;

    (void)state;
    for (size_t len = 0; len < sizeof good; len++)
        assert_int_equal(read_part(&good, len, &ends, &user), ADIT_ERR_SYSTEM);
    for (size_t i = 0; i < ADIT_ARRAY_LEN(lengths); i++) {
        struct answer bad = good;

        bad.header.nlmsg_len = lengths[i];
        assert_int_equal(read_part(&bad, sizeof bad, &ends, &user), ADIT_ERR_SYSTEM);
    }
    assert_int_equal(user, 7);
}

static void an_error_is_told_from_no_such_socket(void **state)
{
    const struct adit_ends ends = ipv4_ends();
    struct {
        struct nlmsghdr header;
        int error;
    } answer = { { .nlmsg_len = sizeof answer, .nlmsg_type = NLMSG_ERROR }, -ENOENT };
    uint32_t user;

    (void)state;
    assert_int_equal(read_part(&answer, sizeof answer, &ends, &user), ADIT_ERR_NOT_FOUND);
    assert_int_equal(read_part(&answer, sizeof answer - 1, &ends, &user), ADIT_ERR_SYSTEM);
    answer.error = -EPERM;
    assert_int_equal(read_part(&answer, sizeof answer, &ends, &user), ADIT_ERR_SYSTEM);
    answer.header.nlmsg_type = NLMSG_DONE;
    assert_int_equal(read_part(&answer, sizeof answer, &ends, &user), ADIT_ERR_SYSTEM);
}

/* ---- a row of /proc/net ---- */

/* The kernel shows 32 bits of an address as its processor does. */
static void address_text(const uint8_t *address, size_t words, char out[static 33])
{
    for (size_t i = 0; i < words; i++) {
        uint32_t word;

        memcpy(&word, address + 4 * i, sizeof word);
        (void)snprintf(out + 8 * i, 9, "%08X", (unsigned)word);
    }
}

static size_t write_row(const struct adit_ends *ends, bool six, const char *rest, char *out,
                        size_t size)
{
    const size_t at = six ? 0 : 12;
    char local[33];
    char remote[33];

    address_text(ends->local.address + at, six ? 4 : 1, local);
    address_text(ends->remote.address + at, six ? 4 : 1, remote);
    return (size_t)snprintf(out, size, "  12: %s:8A3C %s:0CEA 01 %s", local, remote, rest);
}

#define REST "00000000:00000000 00:00000000 00000000  1000        0 4711"

static enum adit_err read_row(const struct adit_ends *ends, bool six, const char *rest,
                              uint32_t *user)
{
    char text[256];
    const struct adit_span row = exact_copy(text, write_row(ends, six, rest, text, sizeof text));
    const enum adit_err err = adit_peer_row_read(row, ends, six, user);

    exact_free(row);
    return err;
}

static void a_row_names_the_user(void **state)
{
    const struct adit_ends four = ipv4_ends();
    const struct adit_ends six = ipv6_ends();
    uint32_t user = 7;

    (void)state;
    assert_int_equal(read_row(&four, false, REST, &user), ADIT_OK);
    assert_int_equal(user, 1000);
    user = 7;
    assert_int_equal(read_row(&four, true, REST " 1 0000\n", &user), ADIT_OK);
    assert_int_equal(user, 1000);
    user = 7;
    assert_int_equal(read_row(&six, true, REST " 1 0000\n", &user), ADIT_OK);
    assert_int_equal(user, 1000);
}

static void a_row_about_another_socket_is_passed_over(void **state)
{
    const struct adit_ends good = ipv4_ends();
    struct adit_ends other[4] = { good, good, good, good };
    char text[256];
    const size_t len = write_row(&good, false, REST, text, sizeof text);
    uint32_t user = 7;

    (void)state;
    other[0].local.port++;
    other[1].remote.port++;
    other[2].local.address[12]++;
    other[3].remote.address[15]++;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(other); i++)
        assert_int_equal(adit_peer_row_read(adit_span_of(text, len), &other[i], false, &user),
                         ADIT_ERR_NOT_FOUND);
    assert_int_equal(adit_peer_row_read(adit_span_of(text, len), &good, true, &user),
                     ADIT_ERR_NOT_FOUND);
    assert_int_equal(user, 7);
}

static void a_row_without_a_good_user_and_inode_is_passed_over(void **state)
{
    static const char *const rests[] = {
        "00000000:00000000 00:00000000 00000000  1000        0 0",
        "00000000:00000000 00:00000000 00000000  -1        0 4711",
        "00000000:00000000 00:00000000 00000000  4294967296        0 4711",
        "00000000:00000000 00:00000000 00000000  1000        0 x",
        "00000000:00000000 00:00000000 00000000  1000        0 18446744073709551616",
    };
    const struct adit_ends ends = ipv4_ends();
    uint32_t user = 7;

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rests); i++)
        assert_int_equal(read_row(&ends, false, rests[i], &user), ADIT_ERR_NOT_FOUND);
    assert_int_equal(user, 7);
}

static void a_row_cut_before_its_inode_is_passed_over(void **state)
{
    const struct adit_ends ends = ipv4_ends();
    char text[256];
    const size_t whole = write_row(&ends, false, REST, text, sizeof text);
    uint32_t user = 7;

    (void)state;
    for (size_t len = 0; len + sizeof "4711" - 1 <= whole; len++) {
        const struct adit_span row = exact_copy(text, len);

        assert_int_equal(adit_peer_row_read(row, &ends, false, &user), ADIT_ERR_NOT_FOUND);
        exact_free(row);
    }
    assert_int_equal(user, 7);
}

/* ---- connections ---- */

struct pair {
    int listener;
    int peer; /* who connected */
    int fd;   /* whom it was accepted as */
};

static bool open_pair(const struct sockaddr *address, socklen_t len, struct pair *pair)
{
    struct sockaddr_storage bound;
    socklen_t bound_len = sizeof bound;

    *pair = (struct pair){ -1, -1, -1 };
    pair->listener = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (pair->listener < 0 || bind(pair->listener, address, len) != 0) {
        (void)close(pair->listener);
        return false;
    }
    assert_int_equal(listen(pair->listener, 1), 0);
    assert_int_equal(getsockname(pair->listener, (struct sockaddr *)&bound, &bound_len), 0);
    pair->peer = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(pair->peer, (struct sockaddr *)&bound, bound_len), 0);
    pair->fd = accept4(pair->listener, NULL, NULL, SOCK_CLOEXEC);
    assert_true(pair->fd >= 0);
    return true;
}

static void close_pair(struct pair *pair)
{
    if (pair->peer >= 0)
        (void)close(pair->peer);
    (void)close(pair->fd);
    (void)close(pair->listener);
}

static bool open_loopback(int family, struct pair *pair)
{
    const struct sockaddr_in four = { .sin_family = AF_INET,
                                      .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    const struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_addr = in6addr_loopback };

    return family == AF_INET ? open_pair((const struct sockaddr *)&four, sizeof four, pair)
                             : open_pair((const struct sockaddr *)&six, sizeof six, pair);
}

static void assert_user_is_ours(int fd)
{
    uint32_t user = geteuid() + 1;

    assert_int_equal(adit_peer_user(fd, &user), ADIT_OK);
    assert_int_equal(user, geteuid());
}

static void the_user_at_the_other_end_is_found(void **state)
{
    static const int families[] = { AF_INET, AF_INET6 };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(families); i++) {
        struct pair pair;

        if (!open_loopback(families[i], &pair))
            continue; /* no IPv6 here */
        assert_user_is_ours(pair.fd);
        /* What is still to be said is said by the same user. */
        assert_int_equal(shutdown(pair.peer, SHUT_WR), 0);
        assert_user_is_ours(pair.fd);
        close_pair(&pair);
    }
}

/* Such a socket has an address of IPv4 in both tables' words. */
static void ipv4_to_a_socket_of_ipv6_is_found(void **state)
{
    const struct sockaddr_in6 mapped = {
        .sin6_family = AF_INET6,
        .sin6_addr = { { { PREFIX, 127, 0, 0, 1 } } },
    };
    struct pair pair;

    (void)state;
    if (!open_pair((const struct sockaddr *)&mapped, sizeof mapped, &pair))
        skip();
    assert_user_is_ours(pair.fd);
    close_pair(&pair);
}

/* The system shows a socket that is closed as root's, whoever had it. */
static void a_peer_that_has_closed_has_no_user(void **state)
{
    struct pair pair;
    uint32_t user = 7;

    (void)state;
    assert_true(open_loopback(AF_INET, &pair));
    assert_int_equal(write(pair.peer, "x", 1), 1);
    (void)close(pair.peer);
    pair.peer = -1;
    assert_int_equal(adit_peer_user(pair.fd, &user), ADIT_ERR_NOT_FOUND);
    assert_int_equal(user, 7);
    close_pair(&pair);
}

/* Both ways of looking give the same. */
static void the_rows_know_what_the_kernel_answers(void **state)
{
    struct adit_ends ends = { .local = { { PREFIX }, 0 }, .remote = { { PREFIX }, 0 } };
    struct sockaddr_in own = { 0 };
    struct sockaddr_in peer = { 0 };
    socklen_t len = sizeof own;
    uint32_t user[2] = { 7, 8 };
    struct pair pair;

    (void)state;
    assert_true(open_loopback(AF_INET, &pair));
    assert_int_equal(getsockname(pair.fd, (struct sockaddr *)&own, &len), 0);
    len = sizeof peer;
    assert_int_equal(getpeername(pair.fd, (struct sockaddr *)&peer, &len), 0);
    memcpy(ends.remote.address + 12, &own.sin_addr, 4);
    memcpy(ends.local.address + 12, &peer.sin_addr, 4);
    ends.remote.port = own.sin_port;
    ends.local.port = peer.sin_port;
    assert_int_equal(adit_peer_rows(&ends, &user[0]), ADIT_OK);
    assert_int_equal(user[0], geteuid());
    assert_int_equal(adit_peer_diag(&ends, &user[1]), ADIT_OK);
    assert_int_equal(user[1], geteuid());
    ends.local.port = 0;
    assert_int_equal(adit_peer_rows(&ends, &user[0]), ADIT_ERR_NOT_FOUND);
    close_pair(&pair);
}

static void the_user_of_a_socket_in_the_file_system_is_found(void **state)
{
    struct adit_sockaddr address;
    struct pair pair;
    char path[64];

    (void)state;
    (void)snprintf(path, sizeof path, "/tmp/test_peer_user.%ld", (long)getpid());
    assert_true(adit_unix_address(path, &address));
    assert_true(open_pair(adit_sockaddr_get(&address), address.len, &pair));
    (void)unlink(path);
    assert_user_is_ours(pair.fd);
    /* These are known from the moment of connecting. */
    (void)close(pair.peer);
    pair.peer = -1;
    assert_user_is_ours(pair.fd);
    close_pair(&pair);
}

static void what_is_no_connection_has_no_user(void **state)
{
    const int alone = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    uint32_t user = 7;

    (void)state;
    assert_int_equal(adit_peer_user(alone, &user), ADIT_ERR_NOT_FOUND);
    assert_int_equal(adit_peer_user(-1, &user), ADIT_ERR_NOT_FOUND);
    assert_int_equal(user, 7);
    (void)close(alone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_answer_names_the_user),
        cmocka_unit_test(an_answer_about_another_socket_is_not_believed),
        cmocka_unit_test(an_answer_cut_short_is_none),
        cmocka_unit_test(an_error_is_told_from_no_such_socket),
        cmocka_unit_test(a_row_names_the_user),
        cmocka_unit_test(a_row_about_another_socket_is_passed_over),
        cmocka_unit_test(a_row_without_a_good_user_and_inode_is_passed_over),
        cmocka_unit_test(a_row_cut_before_its_inode_is_passed_over),
        cmocka_unit_test(the_user_at_the_other_end_is_found),
        cmocka_unit_test(ipv4_to_a_socket_of_ipv6_is_found),
        cmocka_unit_test(a_peer_that_has_closed_has_no_user),
        cmocka_unit_test(the_rows_know_what_the_kernel_answers),
        cmocka_unit_test(the_user_of_a_socket_in_the_file_system_is_found),
        cmocka_unit_test(what_is_no_connection_has_no_user),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
