/* SPDX-License-Identifier: BSD-2-Clause */
/* The file as a whole; and the same bytes as permits, a time, and a list of addresses. */
#include "keys/authorized_keys.h"

#include "base/span.h"
#include "keys/key_options.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The key of the seeds: type name and 32 bytes. */
static const uint8_t key_blob[] = {
    0,    0,    0,    11,   's',  's',  'h',  '-',  'e',  'd',  '2',  '5',  '5',
    '1',  '9',  0,    0,    0,    32,   0xd1, 0xd7, 0x4c, 0xe2, 0x96, 0xb9, 0x57,
    0x19, 0xd5, 0xa5, 0xb3, 0x65, 0x97, 0x49, 0xb6, 0xea, 0xa1, 0x60, 0x99, 0xcf,
    0x08, 0x21, 0xad, 0x62, 0x5c, 0x02, 0x9c, 0x7f, 0x21, 0x28, 0x34, 0x3b,
};

/* Whether it found the key, so that there may be more. */
static bool find(struct adit_authorized_text *text)
{
    struct adit_authorized_complaint complaints[2];
    struct adit_key_options options;
    size_t count;
    const enum adit_err err = adit_authorized_keys_find(
        text, adit_span_of(key_blob, sizeof key_blob), &options, complaints, 2, &count);

    if (count > 2 || (err != ADIT_OK && err != ADIT_ERR_NOT_FOUND) ||
        (options.comment != NULL) != (err == ADIT_OK))
        abort();
    for (size_t i = 0; i < count; i++)
        if (complaints[i].line == 0 || memchr(complaints[i].text, '\0', 128) == NULL)
            abort();
    adit_key_options_clear(&options);
    return err == ADIT_OK;
}

static void permit(struct adit_span text, bool listen)
{
    struct adit_permit permit;

    if (adit_permit_parse(text, listen, &permit) == ADIT_OK)
        (void)adit_permit_allows(&permit, "localhost", 3306);
    free(permit.host);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct adit_span text = adit_span_of(data, size);
    struct adit_authorized_text lines = adit_authorized_text_begin(text);
    uint64_t seconds;

    while (find(&lines))
        continue;
    permit(text, false);
    permit(text, true);
    (void)adit_address_match_list(text, "192.0.2.1");
    (void)adit_address_match_list(text, "2001:db8::1");
    if (adit_expiry_time_parse(text, &seconds) == ADIT_OK && seconds == 0)
        abort();
    return 0;
}
