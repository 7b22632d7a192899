/* SPDX-License-Identifier: BSD-2-Clause */
/* Chooses the library behind AES-GCM: the linker sends the engine's question here (--wrap). */
#ifndef ADIT_TESTS_GCM_LIBRARY_H
#define ADIT_TESTS_GCM_LIBRARY_H

#include <stdbool.h>

static bool gcm_with_libgcrypt; /* where the build has it */

bool __wrap_adit_gcm_libgcrypt_fits(void);

bool __wrap_adit_gcm_libgcrypt_fits(void)
{
    return gcm_with_libgcrypt;
}

#endif
