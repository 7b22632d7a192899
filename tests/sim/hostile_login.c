/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/hostile_login.h"

#include "base/span.h"
#include "wire/auth_messages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void note_request(struct side *side, const struct adit_event *event)
{
    struct judged *judged = side->pair->settings.user_data;

    if (event->type != ADIT_EVENT_AUTH_REQUEST)
        return;
    judged->count++;
    judged->method = event->auth_request.method;
    judged->blob_len = event->auth_request.key_blob.len;
    assert_true(judged->blob_len <= sizeof judged->blob);
    if (judged->blob_len)
        memcpy(judged->blob, event->auth_request.key_blob.data, judged->blob_len);
}

struct pair *hostile_pair_at_the_login(struct pair_settings *settings, struct judged *judged)
{
    struct pair *pair;
    uint8_t numbers[8];

    *judged = (struct judged){ 0 };
    settings->on_event = note_request;
    settings->user_data = judged;
    pair = pair_new(settings);
    hostile_let_speak(pair, &pair->client); /* the first message of the exchange */
    hostile_let_speak(pair, &pair->server); /* the reply, and NEWKEYS */
    hostile_let_speak(pair, &pair->client); /* NEWKEYS, SERVICE_REQUEST, "none" */
    hostile_let_speak(pair, &pair->server);
    assert_int_equal(hostile_numbers(&pair->client, numbers, sizeof numbers), 2);
    assert_int_equal(numbers[0], SSH_MSG_SERVICE_ACCEPT);
    assert_int_equal(numbers[1], SSH_MSG_USERAUTH_FAILURE);
    return pair;
}

struct pair *hostile_default_pair_at_the_login(struct judged *judged)
{
    struct pair_settings settings;

    pair_settings_init(&settings);
    return hostile_pair_at_the_login(&settings, judged);
}

void hostile_request(struct pair *pair, const struct login_request *request,
                     struct adit_span method_data)
{
    const struct adit_msg_userauth_request msg = { adit_span_text(request->user),
                                                   adit_span_text(request->service),
                                                   adit_span_text(request->method), method_data };
    struct adit_writer w = hostile_message(&pair->client);

    adit_write_userauth_request(&w, &msg);
    hostile_send_written(&pair->client, &w);
    pair_run(pair);
}

uint8_t hostile_answer(struct pair *pair, const struct login_request *request,
                       struct adit_span method_data)
{
    uint8_t numbers[4] = { 0 };

    hostile_request(pair, request, method_data);
    assert_true(hostile_numbers(&pair->client, numbers, sizeof numbers) <= 1);
    return numbers[0];
}
