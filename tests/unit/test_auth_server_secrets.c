/* SPDX-License-Identifier: BSD-2-Clause */
/* What is left of a password in the input, which the next session reads into. */
#include "auth/auth_server.h"

#include "one_end.h"

/* Whatever it is refused for. */
static void a_password_that_nobody_is_asked_about_is_wiped(void **state)
{
    static const char other_service[] = "\x32\x00\x00\x00\x04user\x00\x00\x00\x0essh-connectioX"
                                        "\x00\x00\x00\x08password\x00\x00\x00\x00\x06secret";
    static const char other_user[] = "\x32\x00\x00\x00\x04usex\x00\x00\x00\x0essh-connection"
                                     "\x00\x00\x00\x08password\x00\x00\x00\x00\x06secret";
    static const char good[] = "\x32\x00\x00\x00\x04user\x00\x00\x00\x0essh-connection"
                               "\x00\x00\x00\x08password\x00\x00\x00\x00\x06secret";
    static const char broken[] = "\x32\x00\x00\x00\x04user\x00\x00\x00\x0essh-connection"
                                 "\x00\x00\x00\xffpassword\x00\x00\x00\x00\x06secret";
    static const struct {
        const char *request;
        unsigned requests; /* before it */
        bool not_offered;
        bool authenticated;
        bool asked;
    } cases[] = {
        { .request = good, .asked = true },
        { .request = good, .not_offered = true },
        { .request = good, .requests = 1000 },
        { .request = good, .authenticated = true },
        { .request = other_service },
        { .request = other_user },
        { .request = broken },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        const struct adit_span copy = exact_copy(cases[i].request, sizeof good - 1);
        struct one_end end;
        struct adit_auth_server server = {
            .transport = &end.transport,
            .tries_max = 6,
            .methods.offered[ADIT_METHOD_PASSWORD] = !cases[i].not_offered,
            .requests = cases[i].requests,
            .authenticated = cases[i].authenticated,
            .user = (uint8_t *)adit_text_copy(adit_span_text("user")),
            .user_len = 4,
        };

        one_end_init(&end, ADIT_SERVER, &protections[1]);
        (void)!adit_auth_server_handle_request(&server, copy);
        assert_int_equal(server.pending, cases[i].asked);
        if ((memmem(copy.data, copy.len, "secret", 6) != NULL) != cases[i].asked)
            fail_msg("case %zu", i);
        adit_auth_server_clear(&server);
        one_end_clear(&end);
        exact_free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_password_that_nobody_is_asked_about_is_wiped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
