/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/text.h"

#include "base/span.h"

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

/* The length of a well-formed UTF-8 letter of two bytes or more at the front, or 0. */
static size_t utf8_letter(struct adit_span s)
{
    const uint8_t *p = s.data;
    size_t len;
    uint32_t c;

    if (p[0] >= 0xc2 && p[0] <= 0xdf)
        len = 2;
    else if ((p[0] & 0xf0) == 0xe0)
        len = 3;
    else if (p[0] >= 0xf0 && p[0] <= 0xf4)
        len = 4;
    else
        return 0;
    if (s.len < len)
        return 0;
    c = p[0] & (0x7fU >> len);
    for (size_t i = 1; i < len; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (p[i] & 0x3fU);
    }
    if ((len == 3 && c < 0x800) || (len == 4 && c < 0x10000) || c > 0x10ffff)
        return 0;
    /* C1 controls, surrogates, and the marks that turn the direction of a line. */
    if (c < 0xa0 || c == 0x61c || (c >= 0xd800 && c <= 0xdfff) || (c >= 0x200b && c <= 0x200f) ||
        (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff)
        return 0;
    return len;
}

const char *adit_text_printable(struct adit_span bytes, char *out, size_t size)
{
    static const char hex[] = "0123456789abcdef";
    static const char dots[] = "...";
    size_t at = 0;
    size_t cut = 0; /* the last place where the dots would fit */

    if (size < sizeof dots) {
        if (size)
            out[0] = '\0';
        return out;
    }
    for (size_t i = 0; i < bytes.len;) {
        const uint8_t c = bytes.data[i];
        const struct adit_span rest = { bytes.data + i, bytes.len - i };
        const size_t plain = c >= 0x20 && c < 0x7f && c != '\\' ? 1 : utf8_letter(rest);
        const size_t need = plain ? plain : 4;

        if (need > size - 1 - at) {
            memcpy(out + cut, dots, sizeof dots);
            return out;
        }
        if (plain) {
            memcpy(out + at, bytes.data + i, plain);
        } else {
            const char escaped[4] = { '\\', 'x', hex[c >> 4], hex[c & 15] };
            memcpy(out + at, escaped, sizeof escaped);
        }
        at += need;
        i += plain ? plain : 1;
        if (at <= size - sizeof dots)
            cut = at;
    }
    out[at] = '\0';
    return out;
}

bool adit_text_matches(struct adit_span pattern, struct adit_span text, bool ignore_case)
{
    size_t p = 0;
    size_t t = 0;
    size_t star = pattern.len; /* where the last star stands; none yet */
    size_t retry = 0;          /* the text position that this star tries next */

    while (t < text.len) {
        if (p < pattern.len && pattern.data[p] == '*') {
            star = p++;
            retry = t;
        } else if (p < pattern.len &&
                   (pattern.data[p] == '?' || pattern.data[p] == text.data[t] ||
                    (ignore_case && lower(pattern.data[p]) == lower(text.data[t])))) {
            p++;
            t++;
        } else if (star < pattern.len) {
            p = star + 1;
            t = ++retry;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.data[p] == '*')
        p++;
    return p == pattern.len;
}

bool adit_text_list_next(struct adit_span *list, struct adit_span *name)
{
    const uint8_t *comma;

    if (list->data == NULL)
        return false;
    comma = list->len ? memchr(list->data, ',', list->len) : NULL;
    if (comma == NULL) {
        *name = *list;
        *list = ADIT_SPAN_EMPTY;
        return true;
    }
    *name = adit_span_of(list->data, (size_t)(comma - list->data));
    *list = adit_span_of(comma + 1, list->len - name->len - 1);
    return true;
}

int adit_text_match_list(struct adit_span list, struct adit_span text, bool ignore_case)
{
    struct adit_span pattern;
    int verdict = 0;

    while (adit_text_list_next(&list, &pattern)) {
        const bool negated = pattern.len && pattern.data[0] == '!';

        if (negated)
            pattern = adit_span_of(pattern.data + 1, pattern.len - 1);
        if (pattern.len == 0 || !adit_text_matches(pattern, text, ignore_case))
            continue;
        if (negated)
            return -1;
        verdict = 1;
    }
    return verdict;
}

bool adit_text_list_has(struct adit_span list, struct adit_span name)
{
    struct adit_span one;

    while (adit_text_list_next(&list, &one))
        if (one.len && adit_span_equal(one, name))
            return true;
    return false;
}

bool adit_text_equal_nocase(struct adit_span a, const char *b)
{
    const struct adit_span other = adit_span_text(b);

    if (a.len != other.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.data[i]) != lower(other.data[i]))
            return false;
    return true;
}

enum adit_err adit_text_to_number(struct adit_span text, uint64_t max, uint64_t *out)
{
    uint64_t n = 0;

    if (text.len == 0)
        return ADIT_ERR_FORMAT;
    for (size_t i = 0; i < text.len; i++) {
        const uint64_t digit = (uint64_t)text.data[i] - '0';

        if (digit > 9 || digit > max || n > (max - digit) / 10)
            return ADIT_ERR_FORMAT;
        n = n * 10 + digit;
    }
    *out = n;
    return ADIT_OK;
}
