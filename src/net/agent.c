/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/agent.h"

#include "base/span.h"
#include "net/socket.h"
#include "wire/agent_messages.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { LENGTH_SIZE = 4, MS_PER_S = 1000, NS_PER_MS = 1000 * 1000 };

static uint64_t now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * MS_PER_S + (uint64_t)now.tv_nsec / NS_PER_MS;
}

/* Waits until the socket can do `what`. TIMEOUT when that is not before `due_ms`. */
static enum adit_err await(int fd, short what, uint64_t due_ms)
{
    struct pollfd p = { .fd = fd, .events = what };
    int ready;

    do {
        const uint64_t now = now_ms();
        const uint64_t left = now < due_ms ? due_ms - now : 0;

        ready = poll(&p, 1, left > INT32_MAX ? INT32_MAX : (int)left);
    } while (ready < 0 && errno == EINTR);
    if (ready == 0)
        return ADIT_ERR_TIMEOUT;
    return ready > 0 ? ADIT_OK : ADIT_ERR_SYSTEM;
}

/* An agent whose queue is full answers EAGAIN: it is as if nobody were there. */
static enum adit_err dial(const char *path, int *out)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    const size_t len = strlen(path);
    int fd;

    if (len >= sizeof address.sun_path)
        return ADIT_ERR_LIMIT;
    memcpy(address.sun_path, path, len + 1);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return ADIT_ERR_SYSTEM;
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) != 0) {
        (void)close(fd);
        return ADIT_ERR_NOT_FOUND;
    }
    *out = fd;
    return ADIT_OK;
}

static enum adit_err send_all(int fd, struct adit_span bytes, uint64_t due_ms)
{
    while (bytes.len > 0) {
        enum adit_err err = await(fd, POLLOUT, due_ms);
        ssize_t sent;

        if (err)
            return err;
        sent = send(fd, bytes.data, bytes.len, MSG_NOSIGNAL);
        if (sent < 0 && !adit_errno_is_again(errno))
            return errno == EPIPE ? ADIT_ERR_DISCONNECTED : ADIT_ERR_SYSTEM;
        if (sent > 0)
            bytes = adit_span_of(bytes.data + sent, bytes.len - (size_t)sent);
    }
    return ADIT_OK;
}

static enum adit_err receive_all(int fd, uint8_t *bytes, size_t len, uint64_t due_ms)
{
    while (len > 0) {
        enum adit_err err = await(fd, POLLIN, due_ms);
        ssize_t got;

        if (err)
            return err;
        got = recv(fd, bytes, len, 0);
        if (got == 0 || (got < 0 && !adit_errno_is_again(errno)))
            return ADIT_ERR_DISCONNECTED;
        if (got > 0) {
            bytes += got;
            len -= (size_t)got;
        }
    }
    return ADIT_OK;
}

/* One request, whose first four bytes are room for its length, and one answer without its own. */
static enum adit_err converse(const struct adit_agent_call *call, struct adit_buffer *request,
                              struct adit_buffer *answer)
{
    const uint64_t due_ms = now_ms() + call->timeout_ms;
    uint8_t length[LENGTH_SIZE];
    uint8_t *room;
    int fd = -1;
    enum adit_err err = dial(call->path, &fd);

    if (err)
        return err;
    if (!adit_interrupt_enter(call->interrupt, fd)) {
        (void)close(fd);
        return ADIT_ERR_DISCONNECTED;
    }
    adit_put_uint32(request->data, (uint32_t)(request->len - LENGTH_SIZE));
    err = send_all(fd, adit_buffer_span(request), due_ms);
    if (!err)
        err = receive_all(fd, length, sizeof length, due_ms);
    if (!err)
        err = adit_buffer_extend(answer, adit_get_uint32(length), &room);
    if (!err)
        err = receive_all(fd, room, adit_get_uint32(length), due_ms);
    if (!err && (answer->len == 0 || answer->data[0] == SSH_AGENT_FAILURE))
        err = answer->len ? ADIT_ERR_REFUSED : ADIT_ERR_MALFORMED;
    adit_interrupt_leave(call->interrupt);
    (void)close(fd);
    return err;
}

enum adit_err adit_agent_list(const struct adit_agent_call *call, struct adit_buffer *answer)
{
    struct adit_buffer request = adit_buffer_init(ADIT_AGENT_MESSAGE_MAX);
    struct adit_writer w = adit_writer_init(&request);
    struct adit_msg_agent_identities msg;
    enum adit_err err;

    adit_write_uint32(&w, 0);
    adit_write_agent_request_identities(&w);
    err = adit_writer_finish(&w);
    if (!err)
        err = converse(call, &request, answer);
    if (!err)
        err = adit_parse_agent_identities(adit_buffer_span(answer), &msg);
    adit_buffer_clear(&request);
    return err;
}

static uint32_t flags_for(const char *algorithm)
{
    const struct adit_span name = adit_span_text(algorithm);

    if (adit_span_is(name, "rsa-sha2-512"))
        return SSH_AGENT_RSA_SHA2_512;
    return adit_span_is(name, "rsa-sha2-256") ? SSH_AGENT_RSA_SHA2_256 : 0;
}

enum adit_err adit_agent_sign(const struct adit_agent_call *call, struct adit_span key_blob,
                              const char *algorithm, struct adit_span data,
                              struct adit_buffer *signature)
{
    const struct adit_msg_agent_sign_request msg = { key_blob, data, flags_for(algorithm) };
    struct adit_buffer request = adit_buffer_init(ADIT_AGENT_MESSAGE_MAX);
    struct adit_buffer answer = adit_buffer_init(ADIT_AGENT_MESSAGE_MAX);
    struct adit_writer w = adit_writer_init(&request);
    struct adit_span made;
    enum adit_err err;

    adit_write_uint32(&w, 0);
    adit_write_agent_sign_request(&w, &msg);
    err = adit_writer_finish(&w);
    if (!err)
        err = converse(call, &request, &answer);
    if (!err)
        err = adit_parse_agent_signature(adit_buffer_span(&answer), &made);
    if (!err)
        err = adit_buffer_append(signature, made);
    adit_buffer_clear(&request);
    adit_buffer_clear(&answer);
    return err;
}

enum adit_err adit_agent_give(const struct adit_agent_call *call, struct adit_span key,
                              uint32_t lifetime_s, bool confirm)
{
    const struct adit_msg_agent_add msg = { key, lifetime_s, confirm };
    struct adit_buffer request = adit_buffer_init_secret(ADIT_AGENT_MESSAGE_MAX);
    struct adit_buffer answer = adit_buffer_init(ADIT_AGENT_MESSAGE_MAX);
    struct adit_writer w = adit_writer_init(&request);
    enum adit_err err;

    adit_write_uint32(&w, 0);
    adit_write_agent_add(&w, &msg);
    err = adit_writer_finish(&w);
    if (!err)
        err = converse(call, &request, &answer);
    if (!err)
        err = adit_parse_agent_success(adit_buffer_span(&answer));
    adit_buffer_clear(&request);
    adit_buffer_clear(&answer);
    return err;
}
