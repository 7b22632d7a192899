/* SPDX-License-Identifier: BSD-2-Clause */
/* To compare and to choose without the processor's branches learning the outcome. */
#ifndef ADIT_CRYPTO_SELECT_H
#define ADIT_CRYPTO_SELECT_H

#include "adit/err.h"

/* 0xff when the bytes differ, 0 when they are equal. */
uint8_t adit_mask_of_difference(const uint8_t *a, const uint8_t *b, size_t len);

/* Copies `a` where `mask` is 0xff, `b` where it is 0. */
void adit_select(uint8_t mask, const uint8_t *a, const uint8_t *b, size_t len, uint8_t *out);

#endif
