/* SPDX-License-Identifier: BSD-2-Clause */
/* Text: made safe to show, compared, matched against patterns, read as numbers. */
#ifndef ADIT_BASE_TEXT_H
#define ADIT_BASE_TEXT_H

#include "adit/err.h"

/*
 * Writes `bytes` so that they can stand in a log line or on a terminal:
 * printable ASCII and valid UTF-8 letters as they are; control bytes, ESC,
 * newline, backslash and invalid UTF-8 as \xHH. Cut to `size` - 1 with "..." at
 * the end; always NUL-terminated. Returns `out`.
 */
const char *adit_text_printable(struct adit_span bytes, char *out, size_t size);

/*
 * ssh's wildcards: `*` any run, `?` any one byte. Takes time linear in
 * pattern × text at the worst (no recursion).
 */
bool adit_text_matches(struct adit_span pattern, struct adit_span text, bool ignore_case);

/*
 * A comma-separated pattern list (RFC-less; ssh_config(5) PATTERNS): 1 when a
 * pattern matches and no negated (`!`) one does, -1 when a negated one matches,
 * 0 when none does.
 */
int adit_text_match_list(struct adit_span list, struct adit_span text, bool ignore_case);

/* Whether `name` is one of the names of a comma-separated list. */
bool adit_text_list_has(struct adit_span list, struct adit_span name);

/*
 * Takes the next name off a comma-separated list into `*name`; false at the
 * end. Empty names are handed out too.
 */
bool adit_text_list_next(struct adit_span *list, struct adit_span *name);

/* Where a host or an address may stand: the path of a socket in the file system, not a name. */
static inline bool adit_is_path(const char *text)
{
    return text != NULL && text[0] == '/';
}

/* Equal, with ASCII letters compared without case. */
bool adit_text_equal_nocase(struct adit_span a, const char *b);

/* A decimal number of digits only, at most `max`. FORMAT otherwise. */
ADIT_MUST_USE enum adit_err adit_text_to_number(struct adit_span text, uint64_t max, uint64_t *out);

#endif
