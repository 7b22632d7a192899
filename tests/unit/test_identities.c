/* SPDX-License-Identifier: BSD-2-Clause */
/* The keys of a login, with an agent that answers what it likes. */
#include "tunnel/identities.h"

#include "base/memory.h"
#include "base/span.h"
#include "tunnel/agent.h"
#include "wire/agent_messages.h"
#include "wire/writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { PATIENCE_MS = 5000, REQUEST_LEN = 5 };

/* Its authority and its key are kept nowhere. */
static const char certificate[] =
    "ssh-ed25519-cert-v01@openssh.com "
    "AAAAIHNzaC1lZDI1NTE5LWNlcnQtdjAxQG9wZW5zc2guY29tAAAAIPrbvBrhBhLF6Bop6YY1JOdXo256/vwY"
    "qwth6MZ9d6AHAAAAIE67nMb6NWPJa6sWe7INCfX4SJRcrrjRysqJX6YoI52LAAAAAAAAAAAAAAABAAAAAmlk"
    "AAAACgAAAAZ0dW5uZWwAAAAAAAAAAP//////////AAAAAAAAAIIAAAAVcGVybWl0LVgxMS1mb3J3YXJkaW5n"
    "AAAAAAAAABdwZXJtaXQtYWdlbnQtZm9yd2FyZGluZwAAAAAAAAAWcGVybWl0LXBvcnQtZm9yd2FyZGluZwAA"
    "AAAAAAAKcGVybWl0LXB0eQAAAAAAAAAOcGVybWl0LXVzZXItcmMAAAAAAAAAAAAAADMAAAALc3NoLWVkMjU1"
    "MTkAAAAg0Zu1fZHhL42xCqaUfP8XBxqoE7s8t/VLFWNii2fKLggAAABTAAAAC3NzaC1lZDI1NTE5AAAAQJwc"
    "QfyGO0IQ6TFvh+ReuguxV9tZo4EZC0AkVu+J8IxzV7h1cxIes843+v999o9EPlmnk4J/QKx3MM2bUo72ew4="
    "\n";

struct place {
    char folder[64];
    char agent[96];
    char certificate[96];
    int listener;
    unsigned key_count; /* that the agent has */
};

static int set_up(void **state)
{
    static struct place place;
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    FILE *file;

    (void)snprintf(place.folder, sizeof place.folder, "/tmp/adit-identities-XXXXXX");
    if (mkdtemp(place.folder) == NULL)
        return -1;
    (void)snprintf(place.agent, sizeof place.agent, "%s/agent", place.folder);
    (void)snprintf(place.certificate, sizeof place.certificate, "%s/cert", place.folder);
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", place.agent);
    place.listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    file = fopen(place.certificate, "w");
    *state = &place;
    if (file == NULL || fputs(certificate, file) < 0 || fclose(file) != 0)
        return -1;
    return bind(place.listener, (const struct sockaddr *)&address, sizeof address) ||
           listen(place.listener, 1);
}

static int tear_down(void **state)
{
    const struct place *place = *state;

    (void)close(place->listener);
    (void)unlink(place->agent);
    (void)unlink(place->certificate);
    return rmdir(place->folder);
}

/* IDENTITIES_ANSWER with keys that differ. */
static struct adit_buffer list_of(unsigned count)
{
    struct adit_buffer list = adit_buffer_init((size_t)ADIT_AGENT_KEYS_MAX * 256);
    struct adit_writer w = adit_writer_init(&list);
    char blob[32];

    adit_write_uint32(&w, 0);
    adit_write_byte(&w, SSH_AGENT_IDENTITIES_ANSWER);
    adit_write_uint32(&w, count);
    for (unsigned i = 0; i < count; i++) {
        (void)snprintf(blob, sizeof blob, "the blob of key %u", i);
        adit_write_text(&w, blob);
        adit_write_text(&w, "a key");
    }
    assert_int_equal(adit_writer_finish(&w), ADIT_OK);
    adit_put_uint32(list.data, (uint32_t)(list.len - sizeof(uint32_t)));
    return list;
}

static void *serve(void *arg)
{
    const struct place *place = arg;
    struct pollfd p = { .fd = place->listener, .events = POLLIN };
    struct adit_buffer list = list_of(place->key_count);
    uint8_t request[REQUEST_LEN];
    int fd = -1;

    if (poll(&p, 1, PATIENCE_MS) == 1)
        fd = accept(place->listener, NULL, NULL);
    if (fd >= 0 && recv(fd, request, sizeof request, MSG_WAITALL) == (ssize_t)sizeof request)
        (void)!send(fd, list.data, list.len, MSG_NOSIGNAL);
    if (fd >= 0)
        (void)close(fd);
    adit_buffer_clear(&list);
    return NULL;
}

static void there_is_room_for_all_certificates_beside_all_keys_of_an_agent(void **state)
{
    struct place *place = *state;
    struct adit_tunnel_settings settings = { .identity_agent = place->agent };
    struct adit_identities identities;
    struct adit_failure failure;
    struct adit_user user;
    pthread_t agent;

    while (settings.certificate_file_count < ADIT_IDENTITIES_MAX)
        settings.certificate_files[settings.certificate_file_count++] = place->certificate;
    place->key_count = ADIT_AGENT_KEYS_MAX + 1;
    adit_user_init(&user, &settings);
    assert_int_equal(pthread_create(&agent, NULL, serve, place), 0);
    assert_int_equal(adit_identities_read(&settings, &user, &identities, &failure), ADIT_OK);
    assert_int_equal(pthread_join(agent, NULL), 0);
    assert_int_equal(identities.count, ADIT_AGENT_KEYS_MAX);
    assert_true(identities.items[0].in_agent);
    adit_identities_clear(&identities);
    adit_user_clear(&user);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_is_room_for_all_certificates_beside_all_keys_of_an_agent),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
