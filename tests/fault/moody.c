/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A gateway that lets everybody in and then answers requests to listen, and to
 * stop, as it is told:
 *
 *     moody FILE KEY ANSWERS
 *
 * FILE gets the port of 127.0.0.1 that it listens on, KEY is its host key.
 * ANSWERS has a letter for each request, whoever sends it; the last one is good
 * for all that follow:
 *
 *     y  yes, though nothing listens      -  not a word
 *     n  no                               x  the connection is reset
 */
#include "adit/key.h"
#include "net/file.h"
#include "net/link.h"
#include "net/listen.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

enum { KEY_FILE_MAX = 65536, TEXT_SIZE = 256 };

struct gateway {
    struct adit_loop *loop;
    struct adit_key *key;
    const struct adit_key *keys[1]; /* the sessions borrow it */
    const char *answers;
};

struct guest {
    struct gateway *gateway;
    int fd;
};

static void must(enum adit_err err, const char *what)
{
    if (err == ADIT_OK)
        return;
    (void)fprintf(stderr, "moody: %s: %s\n", what, adit_err_text(err));
    _Exit(1);
}

static void answer(struct guest *guest, struct adit_session *s, uint16_t port)
{
    const struct linger at_once = { .l_onoff = 1 };
    const char mood = *guest->gateway->answers;

    if (guest->gateway->answers[1] != '\0')
        guest->gateway->answers++;
    if (mood == 'y' || mood == 'n') {
        adit_session_forward_verdict(s, mood == 'y', port);
    } else if (mood == 'x') {
        (void)setsockopt(guest->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        (void)shutdown(guest->fd, SHUT_RDWR);
    }
}

static void on_event(void *owner, struct adit_link *link, const struct adit_event *event)
{
    struct adit_session *s = adit_link_session(link);

    if (event->type == ADIT_EVENT_AUTH_REQUEST)
        adit_session_auth_verdict(s, ADIT_VERDICT_YES, NULL);
    else if (event->type == ADIT_EVENT_FORWARD_REQUEST || event->type == ADIT_EVENT_FORWARD_CANCEL)
        answer(owner, s, event->forward.port);
    else if (event->type == ADIT_EVENT_CHANNEL_OPEN)
        adit_channel_refuse(event->channel, 1, "not today");
}

static void on_ended(void *owner, struct adit_link *link, enum adit_err err, const char *text)
{
    (void)link;
    (void)err;
    (void)printf("a session ended: %s\n", text);
    (void)fflush(stdout);
    free(owner);
}

static void accepted(void *arg, int fd, const struct sockaddr *peer)
{
    static const struct adit_link_owner owner = { on_event, on_ended };
    struct gateway *gateway = arg;
    const struct adit_session_settings settings = { .role = ADIT_SERVER,
                                                    .host_keys = gateway->keys,
                                                    .host_key_count = 1 };
    struct guest *guest = calloc(1, sizeof *guest);
    struct adit_link *link;

    (void)peer;
    must(guest != NULL ? ADIT_OK : ADIT_ERR_NO_MEMORY, "accept");
    *guest = (struct guest){ gateway, fd };
    must(adit_link_new(gateway->loop, fd, fd, &settings, &owner, guest, &link), "accept");
}

static void read_key(struct gateway *gateway, const char *path)
{
    struct adit_buffer text = adit_buffer_init_secret(KEY_FILE_MAX);
    char why[TEXT_SIZE];

    must(adit_file_read(path, ADIT_FILE_ANY, &text, why, sizeof why), path);
    must(adit_key_read_private(adit_buffer_span(&text), NULL, &gateway->key), path);
    adit_buffer_clear(&text);
    gateway->keys[0] = gateway->key;
}

int main(int argc, char **argv)
{
    const struct adit_listen_settings at = { .address = "127.0.0.1" };
    struct gateway gateway = { .answers = argc == 4 && argv[3][0] != '\0' ? argv[3] : NULL };
    struct adit_listener *listener;
    char why[TEXT_SIZE];
    FILE *file;

    if (gateway.answers == NULL) {
        (void)fputs("moody: see the head of moody.c\n", stderr);
        return 1;
    }
    read_key(&gateway, argv[2]);
    must(adit_loop_new(&gateway.loop), "loop");
    must(adit_listener_new(gateway.loop, &at, accepted, &gateway, why, sizeof why, &listener),
         "listen");
    file = fopen(argv[1], "w");
    if (file == NULL || fprintf(file, "%u\n", adit_listener_port(listener)) < 0 ||
        fclose(file) != 0)
        must(ADIT_ERR_SYSTEM, argv[1]);
    adit_loop_run(gateway.loop);
    return 0;
}
