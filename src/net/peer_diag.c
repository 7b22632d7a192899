/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel finds one socket as fast as it finds it for a packet, and has
 * answered by the time that the question is sent: nothing is waited for.
 */
#include "net/peer_ends.h"

#ifdef __linux__

#include "base/span.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    IPV4_AT = 12, /* in an address that stands for one of IPv4 */
    ANSWER_MAX = 4096,
};

struct question {
    struct nlmsghdr header;
    struct inet_diag_req_v2 body;
};

/* ---- the answer ---- */

static bool is_end(const struct adit_end *end, uint8_t family, const void *address, uint16_t port)
{
    if (end->port != port)
        return false;
    if (family == AF_INET)
        return adit_end_is_ipv4(end) &&
               memcmp(end->address + IPV4_AT, address, sizeof end->address - IPV4_AT) == 0;
    return family == AF_INET6 && memcmp(end->address, address, sizeof end->address) == 0;
}

static enum adit_err read_socket(struct adit_span body, const struct adit_ends *ends,
                                 uint32_t *user)
{
    struct inet_diag_msg socket;

    if (body.len < sizeof socket)
        return ADIT_ERR_SYSTEM;
    memcpy(&socket, body.data, sizeof socket);
    /* Who listens at that port is told for want of a connection. */
    if (!is_end(&ends->local, socket.idiag_family, socket.id.idiag_src, socket.id.idiag_sport) ||
        !is_end(&ends->remote, socket.idiag_family, socket.id.idiag_dst, socket.id.idiag_dport))
        return ADIT_ERR_NOT_FOUND;
    if (socket.idiag_inode == 0)
        return ADIT_ERR_NOT_FOUND;
    *user = socket.idiag_uid;
    return ADIT_OK;
}

static enum adit_err read_error(struct adit_span body)
{
    int error;

    if (body.len < sizeof error)
        return ADIT_ERR_SYSTEM;
    memcpy(&error, body.data, sizeof error);
    return error == -ENOENT ? ADIT_ERR_NOT_FOUND : ADIT_ERR_SYSTEM;
}

enum adit_err adit_peer_diag_read(struct adit_span answer, const struct adit_ends *ends,
                                  uint32_t *user)
{
    struct nlmsghdr header;
    struct adit_span body;

    if (answer.len < sizeof header)
        return ADIT_ERR_SYSTEM;
    memcpy(&header, answer.data, sizeof header);
    if (header.nlmsg_len < sizeof header || header.nlmsg_len > answer.len)
        return ADIT_ERR_SYSTEM;
    body = adit_span_of(answer.data + sizeof header, header.nlmsg_len - sizeof header);
    if (header.nlmsg_type == NLMSG_ERROR)
        return read_error(body);
    if (header.nlmsg_type == SOCK_DIAG_BY_FAMILY)
        return read_socket(body, ends, user);
    return ADIT_ERR_SYSTEM;
}

/* ---- the question ---- */

static struct question question_of(const struct adit_ends *ends)
{
    const bool ipv4 = adit_end_is_ipv4(&ends->local) && adit_end_is_ipv4(&ends->remote);
    const size_t at = ipv4 ? IPV4_AT : 0;
    const size_t len = ADIT_ADDRESS_BYTES - at;
    struct question question;

    memset(&question, 0, sizeof question);
    question.header.nlmsg_len = sizeof question;
    question.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    question.header.nlmsg_flags = NLM_F_REQUEST;
    question.body.sdiag_family = ipv4 ? AF_INET : AF_INET6;
    question.body.sdiag_protocol = IPPROTO_TCP;
    question.body.idiag_states = UINT32_MAX;
    question.body.id.idiag_sport = ends->local.port;
    question.body.id.idiag_dport = ends->remote.port;
    memcpy(question.body.id.idiag_src, ends->local.address + at, len);
    memcpy(question.body.id.idiag_dst, ends->remote.address + at, len);
    question.body.id.idiag_if = ends->interface;
    question.body.id.idiag_cookie[0] = INET_DIAG_NOCOOKIE;
    question.body.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
    return question;
}

static enum adit_err ask(int fd, const struct adit_ends *ends, uint32_t *user)
{
    const struct question question = question_of(ends);
    uint8_t answer[ANSWER_MAX];
    ssize_t n = send(fd, &question, sizeof question, MSG_DONTWAIT);

    if (n == (ssize_t)sizeof question)
        n = recv(fd, answer, sizeof answer, MSG_DONTWAIT);
    return n > 0 ? adit_peer_diag_read(adit_span_of(answer, (size_t)n), ends, user)
                 : ADIT_ERR_SYSTEM;
}

enum adit_err adit_peer_diag(const struct adit_ends *ends, uint32_t *user)
{
    const struct adit_ends ours = { ends->remote, ends->local, ends->interface };
    const int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    uint32_t own_user;
    enum adit_err err;

    if (fd < 0)
        return ADIT_ERR_SYSTEM;
    err = ask(fd, ends, user);
    /* A kernel that was built without it knows no socket at all, not even our own. */
    if (err == ADIT_ERR_NOT_FOUND && ask(fd, &ours, &own_user) != ADIT_OK)
        err = ADIT_ERR_SYSTEM;
    (void)close(fd);
    return err;
}

#else

enum adit_err adit_peer_diag_read(struct adit_span answer, const struct adit_ends *ends,
                                  uint32_t *user)
{
    (void)answer;
    (void)ends;
    (void)user;
    return ADIT_ERR_SYSTEM;
}

enum adit_err adit_peer_diag(const struct adit_ends *ends, uint32_t *user)
{
    (void)ends;
    (void)user;
    return ADIT_ERR_SYSTEM;
}

#endif
