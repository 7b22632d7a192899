/* SPDX-License-Identifier: BSD-2-Clause */
#include "control_request.h"

#include <stdint.h>
#include <string.h>

static const struct {
    const char *name;
    size_t words;
} verbs[ADIT_CONTROL_VERBS] = {
    [ADIT_CONTROL_STATUS] = { "status", 2 }, [ADIT_CONTROL_READY] = { "ready", 1 },
    [ADIT_CONTROL_DOWN] = { "down", 1 },     [ADIT_CONTROL_ADD] = { "add", 3 },
    [ADIT_CONTROL_REMOVE] = { "remove", 3 }, [ADIT_CONTROL_CHECK] = { "check", 0 },
    [ADIT_CONTROL_STOP] = { "stop", 0 },
};

static bool is_control_byte(uint8_t byte)
{
    return byte < ' ' || byte == 0x7f;
}

size_t adit_control_word_count(enum adit_control_verb verb)
{
    return verbs[verb].words;
}

/* Takes what stands before the next tab or the end; *more: there was a tab. */
static struct adit_span take_word(struct adit_span *line, bool *more)
{
    struct adit_span word = *line;

    for (word.len = 0; word.len < line->len; word.len++)
        if (line->data[word.len] == '\t')
            break;
    *more = word.len < line->len;
    line->data += word.len + *more;
    line->len -= word.len + *more;
    return word;
}

static bool find_verb(struct adit_span word, enum adit_control_verb *out)
{
    for (unsigned v = 0; v < ADIT_CONTROL_VERBS; v++) {
        if (strlen(verbs[v].name) == word.len && memcmp(verbs[v].name, word.data, word.len) == 0) {
            *out = (enum adit_control_verb)v;
            return true;
        }
    }
    return false;
}

static bool copy_word(struct adit_span word, char out[static ADIT_CONTROL_LINE_MAX])
{
    for (size_t i = 0; i < word.len; i++)
        if (is_control_byte(word.data[i]))
            return false;
    memcpy(out, word.data, word.len);
    out[word.len] = '\0';
    return true;
}

bool adit_control_request_parse(struct adit_span line, struct adit_control_request *out)
{
    bool more = false;

    *out = (struct adit_control_request){ .verb = ADIT_CONTROL_VERBS };
    if (line.len == 0 || line.len >= ADIT_CONTROL_LINE_MAX ||
        !find_verb(take_word(&line, &more), &out->verb))
        return false;
    for (size_t i = 0; i < verbs[out->verb].words; i++)
        if (!more || !copy_word(take_word(&line, &more), out->words[i]))
            return false;
    return !more;
}

/* False: it does not fit, with one byte left for what comes after it. */
static bool append(char *line, size_t *len, const char *word)
{
    const size_t more = strlen(word);

    if (more + 1 > ADIT_CONTROL_LINE_MAX - *len)
        return false;
    for (size_t i = 0; i < more; i++) {
        if (is_control_byte((uint8_t)word[i]))
            return false;
        line[(*len)++] = word[i];
    }
    return true;
}

size_t adit_control_request_print(enum adit_control_verb verb, const char *const *words,
                                  char out[static ADIT_CONTROL_LINE_MAX])
{
    size_t len = 0;

    if (!append(out, &len, verbs[verb].name))
        return 0;
    for (size_t i = 0; i < verbs[verb].words; i++) {
        out[len++] = '\t';
        if (!append(out, &len, words[i]))
            return 0;
    }
    out[len++] = '\n';
    return len;
}
