/* SPDX-License-Identifier: BSD-2-Clause */
#include "adit/key.h"
#include "net/link.h"
#include "transport/buffers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { MARK = 0xee };

struct world {
    struct adit_loop *loop;
    struct adit_link *link;
    bool was_touched;
};

static uint8_t *shared_area(const struct world *w)
{
    return adit_loop_buffers(w->loop)->input;
}

static void on_next_turn(void *arg)
{
    struct world *w = arg;

    for (size_t i = 0; i < ADIT_INPUT_SIZE; i++)
        w->was_touched = w->was_touched || shared_area(w)[i] != MARK;
    adit_link_close(w->link, "done");
}

/* Another session's data lies where all of them read. */
static void mark_area(void *arg)
{
    struct world *w = arg;

    memset(shared_area(w), MARK, ADIT_INPUT_SIZE);
    adit_link_wake(w->link);
    assert_int_equal(adit_loop_post(w->loop, on_next_turn, w), ADIT_OK);
}

static void on_event(void *owner, struct adit_link *link, const struct adit_event *event)
{
    struct world *w = owner;

    (void)link;
    if (event->type == ADIT_EVENT_IDENTIFIED)
        assert_int_equal(adit_loop_post(w->loop, mark_area, w), ADIT_OK);
}

static void on_ended(void *owner, struct adit_link *link, enum adit_err err, const char *text)
{
    (void)link;
    (void)text;
    assert_int_equal(err, ADIT_OK);
    adit_loop_stop(((struct world *)owner)->loop);
}

/* Only a read puts bytes where all sessions read; the part of a packet that came stays elsewhere. */
static void a_turn_without_a_read_leaves_the_shared_area_alone(void **state)
{
    static const struct adit_link_owner owner = { on_event, on_ended };
    static const char bytes[] = "SSH-2.0-x\r\n\0\0"; /* and half a length */
    struct world w = { .was_touched = false };
    struct adit_key *key;
    int fds[2];

    (void)state;
    assert_int_equal(adit_key_generate(ADIT_KEY_ED25519, 0, "", &key), ADIT_OK);
    assert_int_equal(adit_loop_new(&w.loop), ADIT_OK);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    assert_int_equal(write(fds[1], bytes, sizeof bytes - 1), sizeof bytes - 1);
    assert_int_equal(adit_link_new(w.loop, fds[0], fds[0],
                                   &(struct adit_session_settings){
                                       .role = ADIT_SERVER,
                                       .host_keys = (const struct adit_key *[]){ key },
                                       .host_key_count = 1 },
                                   &owner, &w, &w.link),
                     ADIT_OK);
    adit_loop_run(w.loop);
    assert_false(w.was_touched);
    adit_loop_free(w.loop);
    adit_key_free(key);
    (void)close(fds[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_turn_without_a_read_leaves_the_shared_area_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
