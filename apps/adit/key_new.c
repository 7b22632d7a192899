/* SPDX-License-Identifier: BSD-2-Clause */
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "key_command.h"
#include "key_formats.h"
#include "key_store.h"

enum { PATH_SIZE = 4096, COMMENT_SIZE = 512 };

/* False: there is no such kind of key. */
static bool find_kind(const char *type, unsigned bits, enum adit_key_type *out)
{
    static const struct {
        const char *type;
        unsigned bits; /* 0: without -b */
        enum adit_key_type key_type;
    } kinds[] = {
        { "ed25519", 0, ADIT_KEY_ED25519 },    { "ed25519", 256, ADIT_KEY_ED25519 },
        { "ecdsa", 0, ADIT_KEY_ECDSA_P256 },   { "ecdsa", 256, ADIT_KEY_ECDSA_P256 },
        { "ecdsa", 384, ADIT_KEY_ECDSA_P384 }, { "ecdsa", 521, ADIT_KEY_ECDSA_P521 },
    };

    *out = ADIT_KEY_RSA;
    if (strcmp(type, "rsa") == 0)
        return true; /* its size is the library's to judge */
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        *out = kinds[i].key_type;
        if (strcmp(type, kinds[i].type) == 0 && bits == kinds[i].bits)
            return true;
    }
    return false;
}

/* Up to five digits; 0 for what is no number of bits. */
static unsigned read_bits(const char *text)
{
    const size_t len = strlen(text);

    if (len == 0 || len > 5 || strspn(text, "0123456789") != len)
        return 0;
    return (unsigned)strtoul(text, NULL, 10);
}

/* As ssh-keygen: user@host. Nobody else runs in this program who could ask for users. */
static void default_comment(char out[static COMMENT_SIZE])
{
    const struct passwd *user = getpwuid(getuid()); /* NOLINT(concurrency-mt-unsafe) */
    char host[256] = "";

    if (gethostname(host, sizeof host - 1) != 0)
        host[0] = '\0';
    (void)snprintf(out, COMMENT_SIZE, "%s@%s", user ? user->pw_name : "nobody", host);
}

static struct adit_key *generate(const struct adit_key_line *line)
{
    const char *type = line->type ? line->type : "ed25519";
    const unsigned bits = line->bits ? read_bits(line->bits) : 0;
    char comment[COMMENT_SIZE];
    enum adit_key_type key_type;
    struct adit_key *key = NULL;
    enum adit_err err = ADIT_ERR_LIMIT;

    default_comment(comment);
    if (!find_kind(type, bits, &key_type) || (line->bits && bits == 0))
        (void)adit_key_fail("no %s key of %s bits; ed25519; ecdsa of 256, 384 or 521; rsa of 2048 "
                            "to 16384",
                            type, line->bits ? line->bits : "any number of");
    else if ((err = adit_key_generate(key_type, bits, line->comment ? line->comment : comment,
                                      &key)) != ADIT_OK)
        (void)adit_key_fail("%s", err == ADIT_ERR_LIMIT ? "an RSA key has 2048 to 16384 bits"
                                                        : adit_err_text(err));
    return key;
}

/* The public half first: a private key without it is whole, the other way round is no use. */
static bool store(const struct adit_key *key, const struct adit_key_writing *how, const char *path,
                  bool force)
{
    const struct adit_key_writing public = { .format = ADIT_KEY_FORMAT_PUBLIC };
    char public_path[PATH_SIZE];

    if (snprintf(public_path, sizeof public_path, "%s.pub", path) >= (int)sizeof public_path) {
        (void)adit_key_fail("%s: the name is too long", path);
        return false;
    }
    if (!force && access(public_path, F_OK) == 0) {
        (void)adit_key_fail("%s: is there already; --force overwrites it", public_path);
        return false;
    }
    return adit_key_store(key, how, path, force) &&
           adit_key_store(key, &public, public_path, force);
}

int adit_key_new(const struct adit_key_line *line)
{
    const char *path = line->files.items[0];
    struct adit_key_writing how = { .format = ADIT_KEY_FORMAT_OPENSSH };
    char fingerprint[ADIT_FINGERPRINT_SIZE];
    char passphrase[ADIT_PASSWORD_SIZE] = "";
    struct adit_key *key = NULL;
    bool stored = false;

    if (line->to &&
        (!adit_key_format_find(line->to, &how.format) || !adit_key_format_is_private(how.format)))
        return adit_key_fail("%s is no format of private keys", line->to);
    if (strcmp(path, "-") == 0)
        return adit_key_fail("a new key goes into a file");
    key = generate(line);
    if (key && (line->no_passphrase ||
                adit_key_ask_new_passphrase(line->passphrase_file, path, passphrase))) {
        how.passphrase = passphrase;
        stored = store(key, &how, path, line->force);
    }
    explicit_bzero(passphrase, sizeof passphrase);
    if (stored) {
        adit_key_fingerprint(key, fingerprint);
        (void)printf("%s: %s, %u bits, %s\n", path, adit_key_name(key), adit_key_bits(key),
                     fingerprint);
    }
    adit_key_free(key);
    return stored ? 0 : 1;
}
