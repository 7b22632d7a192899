/* SPDX-License-Identifier: BSD-2-Clause */
/* AES-GCM with libgcrypt, on x86-64; cipher_gcm.c tells what it must do, docs/decisions/0031 why. */
#include "crypto/cipher_mode.h"

#include <cpuid.h>
#include <gcrypt.h>
#include <openssl/crypto.h>
#include <stdatomic.h>

/* ---- whether it fits ---- */

enum { OPENSSL_3_1 = 0x30100000 }; /* has AES-GCM for AVX-512 */

/* In FIPS mode one wants the library that was validated, and libgcrypt takes no IV from outside. */
static bool is_fips(void)
{
    return EVP_default_properties_is_fips_enabled(NULL) == 1 || gcry_fips_mode_active();
}

/* Two blocks of AES at once: libgcrypt has that since 1.10, libcrypto where there is AVX-512. */
static bool is_faster(void)
{
    const unsigned both = bit_VAES | bit_VPCLMULQDQ;
    unsigned eax;
    unsigned ebx;
    unsigned ecx;
    unsigned edx;

    if (!__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) || (ecx & both) != both)
        return false;
    return (ebx & bit_AVX512VL) == 0 || OpenSSL_version_num() < OPENSSL_3_1;
}

/*
 * libgcrypt wants to be set up by one thread, before all else. Whoever comes
 * while that is being done takes libcrypto, and does not wait.
 */
bool adit_gcm_libgcrypt_fits(void)
{
    enum { UNKNOWN, ASKING, NO, YES };
    static atomic_int answer = UNKNOWN;
    int unknown = UNKNOWN;

    if (atomic_compare_exchange_strong(&answer, &unknown, ASKING))
        atomic_store(&answer, is_faster() && gcry_check_version("1.10.0") && !is_fips() ? YES : NO);
    return atomic_load(&answer) == YES;
}

/* ---- the mode ---- */

static bool begin_packet(struct adit_cipher *cipher, const uint8_t *packet)
{
    uint8_t iv[ADIT_GCM_IV_SIZE];

    adit_gcm_take_iv(cipher, iv);
    return gcry_cipher_setiv(cipher->libgcrypt, iv, sizeof iv) == 0 &&
           gcry_cipher_authenticate(cipher->libgcrypt, packet, ADIT_LENGTH_SIZE) == 0;
}

static enum adit_err seal(struct adit_cipher *cipher, uint32_t sequence_number, uint8_t *packet,
                          size_t len)
{
    uint8_t *text = packet + ADIT_LENGTH_SIZE;

    (void)sequence_number;
    if (!begin_packet(cipher, packet))
        return ADIT_ERR_CRYPTO;
    if (gcry_cipher_encrypt(cipher->libgcrypt, text, len - ADIT_LENGTH_SIZE, NULL, 0) != 0)
        return ADIT_ERR_CRYPTO;
    if (gcry_cipher_gettag(cipher->libgcrypt, packet + len, ADIT_GCM_TAG_SIZE) != 0)
        return ADIT_ERR_CRYPTO;
    return ADIT_OK;
}

static enum adit_err open_packet(struct adit_cipher *cipher, uint32_t sequence_number,
                                 uint8_t *packet, size_t len)
{
    uint8_t *text = packet + ADIT_LENGTH_SIZE;

    (void)sequence_number;
    if (!begin_packet(cipher, packet))
        return ADIT_ERR_CRYPTO;
    if (gcry_cipher_decrypt(cipher->libgcrypt, text, len - ADIT_LENGTH_SIZE, NULL, 0) != 0)
        return ADIT_ERR_CRYPTO;
    return gcry_cipher_checktag(cipher->libgcrypt, packet + len, ADIT_GCM_TAG_SIZE) == 0
               ? ADIT_OK
               : ADIT_ERR_INTEGRITY;
}

static void end(struct adit_cipher *cipher)
{
    gcry_cipher_close(cipher->libgcrypt); /* wipes the keys */
}

static const struct adit_cipher_mode libgcrypt_mode = { seal, adit_gcm_open_length, open_packet,
                                                        end };

enum adit_err adit_gcm_libgcrypt_init(struct adit_cipher *cipher,
                                      const struct adit_cipher_algorithm *algorithm,
                                      const uint8_t *key)
{
    const int aes = algorithm->key_size == 16 ? GCRY_CIPHER_AES128 : GCRY_CIPHER_AES256;

    if (gcry_cipher_open(&cipher->libgcrypt, aes, GCRY_CIPHER_MODE_GCM, 0) != 0)
        return ADIT_ERR_CRYPTO;
    cipher->mode = &libgcrypt_mode;
    return gcry_cipher_setkey(cipher->libgcrypt, key, algorithm->key_size) == 0 ? ADIT_OK
                                                                                : ADIT_ERR_CRYPTO;
}
