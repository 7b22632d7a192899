/* SPDX-License-Identifier: BSD-2-Clause */
/* The text of key files, cut into lines and words. All spans borrow from it. */
#ifndef ADIT_KEYS_LINES_H
#define ADIT_KEYS_LINES_H

#include "adit/adit.h"

/* The text behind a UTF-8 byte order mark, if it begins with one. */
struct adit_span adit_lines_begin(struct adit_span text);

/* Takes the next line off `*text`, without its LF or CR LF; false at the end. */
bool adit_line_next(struct adit_span *text, struct adit_span *line);

/* Without the blanks at both ends. */
struct adit_span adit_line_trim(struct adit_span line);

/* Takes the next run of bytes between blanks off `*line`; an empty span at the end. */
struct adit_span adit_word_next(struct adit_span *line);

/* Whether the line begins so, letter by letter. */
bool adit_line_begins(struct adit_span line, const char *text);

#endif
