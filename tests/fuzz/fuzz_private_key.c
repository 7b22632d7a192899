/* SPDX-License-Identifier: BSD-2-Clause */
/* A key file of any format; what was read must survive being written and read again. */
#include "adit/key.h"

#include "base/span.h"
#include "crypto/argon2.h"
#include "crypto/bcrypt_pbkdf.h"
#include "crypto/passphrase_cost.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * In the place of the library's, which is slow on purpose: zeros for every
 * passphrase. The encrypted files of the corpus lie under that key, so that
 * what is changed in them is decrypted and parsed.
 */
enum adit_err adit_bcrypt_pbkdf(struct adit_span passphrase, struct adit_span salt, uint32_t rounds,
                                uint8_t *out, size_t len)
{
    if (passphrase.len == 0 || salt.len == 0 || rounds == 0 || len == 0)
        abort(); /* the file's own parser lets nothing such through */
    memset(out, 0, len);
    return ADIT_OK;
}

/* Likewise; the .ppk files of the corpus are vouched for under a key of zeros. */
enum adit_err adit_argon2(enum adit_argon2 kind, const struct adit_argon2_cost *cost,
                          struct adit_span passphrase, struct adit_span salt, uint8_t *out,
                          size_t len)
{
    (void)kind, (void)cost, (void)salt;
    if (passphrase.len == 0 || len == 0)
        abort();
    memset(out, 0, len);
    return ADIT_OK;
}

/* libcrypto's derivations are paid in full, so they are to be cheap. */
bool adit_pbkdf2_is_affordable(uint64_t rounds)
{
    return rounds <= 4096;
}

bool adit_scrypt_is_affordable(const struct adit_scrypt_cost *cost)
{
    return cost->n <= 16 && cost->r <= 8 && cost->p <= 8;
}

/* What is written of a comment: it ends at its first line break. */
static struct adit_span first_line(const char *comment)
{
    return adit_span_of(comment, strcspn(comment, "\r\n"));
}

static void go_round(const struct adit_key *key)
{
    struct adit_key *again = NULL;
    char *text = NULL;

    if (adit_key_write_private(key, &text) != ADIT_OK ||
        adit_key_read_private(adit_span_text(text), NULL, &again) != ADIT_OK ||
        !adit_span_equal(adit_key_blob(key), adit_key_blob(again)) ||
        !adit_span_equal(first_line(adit_key_comment(key)), first_line(adit_key_comment(again))))
        abort();
    adit_key_free(again);
    adit_key_text_free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct adit_key *key = NULL;

    if (adit_key_read_private(adit_span_of(data, size), "sesame", &key) == ADIT_OK)
        go_round(key);
    else if (key != NULL)
        abort();
    adit_key_free(key);
    return 0;
}
