/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

void adit_wipe(void *data, size_t len)
{
    if (len == 0)
        return;
    memset(data, 0, len);
    /* Tells the compiler that the zeros are looked at. */
    __asm__ __volatile__("" : : "r"(data) : "memory");
}

void *adit_new(size_t size)
{
    return calloc(1, size);
}

char *adit_text_copy(struct adit_span text)
{
    char *copy = malloc(text.len + 1);

    if (copy == NULL)
        return NULL;
    if (text.len)
        memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
    return copy;
}

void adit_text_free_secret(char *text)
{
    if (text)
        adit_wipe(text, strlen(text));
    free(text);
}
