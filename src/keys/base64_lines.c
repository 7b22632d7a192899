/* SPDX-License-Identifier: BSD-2-Clause */
#include "keys/base64_lines.h"

#include "base/base64.h"
#include "base/span.h"
#include "wire/writer.h"

enum { LETTERS_MAX = 2 * 1024 * 1024 };

enum adit_err adit_base64_lines_encode(struct adit_span bytes, size_t width,
                                       struct adit_buffer *out)
{
    struct adit_buffer letters = adit_buffer_init_secret(LETTERS_MAX);
    struct adit_writer w = adit_writer_init(out);
    enum adit_err err = adit_base64_encode(bytes, &letters);

    if (err)
        goto done;
    for (size_t at = 0; at < letters.len; at += width) {
        const size_t left = letters.len - at;

        adit_write_bytes(&w, adit_span_of(letters.data + at, left < width ? left : width));
        adit_write_byte(&w, '\n');
    }
    err = adit_writer_finish(&w);
done:
    adit_buffer_clear(&letters);
    return err;
}

size_t adit_base64_lines_count(size_t len, size_t width)
{
    return ((len + 2) / 3 * 4 + width - 1) / width;
}
