/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/values.h"

#include <stdio.h>

enum { MASK_MAX = 0777 };

/* Also one that leaves a socket which only root can connect to: it may be meant. */
static enum adit_err mask_parse(const struct adit_setting *setting, void *field)
{
    const struct adit_span text = setting->args[0];
    unsigned mask = 0;
    bool bad = text.len == 0;

    for (size_t i = 0; i < text.len && !bad; i++) {
        bad = text.data[i] < '0' || text.data[i] > '7';
        mask = mask * 8 + (unsigned)(text.data[i] - '0');
        bad = bad || mask > MASK_MAX;
    }
    if (bad)
        return adit_setting_bad(setting, text, "an octal mask, such as 0177");
    *(unsigned *)field = mask;
    return ADIT_OK;
}

static enum adit_err mask_print(const struct adit_keyword *keyword, const void *field,
                                struct adit_buffer *out)
{
    char text[16];

    (void)snprintf(text, sizeof text, "0%o", *(const unsigned *)field);
    return adit_print_line(keyword, text, out);
}

const struct adit_value_kind adit_value_mask = { mask_parse, mask_print };
