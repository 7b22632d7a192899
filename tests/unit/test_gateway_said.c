/* SPDX-License-Identifier: BSD-2-Clause */
#include "tunnel/gateway_said.h"

#include "base/span.h"
#include "exact.h"
#include "tunnel/forward.h"
#include "tunnel/tunnel.h"

#include <stdio.h>

static char heard[64][400]; /* "LEVEL TEXT", the latest ones */
static unsigned heard_count;

static void hear(void *user, int level, const char *line)
{
    (void)user;
    (void)snprintf(heard[heard_count++ % ADIT_ARRAY_LEN(heard)], sizeof heard[0], "%d %s", level,
                   line);
}

struct world {
    struct adit_tunnel tunnel;
    struct adit_forward local;
    struct adit_forward remote;
};

static void world_init(struct world *w)
{
    const struct adit_tunnel_settings settings = { .log = hear, .log_level = ADIT_SAY_DEBUG1 };

    *w = (struct world){ .local.state = ADIT_FORWARD_ASKED };
    adit_user_init(&w->tunnel.user, &settings);
    adit_list_init(&w->tunnel.forwards);
    adit_list_append(&w->tunnel.forwards, &w->local.node);
    adit_list_append(&w->tunnel.forwards, &w->remote.node);
    w->remote.is_remote = true;
    w->remote.state = ADIT_FORWARD_LISTENING;
    heard_count = 0;
}

static void gateway_says(struct world *w, bool always_display, const char *text)
{
    const struct adit_span exact = exact_copy(text, strlen(text));
    const struct adit_event event = {
        .type = ADIT_EVENT_DEBUG,
        .text = exact,
        .always_display = always_display,
    };

    adit_gateway_said(&w->tunnel, &event);
    exact_free(exact);
}

static void words_that_answer_nothing_are_shown_or_logged(void **state)
{
    struct world w;

    (void)state;
    world_init(&w);
    gateway_says(&w, true, "maintenance\n\x1b[31mtonight");
    gateway_says(&w, false, "key options");
    assert_int_equal(heard_count, 2);
    assert_string_equal(heard[0], "1 gateway says: maintenance\\x0a\\x1b[31mtonight");
    assert_string_equal(heard[1], "2 gateway says: key options");
    assert_string_equal(w.tunnel.attempt.said.reason, "");
    adit_user_clear(&w.tunnel.user);
}

static void words_before_a_refusal_are_its_reason_and_of_no_other(void **state)
{
    struct world w;

    (void)state;
    world_init(&w);
    w.remote.state = ADIT_FORWARD_ASKED;
    gateway_says(&w, true, "add a line");
    gateway_says(&w, false, "key options");
    assert_string_equal(w.tunnel.attempt.said.reason, "add a line");
    assert_int_equal(heard_count, 1);
    adit_gateway_said_answered(&w.tunnel, false);
    assert_string_equal(w.tunnel.attempt.said.reason, "");
    assert_int_equal(heard_count, 1);

    /* What it says with a yes, or before something else, was no reason. */
    gateway_says(&w, true, "welcome");
    gateway_says(&w, true, "be quick");
    assert_string_equal(heard[1], "1 gateway says: welcome");
    adit_gateway_said_answered(&w.tunnel, true);
    assert_string_equal(heard[2], "1 gateway says: be quick");
    assert_string_equal(w.tunnel.attempt.said.reason, "");
    assert_int_equal(heard_count, 3);
    adit_user_clear(&w.tunnel.user);
}

static void a_gateway_cannot_fill_the_users_screen(void **state)
{
    char text[5000];
    struct world w;
    unsigned shown = 0;

    (void)state;
    world_init(&w);
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    for (unsigned i = 0; i < 1000; i++) {
        gateway_says(&w, true, text);
        assert_true(strlen(heard[i % ADIT_ARRAY_LEN(heard)]) < 2 + 16 + ADIT_SAID_SIZE);
        shown += heard[i % ADIT_ARRAY_LEN(heard)][0] == '1';
    }
    assert_int_equal(shown, 100);
    assert_int_equal(heard_count, 1000);
    adit_user_clear(&w.tunnel.user);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_that_answer_nothing_are_shown_or_logged),
        cmocka_unit_test(words_before_a_refusal_are_its_reason_and_of_no_other),
        cmocka_unit_test(a_gateway_cannot_fill_the_users_screen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
