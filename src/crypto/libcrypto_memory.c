/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libcrypto wipes what it knows to be secret, and frees the DER of a private key
 * as it is after reading or writing PEM. Here all that it frees is wiped.
 */
#include "adit/adit.h"

#include "base/memory.h"

#include <malloc.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

/* NOLINTBEGIN(readability-non-const-parameter): their types are libcrypto's */
static void *give(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return size ? malloc(size) : NULL;
}

static void take_back(void *block, const char *file, int line)
{
    (void)file;
    (void)line;
    if (block)
        adit_wipe(block, malloc_usable_size(block));
    free(block);
}

static void *resize(void *block, size_t size, const char *file, int line)
{
    const size_t usable = block ? malloc_usable_size(block) : 0;
    void *larger;

    if (size && size <= usable)
        return block;
    larger = give(size, file, line);
    if (larger && usable)
        memcpy(larger, block, usable);
    if (larger || size == 0)
        take_back(block, file, line);
    return larger;
}
/* NOLINTEND(readability-non-const-parameter) */

bool adit_wipe_libcrypto_memory(void)
{
    return CRYPTO_set_mem_functions(give, resize, take_back) == 1;
}
