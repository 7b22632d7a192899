/* SPDX-License-Identifier: BSD-2-Clause */
/* The first byte says where the rest is cut in two: a pattern or list, and a text. */
#include "base/text.h"

#include "base/base64.h"
#include "base/span.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever the bytes are, what is shown has no control byte and ends in time. */
static void show(struct adit_span bytes, size_t size)
{
    char *out = malloc(size + 1);

    if (out == NULL)
        abort();
    out[size] = '!';
    adit_text_printable(bytes, out, size);
    if (out[size] != '!' || (size && memchr(out, '\0', size) == NULL))
        abort();
    for (const char *c = out; size && *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            abort();
    free(out);
}

static void base64_goes_round(struct adit_span bytes)
{
    struct adit_buffer text = adit_buffer_init(bytes.len * 2 + 8);
    struct adit_buffer back = adit_buffer_init_secret(bytes.len * 2 + 8);

    if (adit_base64_encode(bytes, &text) != ADIT_OK ||
        adit_base64_decode(adit_buffer_span(&text), &back) != ADIT_OK ||
        !adit_span_equal(adit_buffer_span(&back), bytes))
        abort();
    adit_buffer_empty(&back);
    if (adit_base64_decode(bytes, &back) != ADIT_OK && back.len != 0)
        abort();
    adit_buffer_clear(&back);
    adit_buffer_clear(&text);
}

static void read_list(struct adit_span list, struct adit_span text)
{
    struct adit_span rest = list;
    struct adit_span name;
    size_t len = 0;

    while (adit_text_list_next(&rest, &name)) {
        len += name.len + 1;
        if (name.len && !adit_text_list_has(list, name))
            abort();
    }
    if (list.len && len != list.len + 1)
        abort();
    (void)adit_text_match_list(list, text, true);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct adit_span pattern;
    struct adit_span text;
    uint64_t number;
    size_t cut;

    if (size == 0 || size > 2048) /* the list is quadratic here, not in the library's use */
        return 0;
    cut = data[0] % size;
    pattern = adit_span_of(data + 1, cut ? cut - 1 : 0);
    text = adit_span_of(data + 1 + pattern.len, size - 1 - pattern.len);

    if (adit_text_matches(pattern, text, false) && !adit_text_matches(pattern, text, true))
        abort();
    read_list(pattern, text);
    show(text, cut);
    base64_goes_round(text);
    if (adit_text_to_number(text, cut, &number) == ADIT_OK && number > cut)
        abort();
    return 0;
}
