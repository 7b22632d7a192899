/* SPDX-License-Identifier: BSD-2-Clause */
#include "adit/err.h"

const char *adit_err_text(enum adit_err err)
{
    static const char *const texts[] = {
#define ADIT_ERR_TEXT(name, text) [ADIT_ERR_##name] = (text),
        ADIT_ERR_MAP(ADIT_ERR_TEXT)
#undef ADIT_ERR_TEXT
    };

    return (size_t)err < sizeof texts / sizeof texts[0] ? texts[err] : "unknown error";
}

const char *adit_version(void)
{
    return ADIT_VERSION;
}
