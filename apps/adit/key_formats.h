/* SPDX-License-Identifier: BSD-2-Clause */
/* What the formats of key files are called, and who reads them. */
#ifndef ADIT_APP_KEY_FORMATS_H
#define ADIT_APP_KEY_FORMATS_H

#include "adit/key.h"

struct adit_key_format_words {
    const char *name;    /* "ppk3" */
    const char *title;   /* "PuTTY's format, version 3" */
    const char *readers; /* programs */
};

const struct adit_key_format_words *adit_key_format_words(enum adit_key_format format);

/* False: there is no such name. */
bool adit_key_format_find(const char *name, enum adit_key_format *out);

#endif
