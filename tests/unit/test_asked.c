/* SPDX-License-Identifier: BSD-2-Clause */
#include "asked.h"

#include "exact.h"
#include "forward.h"

enum { LONG = 256 * 1024 };

struct answered {
    bool cancel;
    uint16_t port;
    size_t len;
    bool is_as_asked; /* every byte of the address */
};

/* What asked.c hands on, and to whom, in the place of the gateway's own. */
static struct answered answered[16];
static size_t answered_count;
static bool waits; /* requests to listen do */

static void note(const struct adit_forward_event *request, bool cancel)
{
    struct answered *a = &answered[answered_count++];

    assert_true(answered_count <= ADIT_ARRAY_LEN(answered));
    *a = (struct answered){ cancel, request->port, request->address.len, true };
    for (size_t i = 0; i < a->len; i++)
        a->is_as_asked = a->is_as_asked && request->address.data[i] == 'a';
}

bool adit_forward_listen(struct adit_client *client, const struct adit_forward_event *request)
{
    (void)client;
    if (!waits)
        note(request, false);
    return !waits;
}

void adit_forward_cancel(struct adit_client *client, const struct adit_forward_event *request)
{
    (void)client;
    note(request, true);
}

void adit_client_end(struct adit_client *client, const char *text)
{
    (void)client;
    fail_msg("%s", text);
}

/* The address is gone when the event is over. */
static void ask(struct adit_client *client, uint16_t port, size_t len, bool cancel)
{
    char *text = test_malloc(len + 1);
    struct adit_forward_event request = { .port = port };

    memset(text, 'a', len);
    request.address = len ? exact_copy(text, len) : ADIT_SPAN_EMPTY;
    adit_asked(client, &request, cancel);
    exact_free(request.address);
    test_free(text);
}

static void client_init(struct adit_client *client)
{
    *client = (struct adit_client){ 0 };
    adit_list_init(&client->asked);
    answered_count = 0;
}

static void who_waits_keeps_those_behind_it_waiting_in_their_order(void **state)
{
    struct adit_client client;

    (void)state;
    client_init(&client);
    waits = false;
    ask(&client, 1, 9, false);
    assert_int_equal(answered_count, 1);
    waits = true;
    ask(&client, 2, 9, false);
    ask(&client, 3, 9, true);
    ask(&client, 4, 0, false);
    ask(&client, 5, 9, true);
    assert_int_equal(answered_count, 1);
    adit_asked_go_on(&client);
    assert_int_equal(answered_count, 1); /* for another one now */
    waits = false;
    adit_asked_go_on(&client);
    assert_int_equal(answered_count, 5);
    for (size_t i = 0; i < answered_count; i++) {
        assert_int_equal(answered[i].port, i + 1);
        assert_int_equal(answered[i].cancel, i == 2 || i == 4);
        assert_true(answered[i].is_as_asked);
    }
    assert_true(adit_list_is_empty(&client.asked));
    ask(&client, 6, 9, true);
    assert_int_equal(answered_count, 6);
}

/* It is refused for its length, and that is all that is remembered of it. */
static void of_an_address_that_is_too_long_no_more_is_kept_than_shows_it(void **state)
{
    static const size_t lengths[] = { 1, ADIT_FORWARD_ADDRESS_SIZE - 1, ADIT_FORWARD_ADDRESS_SIZE,
                                      ADIT_FORWARD_ADDRESS_SIZE + 1, LONG };
    struct adit_client client;

    (void)state;
    client_init(&client);
    waits = true;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(lengths); i++)
        ask(&client, (uint16_t)i, lengths[i], i % 2);
    waits = false;
    adit_asked_go_on(&client);
    assert_int_equal(answered_count, ADIT_ARRAY_LEN(lengths));
    for (size_t i = 0; i < answered_count; i++) {
        assert_int_equal(answered[i].port, i);
        assert_int_equal(answered[i].len, lengths[i] < ADIT_FORWARD_ADDRESS_SIZE
                                              ? lengths[i]
                                              : ADIT_FORWARD_ADDRESS_SIZE);
        assert_true(answered[i].is_as_asked);
    }
}

static void nobody_waits_for_a_client_that_goes(void **state)
{
    struct adit_client client;

    (void)state;
    client_init(&client);
    waits = true;
    ask(&client, 1, 9, false);
    ask(&client, 2, 9, true);
    adit_asked_forget(&client);
    waits = false;
    adit_asked_go_on(&client);
    assert_int_equal(answered_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_waits_keeps_those_behind_it_waiting_in_their_order),
        cmocka_unit_test(of_an_address_that_is_too_long_no_more_is_kept_than_shows_it),
        cmocka_unit_test(nobody_waits_for_a_client_that_goes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
