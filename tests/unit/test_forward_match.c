/* SPDX-License-Identifier: BSD-2-Clause */
#include "tunnel/forward.h"

#include "base/span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static char loopback[] = "localhost";
static char loopback_number[] = "127.0.0.1";
static char all[] = "";
static char one[] = "192.0.2.7";

/* C6, F3: by number, an index into `forwards` below; -1: refused. */
static void a_connection_goes_to_the_forward_that_was_asked_for(void **state)
{
    struct adit_forward forwards[] = {
        { .is_remote = true, .state = ADIT_FORWARD_LISTENING, .bind = loopback, .port = 1 },
        { .is_remote = true, .state = ADIT_FORWARD_LISTENING, .bind = loopback_number, .port = 1 },
        { .is_remote = true, .state = ADIT_FORWARD_LISTENING, .bind = all, .port = 2 },
        { .is_remote = true, .state = ADIT_FORWARD_LISTENING, .bind = one, .port = 3 },
        { .is_remote = true, .state = ADIT_FORWARD_CANCELLING, .bind = loopback, .port = 4 },
        { .is_remote = true, .state = ADIT_FORWARD_ASKED, .bind = loopback, .port = 5 },
        { .is_remote = false, .state = ADIT_FORWARD_LISTENING, .bind = loopback, .port = 6 },
        { .is_remote = true, .state = ADIT_FORWARD_OVER, .bind = loopback, .port = 7 },
    };
    static const struct {
        const char *address;
        uint16_t port;
        int forward;
    } cases[] = {
        { "localhost", 1, 0 },  { "127.0.0.1", 1, 1 },  { "::1", 1, 1 },
        { "", 1, -1 },          { "", 2, 2 },           { "0.0.0.0", 2, 2 },
        { "::", 2, 2 },         { "*", 2, 2 },          { "localhost", 2, -1 },
        { "192.0.2.7", 3, 3 },  { "192.0.2.8", 3, -1 }, { "", 3, -1 },
        { "localhost", 4, -1 }, { "localhost", 5, -1 }, { "localhost", 6, -1 },
        { "localhost", 7, -1 }, { "localhost", 8, -1 },
    };
    struct adit_list list;

    (void)state;
    adit_list_init(&list);
    for (size_t i = 0; i < ADIT_ARRAY_LEN(forwards); i++)
        adit_list_append(&list, &forwards[i].node);
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        const struct adit_forward *found =
            adit_forward_find(&list, adit_span_text(cases[i].address), cases[i].port);

        if (found != (cases[i].forward < 0 ? NULL : &forwards[cases[i].forward]))
            fail_msg("%s port %u", cases[i].address, cases[i].port);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_connection_goes_to_the_forward_that_was_asked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
