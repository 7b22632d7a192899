/* SPDX-License-Identifier: BSD-2-Clause */
#include "transport/identification.h"

#include "base/span.h"

static bool starts_with(struct adit_span s, const char *prefix)
{
    const size_t len = strlen(prefix);

    return s.len >= len && memcmp(s.data, prefix, len) == 0;
}

/* Could what has come so far be the beginning of "SSH-"? */
static bool may_become_ssh(struct adit_span s)
{
    return memcmp(s.data, "SSH-", s.len < 4 ? s.len : 4) == 0;
}

static enum adit_line_verdict judge_ssh_line(struct adit_span line, bool from_server)
{
    if (memchr(line.data, '\0', line.len) || memchr(line.data, '\r', line.len))
        return ADIT_LINE_NOT_SSH;
    if (starts_with(line, "SSH-2.0-") || (from_server && starts_with(line, "SSH-1.99-")))
        return ADIT_LINE_IDENTIFICATION;
    return ADIT_LINE_OLD_VERSION;
}

enum adit_line_verdict adit_identification_judge(struct adit_span bytes, bool from_server,
                                                 struct adit_span *line, size_t *consumed)
{
    enum adit_line_verdict verdict;
    const uint8_t *newline;
    size_t max;
    bool is_ssh;

    *consumed = 0;
    *line = ADIT_SPAN_EMPTY;
    if (bytes.len == 0)
        return ADIT_LINE_NEEDS_MORE;
    is_ssh = may_become_ssh(bytes);
    if (!is_ssh && !from_server)
        return ADIT_LINE_NOT_SSH;
    max = is_ssh ? ADIT_IDENTIFICATION_MAX : ADIT_PRELUDE_LINE_MAX;
    newline = memchr(bytes.data, '\n', bytes.len < max ? bytes.len : max);
    if (newline == NULL)
        return bytes.len < max ? ADIT_LINE_NEEDS_MORE : ADIT_LINE_NOT_SSH;

    *line = adit_span_of(bytes.data, (size_t)(newline - bytes.data));
    if (line->len && line->data[line->len - 1] == '\r')
        line->len--;
    verdict = is_ssh ? judge_ssh_line(*line, from_server) : ADIT_LINE_PRELUDE;
    if (verdict != ADIT_LINE_NOT_SSH)
        *consumed = (size_t)(newline - bytes.data) + 1;
    return verdict;
}
