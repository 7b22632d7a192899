/* SPDX-License-Identifier: BSD-2-Clause */
/* hostkeys-00@openssh.com and its proofs (F7): a server and a client over the same session id. */
#include "connection/connection.h"

#include "one_end.h"
#include "wire/host_key_messages.h"

enum { KEYS = 3 };

struct world {
    struct one_end server_end;
    struct one_end client_end;
    struct adit_connection server;
    struct adit_connection client;
    struct adit_key *keys[KEYS];
    const struct adit_key *host_keys[KEYS];
};

static void world_init(struct world *w)
{
    static const enum adit_key_type types[KEYS] = { ADIT_KEY_ED25519, ADIT_KEY_RSA,
                                                    ADIT_KEY_ECDSA_P256 };

    memset(w, 0, sizeof *w);
    one_end_init(&w->server_end, ADIT_SERVER, &protections[1]);
    one_end_init(&w->client_end, ADIT_CLIENT, &protections[1]);
    adit_connection_init(&w->server, &w->server_end.transport);
    adit_connection_init(&w->client, &w->client_end.transport);
    for (size_t i = 0; i < KEYS; i++) {
        assert_int_equal(
            adit_key_generate(types[i], types[i] == ADIT_KEY_RSA ? 2048 : 0, "", &w->keys[i]),
            ADIT_OK);
        w->host_keys[i] = w->keys[i];
    }
    w->server.host_keys_told = true;
    w->server_end.transport.host_keys = w->host_keys;
    w->server_end.transport.host_key_count = KEYS;
}

static void world_clear(struct world *w)
{
    for (size_t i = 0; i < KEYS; i++)
        adit_key_free(w->keys[i]);
    adit_connection_clear(&w->server);
    adit_connection_clear(&w->client);
    one_end_clear(&w->server_end);
    one_end_clear(&w->client_end);
}

/* Hands on what one of them has sent. */
static void to_client(struct world *w)
{
    const struct adit_span sent = one_end_sent(&w->server_end);
    const struct adit_span copy = exact_copy(sent.data, sent.len);

    assert_int_equal(copy.data[0] == SSH_MSG_GLOBAL_REQUEST
                         ? adit_connection_handle_global_request(&w->client, copy)
                         : adit_connection_handle_reply(&w->client, copy),
                     ADIT_OK);
    exact_free(copy);
}

static void to_server(struct world *w)
{
    const struct adit_span sent = one_end_sent(&w->client_end);
    const struct adit_span copy = exact_copy(sent.data, sent.len);

    assert_int_equal(adit_connection_handle_global_request(&w->server, copy), ADIT_OK);
    exact_free(copy);
}

static struct adit_event told(struct world *w, enum adit_event_type type)
{
    struct adit_event event;

    assert_true(adit_events_take(&w->client_end.events, &event));
    assert_int_equal(event.type, type);
    return event;
}

/* The client asks about the keys at these places, and is told whether they are proved. */
static bool prove(struct world *w, const size_t *places, size_t count)
{
    struct adit_span blobs[ADIT_HOST_KEY_LIST_MAX];
    struct adit_event event;

    for (size_t i = 0; i < count; i++)
        blobs[i] = adit_key_blob(w->keys[places[i]]);
    assert_int_equal(adit_connection_ask_proofs(&w->client, blobs, count), ADIT_OK);
    to_server(w);
    to_client(w);
    event = told(w, ADIT_EVENT_HOST_KEYS_PROVED);
    return event.host_keys.proved;
}

static void the_server_tells_of_all_its_keys(void **state)
{
    struct world w;
    struct adit_span blobs;
    struct adit_span blob;
    struct adit_span sent;

    (void)state;
    world_init(&w);
    assert_int_equal(adit_connection_send_host_keys(&w.server), ADIT_OK);
    sent = one_end_sent(&w.server_end);
    assert_int_equal(adit_connection_handle_global_request(&w.client, sent), ADIT_OK);
    blobs = told(&w, ADIT_EVENT_HOST_KEYS).host_keys.blobs;
    for (size_t i = 0; i < KEYS; i++) {
        assert_true(adit_host_key_next(&blobs, &blob));
        assert_true(adit_span_equal(blob, adit_key_blob(w.keys[i])));
    }
    assert_false(adit_host_key_next(&blobs, &blob));
    assert_nothing_sent(&w.client_end);
    world_clear(&w);
}

static void keys_are_proved(void **state)
{
    static const size_t all[] = { 2, 0, 1 };
    struct world w;

    (void)state;
    world_init(&w);
    assert_true(prove(&w, all, 3));
    assert_true(prove(&w, &all[2], 1));
    world_clear(&w);
}

/* What the exchange was about decides with what an RSA key signs, at both ends. */
static void an_rsa_key_signs_as_was_agreed(void **state)
{
    static const size_t rsa[] = { 1 };
    const struct adit_signature_algorithm *short_one =
        adit_signature_find(adit_span_text("rsa-sha2-256"));
    const struct adit_signature_algorithm *long_one =
        adit_signature_find(adit_span_text("rsa-sha2-512"));
    struct world w;

    (void)state;
    world_init(&w);
    w.server_end.transport.kex.chosen.host_key = short_one;
    w.client_end.transport.kex.chosen.host_key = short_one;
    assert_true(prove(&w, rsa, 1));
    w.client_end.transport.kex.chosen.host_key = long_one;
    assert_false(prove(&w, rsa, 1));
    w.client_end.transport.kex.chosen.host_key = NULL;
    assert_true(prove(&w, rsa, 1));
    w.server_end.transport.kex.chosen.host_key =
        adit_signature_find(adit_span_text("rsa-sha2-256-cert-v01@openssh.com"));
    w.client_end.transport.kex.chosen.host_key = short_one;
    assert_true(prove(&w, rsa, 1));
    world_clear(&w);
}

static void a_proof_for_another_session_is_none(void **state)
{
    static const size_t place[] = { 0 };
    struct world w;

    (void)state;
    world_init(&w);
    w.server_end.transport.kex.session_id[0] ^= 1;
    assert_false(prove(&w, place, 1));
    world_clear(&w);
}

static void the_server_signs_only_its_own_keys_and_each_once(void **state)
{
    static const size_t twice[] = { 0, 2, 0 };
    static const size_t two[] = { 0, 2 };
    static const size_t first[] = { 0 };
    struct world w;

    (void)state;
    world_init(&w);
    assert_false(prove(&w, twice, 3));
    w.server_end.transport.host_key_count = 2; /* the third is not its own */
    assert_false(prove(&w, two, 2));
    assert_true(prove(&w, first, 1));
    w.server.host_keys_told = false;
    assert_false(prove(&w, first, 1));
    world_clear(&w);
}

static void a_session_gets_so_many_signatures_and_no_more(void **state)
{
    static const size_t two[] = { 0, 2 };
    struct world w;

    (void)state;
    world_init(&w);
    for (size_t i = 0; i < ADIT_HOST_KEY_LIST_MAX; i++)
        assert_true(prove(&w, two, 2));
    assert_false(prove(&w, two, 1));
    world_clear(&w);
}

/* No signature, one too few, one too many, and those of two keys swapped. */
static void signatures_that_do_not_fit_prove_nothing(void **state)
{
    struct world w;
    struct adit_span blobs[2];
    struct adit_span proofs[2];
    struct adit_buffer good = { 0 };
    struct adit_host_key_list list;

    (void)state;
    world_init(&w);
    for (size_t cut = 0; cut < 6; cut++) {
        struct adit_buffer reply = adit_buffer_init(4096);
        struct adit_writer writer = adit_writer_init(&reply);

        for (size_t i = 0; i < 2; i++)
            blobs[i] = adit_key_blob(w.keys[2 * i]);
        assert_int_equal(adit_connection_ask_proofs(&w.client, blobs, 2), ADIT_OK);
        {
            const struct adit_span sent = one_end_sent(&w.client_end);
            struct adit_msg_global_request request;

            assert_int_equal(adit_parse_global_request(sent, &request), ADIT_OK);
            assert_span_is(request.request_name, "hostkeys-prove-00@openssh.com");
            assert_int_equal(adit_connection_prove_host_keys(&w.server, request.data, &good),
                             ADIT_OK);
        }
        assert_int_equal(adit_parse_host_key_list(adit_buffer_span(&good), &list), ADIT_OK);
        proofs[0] = list.items[0];
        proofs[1] = list.items[1];
        adit_write_byte(&writer, SSH_MSG_REQUEST_SUCCESS);
        for (size_t i = 0; i < (cut == 0 ? 0 : cut == 1 ? 1 : 2); i++)
            adit_write_string(&writer, proofs[cut == 3 ? 1 - i : i]);
        if (cut == 2)
            adit_write_string(&writer, proofs[0]);
        if (cut == 4)
            reply.data[reply.len - 1] ^= 1; /* in the last signature */
        assert_int_equal(adit_connection_handle_reply(&w.client, adit_buffer_span(&reply)),
                         ADIT_OK);
        assert_int_equal(told(&w, ADIT_EVENT_HOST_KEYS_PROVED).host_keys.proved, cut == 5);
        adit_buffer_clear(&reply);
        adit_buffer_clear(&good);
    }
    world_clear(&w);
}

static void a_list_that_is_malformed_is_told_to_nobody(void **state)
{
    static const char header[] = "\x50\0\0\0\x17hostkeys-00@openssh.com";
    struct world w;

    (void)state;
    world_init(&w);
    for (size_t extra = 0; extra < 8; extra++) {
        static const char data[] = "\0\0\0\1x\0\0\0";
        uint8_t message[64];
        struct adit_span copy;

        memcpy(message, header, sizeof header - 1);
        message[sizeof header - 1] = 0;
        memcpy(message + sizeof header, data, extra);
        copy = exact_copy(message, sizeof header + extra);
        assert_int_equal(adit_connection_handle_global_request(&w.client, copy), ADIT_OK);
        if (extra == 5)
            (void)told(&w, ADIT_EVENT_HOST_KEYS);
        assert_nothing_told(&w.client_end);
        exact_free(copy);
    }
    world_clear(&w);
}

static void none_or_too_many_cannot_be_asked_for(void **state)
{
    struct adit_span blobs[ADIT_HOST_KEY_LIST_MAX + 1];
    struct world w;

    (void)state;
    world_init(&w);
    for (size_t i = 0; i <= ADIT_HOST_KEY_LIST_MAX; i++)
        blobs[i] = adit_key_blob(w.keys[0]);
    assert_int_equal(adit_connection_ask_proofs(&w.client, blobs, 0), ADIT_ERR_USAGE);
    assert_int_equal(adit_connection_ask_proofs(&w.client, blobs, ADIT_HOST_KEY_LIST_MAX + 1),
                     ADIT_ERR_USAGE);
    assert_nothing_sent(&w.client_end);
    world_clear(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_server_tells_of_all_its_keys),
        cmocka_unit_test(keys_are_proved),
        cmocka_unit_test(an_rsa_key_signs_as_was_agreed),
        cmocka_unit_test(a_proof_for_another_session_is_none),
        cmocka_unit_test(the_server_signs_only_its_own_keys_and_each_once),
        cmocka_unit_test(a_session_gets_so_many_signatures_and_no_more),
        cmocka_unit_test(signatures_that_do_not_fit_prove_nothing),
        cmocka_unit_test(a_list_that_is_malformed_is_told_to_nobody),
        cmocka_unit_test(none_or_too_many_cannot_be_asked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
