/* SPDX-License-Identifier: BSD-2-Clause */
/* When AES-GCM is libgcrypt's. What it does then is tested in test_cipher.c and vector/. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/span.h"
#include "crypto/cipher_mode.h"

#include <openssl/crypto.h>
#include <pthread.h>

enum { THREADS = 8 };

#ifdef ADIT_LIBGCRYPT

/* A word of the line "flags" in /proc/cpuinfo. */
static bool processor_has(const char *word)
{
    FILE *file = fopen("/proc/cpuinfo", "r");
    char line[8192];
    bool has = false;

    assert_non_null(file);
    while (!has && fgets(line, sizeof line, file)) {
        if (strncmp(line, "flags", 5) != 0)
            continue;
        for (char *rest = line, *flag; (flag = strtok_r(rest, " \t\n", &rest)) != NULL;)
            has = has || strcmp(flag, word) == 0;
        break;
    }
    (void)fclose(file);
    return has;
}

static void *ask(void *answer)
{
    *(bool *)answer = adit_gcm_libgcrypt_fits();
    return NULL;
}

/* Some may be told to take libcrypto while another sets libgcrypt up; none is told the reverse. */
static void threads_may_ask_at_once(void **state)
{
    pthread_t threads[THREADS];
    bool answers[THREADS];

    (void)state;
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask, &answers[i]), 0);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (size_t i = 0; i < THREADS; i++)
        assert_true(!answers[i] || adit_gcm_libgcrypt_fits());
}

static void it_is_where_the_processor_takes_two_blocks_and_libcrypto_does_not(void **state)
{
    const bool takes_two = processor_has("vaes") && processor_has("vpclmulqdq");
    const bool libcrypto_does =
        processor_has("avx512vl") && (OPENSSL_version_major() > 3 || OPENSSL_version_minor() > 0);

    (void)state;
    if (EVP_default_properties_is_fips_enabled(NULL))
        skip();
    assert_int_equal(adit_gcm_libgcrypt_fits(), takes_two && !libcrypto_does);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_may_ask_at_once),
        cmocka_unit_test(it_is_where_the_processor_takes_two_blocks_and_libcrypto_does_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void)
{
    puts("built without libgcrypt");
    return 0;
}

#endif
