/* SPDX-License-Identifier: BSD-2-Clause */
/* net/agent against agents that answer what they like, each on a thread of its own. */
#include "net/agent.h"

#include "base/span.h"
#include "wire/agent_messages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { PATIENCE_MS = 5000, IMPATIENCE_MS = 50 };

/* An agent that takes one request and says `answer`, a byte at a time, or then nothing more. */
struct fake {
    char folder[64];
    char path[96];
    int listener;
    pthread_t thread;
    struct adit_span answer;
    bool stays; /* with the connection open */
    int release[2];
    uint8_t request[4096];
    size_t request_len;
};

static void *serve(void *arg)
{
    struct fake *fake = arg;
    struct pollfd p = { .fd = fake->listener, .events = POLLIN };
    uint8_t *at = fake->request;
    char go;
    int fd;

    if (poll(&p, 1, PATIENCE_MS) != 1)
        return NULL;
    fd = accept(fake->listener, NULL, NULL);
    while (fake->request_len < 5 ||
           fake->request_len < 4 + (size_t)adit_get_uint32(fake->request)) {
        const ssize_t got = recv(fd, at, sizeof fake->request - fake->request_len, 0);

        if (got <= 0)
            break;
        at += got;
        fake->request_len += (size_t)got;
    }
    for (size_t i = 0; i < fake->answer.len; i++)
        (void)!send(fd, fake->answer.data + i, 1, MSG_NOSIGNAL);
    if (fake->stays)
        (void)!read(fake->release[0], &go, 1);
    (void)close(fd);
    return NULL;
}

static void start(struct fake *fake, struct adit_span answer, bool stays)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    *fake = (struct fake){ .answer = answer, .stays = stays };
    (void)snprintf(fake->folder, sizeof fake->folder, "/tmp/adit-agent-XXXXXX");
    assert_non_null(mkdtemp(fake->folder));
    (void)snprintf(fake->path, sizeof fake->path, "%s/sock", fake->folder);
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", fake->path);
    fake->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fake->listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fake->listener, 1), 0);
    assert_int_equal(pipe(fake->release), 0);
    assert_int_equal(pthread_create(&fake->thread, NULL, serve, fake), 0);
}

static void end(struct fake *fake)
{
    assert_int_equal(write(fake->release[1], "", 1), 1);
    assert_int_equal(pthread_join(fake->thread, NULL), 0);
    (void)close(fake->release[0]);
    (void)close(fake->release[1]);
    (void)close(fake->listener);
    (void)unlink(fake->path);
    (void)rmdir(fake->folder);
}

static struct adit_interrupt interrupt;

static const struct adit_agent_call *call_of(const char *path, uint64_t timeout_ms)
{
    static struct adit_agent_call call;

    call = (struct adit_agent_call){ path, timeout_ms, &interrupt };
    return &call;
}

/* clang-format off */
#define ANSWER(literal) { (const uint8_t *)(literal), sizeof(literal) - 1 }

static const struct {
    const char *what;
    struct adit_span answer;
    bool stays;
    enum adit_err err;
} lists[] = {
    { "a list",        ANSWER("\0\0\0\x10" "\x0c" "\0\0\0\x01" "\0\0\0\x03" "key" "\0\0\0\0"), true, ADIT_OK },
    { "an empty list", ANSWER("\0\0\0\x05" "\x0c" "\0\0\0\0"),  false, ADIT_OK },
    { "a refusal",     ANSWER("\0\0\0\x01" "\x05"),             false, ADIT_ERR_REFUSED },
    { "another kind",  ANSWER("\0\0\0\x01" "\x06"),             false, ADIT_ERR_MALFORMED },
    { "no message",    ANSWER("\0\0\0\0"),                      false, ADIT_ERR_MALFORMED },
    { "too long",      ANSWER("\0\x04\0\x01" "\x0c"),           true,  ADIT_ERR_LIMIT },
    { "the longest",   ANSWER("\0\x04\0\0" "\x0c"),             false, ADIT_ERR_DISCONNECTED },
    { "endless",       ANSWER("\xff\xff\xff\xff" "\x0c"),       true,  ADIT_ERR_LIMIT },
    { "a piece",       ANSWER("\0\0\0\x05" "\x0c" "\0"),        false, ADIT_ERR_DISCONNECTED },
    { "half a length", ANSWER("\0\0"),                          false, ADIT_ERR_DISCONNECTED },
    { "nothing",       { NULL, 0 },                              false, ADIT_ERR_DISCONNECTED },
};
/* clang-format on */

static void answers_are_judged(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(lists); i++) {
        struct adit_buffer answer = adit_buffer_init(ADIT_AGENT_MESSAGE_MAX);
        struct fake fake;
        enum adit_err err;

        start(&fake, lists[i].answer, lists[i].stays);
        err = adit_agent_list(call_of(fake.path, PATIENCE_MS), &answer);
        end(&fake);
        if (err != lists[i].err)
            fail_msg("%s: %s", lists[i].what, adit_err_text(err));
        assert_int_equal(fake.request_len, 5);
        assert_memory_equal(fake.request, "\0\0\0\x01\x0b", 5);
        adit_buffer_clear(&answer);
    }
}

static void an_agent_that_says_nothing_more_is_not_waited_for(void **state)
{
    static const struct adit_span pieces[] = { { NULL, 0 },
                                               ANSWER("\0\0"),
                                               ANSWER("\0\0\0\x05\x0c") };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(pieces); i++) {
        struct adit_buffer answer = adit_buffer_init(ADIT_AGENT_MESSAGE_MAX);
        struct fake fake;

        start(&fake, pieces[i], true);
        assert_int_equal(adit_agent_list(call_of(fake.path, IMPATIENCE_MS), &answer),
                         ADIT_ERR_TIMEOUT);
        end(&fake);
        adit_buffer_clear(&answer);
    }
}

static void where_nobody_listens_is_no_agent(void **state)
{
    struct adit_buffer answer = adit_buffer_init(ADIT_AGENT_MESSAGE_MAX);
    char path[200];

    (void)state;
    memset(path, 'x', sizeof path);
    path[sizeof path - 1] = '\0';
    assert_int_equal(adit_agent_list(call_of("/tmp/adit-no-such-agent", PATIENCE_MS), &answer),
                     ADIT_ERR_NOT_FOUND);
    assert_int_equal(adit_agent_list(call_of("/dev/null", PATIENCE_MS), &answer),
                     ADIT_ERR_NOT_FOUND);
    assert_int_equal(adit_agent_list(call_of(path, PATIENCE_MS), &answer), ADIT_ERR_LIMIT);
}

static void a_signature_is_asked_for_by_its_algorithm(void **state)
{
    static const struct {
        const char *algorithm;
        uint8_t flags;
    } cases[] = {
        { "rsa-sha2-512", 4 },
        { "rsa-sha2-256", 2 },
        { "ssh-ed25519", 0 },
    };
    const struct adit_span good = ANSWER("\0\0\0\x08\x0e\0\0\0\x03sig");

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct adit_buffer signature = adit_buffer_init(64);
        struct fake fake;

        start(&fake, good, false);
        assert_int_equal(adit_agent_sign(call_of(fake.path, PATIENCE_MS), adit_span_text("key"),
                                         cases[i].algorithm, adit_span_text("data"), &signature),
                         ADIT_OK);
        end(&fake);
        assert_int_equal(signature.len, 3);
        assert_memory_equal(signature.data, "sig", 3);
        assert_int_equal(fake.request_len, 24);
        assert_memory_equal(fake.request,
                            "\0\0\0\x14\x0d\0\0\0\x03key\0\0\0\x04"
                            "data\0\0\0",
                            23);
        assert_int_equal(fake.request[23], cases[i].flags);
        adit_buffer_clear(&signature);
    }
}

static void a_refused_signature_is_none(void **state)
{
    static const struct {
        struct adit_span answer;
        enum adit_err err;
    } cases[] = {
        { ANSWER("\0\0\0\x01\x05"), ADIT_ERR_REFUSED },
        { ANSWER("\0\0\0\x05\x0c\0\0\0\0"), ADIT_ERR_MALFORMED },
        { ANSWER("\0\0\0\x4b\x0e\0\0\0\x46"
                 "0123456789012345678901234567890123456789012345678901234567890123456789"),
          ADIT_ERR_LIMIT },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct adit_buffer signature = adit_buffer_init(64);
        struct fake fake;

        start(&fake, cases[i].answer, false);
        assert_int_equal(adit_agent_sign(call_of(fake.path, PATIENCE_MS), adit_span_text("key"),
                                         "ssh-ed25519", adit_span_text("data"), &signature),
                         cases[i].err);
        end(&fake);
        assert_int_equal(signature.len, 0);
        adit_buffer_clear(&signature);
    }
}

static void a_key_is_given_when_the_agent_says_so(void **state)
{
    static const struct {
        struct adit_span answer;
        enum adit_err err;
    } cases[] = {
        { ANSWER("\0\0\0\x01\x06"), ADIT_OK },
        { ANSWER("\0\0\0\x01\x05"), ADIT_ERR_REFUSED },
        { ANSWER("\0\0\0\x01\x0c"), ADIT_ERR_MALFORMED },
        { ANSWER("\0\0\0\x02\x06x"), ADIT_ERR_MALFORMED },
        { ANSWER("\0\0\0\0"), ADIT_ERR_MALFORMED },
        { ANSWER("\0\0"), ADIT_ERR_DISCONNECTED },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct fake fake;

        start(&fake, cases[i].answer, false);
        assert_int_equal(
            adit_agent_give(call_of(fake.path, PATIENCE_MS), adit_span_text("key"), 5, true),
            cases[i].err);
        end(&fake);
        assert_int_equal(fake.request_len, 14);
        assert_memory_equal(fake.request, "\0\0\0\x0a\x19key\x01\0\0\0\x05\x02", 14);
    }
}

/* ---- interrupted ---- */

struct asking {
    struct fake fake;
    unsigned which; /* of the three calls */
    enum adit_err err;
};

static void *ask(void *arg)
{
    struct asking *asking = arg;
    const struct adit_agent_call call = { asking->fake.path, UINT32_MAX, &interrupt };
    struct adit_buffer answer = adit_buffer_init(ADIT_AGENT_MESSAGE_MAX);

    if (asking->which == 0)
        asking->err = adit_agent_list(&call, &answer);
    else if (asking->which == 1)
        asking->err = adit_agent_sign(&call, adit_span_text("key"), "ssh-ed25519",
                                      adit_span_text("data"), &answer);
    else
        asking->err = adit_agent_give(&call, adit_span_text("key"), 0, false);
    adit_buffer_clear(&answer);
    return NULL;
}

/* Were it not, this would wait for weeks. */
static void a_call_that_nobody_answers_ends_when_it_is_interrupted(void **state)
{
    (void)state;
    for (unsigned which = 0; which < 3; which++) {
        struct asking asking = { .which = which };
        pthread_t thread;
        bool waits = false;

        start(&asking.fake, (struct adit_span){ NULL, 0 }, true);
        assert_int_equal(pthread_create(&thread, NULL, ask, &asking), 0);
        while (!waits) {
            (void)sched_yield();
            (void)pthread_mutex_lock(&interrupt.lock);
            waits = interrupt.fd >= 0;
            (void)pthread_mutex_unlock(&interrupt.lock);
        }
        adit_interrupt_fire(&interrupt);
        assert_int_equal(pthread_join(thread, NULL), 0);
        assert_int_equal(asking.err, ADIT_ERR_DISCONNECTED);
        assert_int_equal(interrupt.fd, -1);
        end(&asking.fake);
        adit_interrupt_arm(&interrupt);
    }
}

static void after_it_none_begins_until_it_is_armed(void **state)
{
    struct adit_buffer answer = adit_buffer_init(ADIT_AGENT_MESSAGE_MAX);
    struct fake fake;

    (void)state;
    start(&fake, lists[0].answer, false);
    adit_interrupt_fire(&interrupt);
    assert_true(adit_interrupt_is_fired(&interrupt));
    assert_int_equal(adit_agent_list(call_of(fake.path, PATIENCE_MS), &answer),
                     ADIT_ERR_DISCONNECTED);
    end(&fake);
    assert_int_equal(fake.request_len, 0);
    adit_interrupt_arm(&interrupt);
    start(&fake, lists[0].answer, false);
    assert_int_equal(adit_agent_list(call_of(fake.path, PATIENCE_MS), &answer), ADIT_OK);
    end(&fake);
    adit_buffer_clear(&answer);
}

static int set_up(void **state)
{
    (void)state;
    adit_interrupt_init(&interrupt);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    adit_interrupt_clear(&interrupt);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_is_given_when_the_agent_says_so),
        cmocka_unit_test(answers_are_judged),
        cmocka_unit_test(an_agent_that_says_nothing_more_is_not_waited_for),
        cmocka_unit_test(where_nobody_listens_is_no_agent),
        cmocka_unit_test(a_signature_is_asked_for_by_its_algorithm),
        cmocka_unit_test(a_refused_signature_is_none),
        cmocka_unit_test(a_call_that_nobody_answers_ends_when_it_is_interrupted),
        cmocka_unit_test(after_it_none_begins_until_it_is_armed),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
