/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An ssh-agent with one key of a security key (PROTOCOL.u2f of OpenSSH), whose
 * hardware is this program: it signs what an authenticator would sign, with the
 * user's touch and a counter.
 *
 *     token_agent SOCKET FILE ed25519|ecdsa     writes the public key's blob into FILE
 */
#include "base/span.h"
#include "crypto/hash.h"
#include "crypto/pkey.h"
#include "wire/agent_messages.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { MESSAGE_MAX = 65536, TOUCHED = 1, COUNTER_SIZE = 4 };

static const char application[] = "ssh:";

static const struct kind {
    const char *word;
    enum adit_key_type type;
    const char *plain; /* what is inside, and how it signs */
    const char *name;
} kinds[] = {
    { "ed25519", ADIT_KEY_ED25519, "ssh-ed25519", "sk-ssh-ed25519@openssh.com" },
    { "ecdsa", ADIT_KEY_ECDSA_P256, "ecdsa-sha2-nistp256", "sk-ecdsa-sha2-nistp256@openssh.com" },
};

struct token {
    const struct kind *kind;
    struct adit_pkey *pkey;
    struct adit_buffer blob;
    uint32_t counter;
};

/* What stands behind the name in a blob or a signature. */
static struct adit_span behind_name(const struct adit_buffer *buffer)
{
    struct adit_reader r = adit_reader_init(adit_buffer_span(buffer));

    (void)adit_read_string(&r);
    return adit_read_rest(&r);
}

static bool begin(struct token *t)
{
    struct adit_buffer plain = adit_buffer_init(MESSAGE_MAX);
    struct adit_writer w;
    bool ok = false;

    t->blob = adit_buffer_init(MESSAGE_MAX);
    w = adit_writer_init(&t->blob);
    if (adit_pkey_generate(t->kind->type, 0, &t->pkey) == ADIT_OK &&
        adit_pkey_write_blob(t->pkey, &plain) == ADIT_OK) {
        adit_write_string(&w, adit_span_text(t->kind->name));
        adit_write_bytes(&w, behind_name(&plain));
        adit_write_string(&w, adit_span_text(application));
        ok = adit_writer_finish(&w) == ADIT_OK;
    }
    adit_buffer_clear(&plain);
    return ok;
}

/* SHA-256 of the application, flags, counter, SHA-256 of the message. */
static enum adit_err write_signed(const struct token *t, struct adit_span message,
                                  struct adit_writer *w)
{
    const struct adit_span name = adit_span_text(application);
    uint8_t of_application[ADIT_HASH_MAX];
    uint8_t of_message[ADIT_HASH_MAX];
    enum adit_err err = adit_hash_digest(ADIT_HASH_SHA256, &name, 1, of_application);

    if (err == ADIT_OK)
        err = adit_hash_digest(ADIT_HASH_SHA256, &message, 1, of_message);
    if (err)
        return err;
    adit_write_bytes(w, adit_span_of(of_application, adit_hash_size(ADIT_HASH_SHA256)));
    adit_write_byte(w, TOUCHED);
    adit_write_uint32(w, t->counter);
    adit_write_bytes(w, adit_span_of(of_message, adit_hash_size(ADIT_HASH_SHA256)));
    return adit_writer_finish(w);
}

static enum adit_err sign(struct token *t, struct adit_span message, struct adit_writer *w)
{
    const struct adit_signature_algorithm *algorithm =
        adit_signature_find(adit_span_text(t->kind->plain));
    struct adit_buffer data = adit_buffer_init(MESSAGE_MAX);
    struct adit_buffer plain = adit_buffer_init(MESSAGE_MAX);
    struct adit_buffer signature = adit_buffer_init(MESSAGE_MAX);
    struct adit_writer d = adit_writer_init(&data);
    struct adit_writer s = adit_writer_init(&signature);
    enum adit_err err;

    t->counter++;
    err = write_signed(t, message, &d);
    if (err == ADIT_OK)
        err = adit_pkey_sign(t->pkey, algorithm, adit_buffer_span(&data), &plain);
    if (err == ADIT_OK) {
        adit_write_string(&s, adit_span_text(t->kind->name));
        adit_write_bytes(&s, behind_name(&plain));
        adit_write_byte(&s, TOUCHED);
        adit_write_uint32(&s, t->counter);
        err = adit_writer_finish(&s);
    }
    adit_write_byte(w, SSH_AGENT_SIGN_RESPONSE);
    adit_write_string(w, adit_buffer_span(&signature));
    adit_buffer_clear(&data);
    adit_buffer_clear(&plain);
    adit_buffer_clear(&signature);
    return err ? err : adit_writer_finish(w);
}

static enum adit_err answer(struct token *t, struct adit_span request, struct adit_writer *w)
{
    struct adit_reader r = adit_reader_init(request);
    const uint8_t number = adit_read_byte(&r);
    struct adit_span blob;
    struct adit_span message;

    if (number == SSH_AGENTC_REQUEST_IDENTITIES) {
        adit_write_byte(w, SSH_AGENT_IDENTITIES_ANSWER);
        adit_write_uint32(w, 1);
        adit_write_string(w, adit_buffer_span(&t->blob));
        adit_write_string(w, adit_span_text("token"));
        return adit_writer_finish(w);
    }
    blob = adit_read_string(&r);
    message = adit_read_string(&r);
    if (number == SSH_AGENTC_SIGN_REQUEST && adit_reader_ok(&r) &&
        adit_span_equal(blob, adit_buffer_span(&t->blob)))
        return sign(t, message, w);
    adit_write_byte(w, SSH_AGENT_FAILURE);
    return adit_writer_finish(w);
}

static bool read_all(int fd, void *out, size_t len)
{
    return recv(fd, out, len, MSG_WAITALL) == (ssize_t)len;
}

static void serve(struct token *t, int fd)
{
    static uint8_t request[MESSAGE_MAX];
    uint32_t len;

    while (read_all(fd, &len, sizeof len) && ntohl(len) <= sizeof request &&
           read_all(fd, request, ntohl(len))) {
        struct adit_buffer out = adit_buffer_init(MESSAGE_MAX);
        struct adit_writer w = adit_writer_init(&out);

        if (answer(t, adit_span_of(request, ntohl(len)), &w) == ADIT_OK) {
            len = htonl((uint32_t)out.len);
            (void)!send(fd, &len, sizeof len, MSG_NOSIGNAL);
            (void)!send(fd, out.data, out.len, MSG_NOSIGNAL);
        }
        adit_buffer_clear(&out);
    }
    (void)close(fd);
}

static int listen_at(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    if (bind(fd, (const struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 8) != 0)
        return -1;
    return fd;
}

int main(int argc, char **argv)
{
    struct token token = { .counter = 0 };
    FILE *file = argc == 4 ? fopen(argv[2], "w") : NULL;
    int listener;
    int fd;

    for (size_t i = 0; argc == 4 && i < ADIT_ARRAY_LEN(kinds); i++)
        if (strcmp(kinds[i].word, argv[3]) == 0)
            token.kind = &kinds[i];
    if (file == NULL || token.kind == NULL || !begin(&token) ||
        fwrite(token.blob.data, token.blob.len, 1, file) != 1 || fclose(file) != 0)
        return 1;
    listener = listen_at(argv[1]);
    while ((fd = accept(listener, NULL, NULL)) >= 0)
        serve(&token, fd);
    return 1;
}
