/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto/select.h"

uint8_t adit_mask_of_difference(const uint8_t *a, const uint8_t *b, size_t len)
{
    uint32_t difference = 0;

    for (size_t i = 0; i < len; i++)
        difference |= (uint32_t)(a[i] ^ b[i]);
    return (uint8_t)((0 - difference) >> 8);
}

void adit_select(uint8_t mask, const uint8_t *a, const uint8_t *b, size_t len, uint8_t *out)
{
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)(b[i] ^ (mask & (a[i] ^ b[i])));
}
