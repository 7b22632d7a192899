/* SPDX-License-Identifier: BSD-2-Clause */
/* A client engine after the login, and a peer that does what the bytes say. */
#include "sim/script.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    script_run(data, size, ADIT_CLIENT);
    return 0;
}
