/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory: zeroed at birth, wiped at death where it held a secret. */
#ifndef ADIT_BASE_MEMORY_H
#define ADIT_BASE_MEMORY_H

#include "adit/err.h"

/* Overwrites with zeros in a way that no compiler leaves out. */
void adit_wipe(void *data, size_t len);

/* A zeroed block, or NULL. Goes back with free(). */
void *adit_new(size_t size);

/* A NUL-terminated copy, or NULL. Goes back with free(). */
char *adit_text_copy(struct adit_span text);

/* Frees a text after wiping it. NULL is fine. */
void adit_text_free_secret(char *text);

#endif
