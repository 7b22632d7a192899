/* SPDX-License-Identifier: BSD-2-Clause */
#include "log_sink.h"

#include "exact.h"

static void a_word_of_the_peer_cannot_pass_for_more_than_a_word(void **state)
{
    static const struct {
        const char *text;
        const char *word;
    } cases[] = {
        { "tunnel", "tunnel" },
        { "a.b-c_d@e", "a.b-c_d@e" },
        { "", "\"\"" },
        { "a b", "\"a b\"" },
        { "x key=SHA256:y", "\"x key=SHA256:y\"" },
        { "say \"hi\"", "\"say \\\"hi\\\"\"" },
        { "a\nlogin user=root", "\"a\\x0alogin user=root\"" },
        { "a\\", "\"a\\x5c\"" },
        { "\033[2J", "\"\\x1b[2J\"" },
    };
    char out[64];

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++)
        assert_string_equal(adit_log_word(adit_span_text(cases[i].text), out, sizeof out),
                            cases[i].word);
}

static void what_does_not_fit_is_cut_inside_its_quotes(void **state)
{
    static const char text[] = "\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"";

    (void)state;
    for (size_t size = 4; size < 40; size++) {
        char *out = malloc(size);
        size_t len;

        assert_non_null(out);
        (void)adit_log_quoted(adit_span_text(text), out, size);
        len = strlen(out);
        assert_true(len >= 2 && len < size);
        assert_int_equal(out[0], '"');
        assert_int_equal(out[len - 1], '"');
        assert_int_equal(len % 2, 0); /* no escape is torn apart */
        free(out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_word_of_the_peer_cannot_pass_for_more_than_a_word),
        cmocka_unit_test(what_does_not_fit_is_cut_inside_its_quotes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
