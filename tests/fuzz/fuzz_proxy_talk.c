/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a proxy answers: the first byte picks the kind of proxy, the second the
 * size of the pieces. A talk that is over takes nothing more.
 */
#include "net/proxy_talk.h"

#include "base/span.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void talk_to(const char *text, struct adit_span answer, size_t piece)
{
    char why[ADIT_PROXY_WHY_SIZE];
    struct adit_proxy_talk talk;
    struct adit_proxy_url url;

    if (adit_proxy_url_parse(text, &url, why) || adit_proxy_talk_start(&talk, &url, "gateway", 22))
        abort();
    while (answer.len > 0) {
        const size_t len = answer.len < piece ? answer.len : piece;
        const size_t taken = adit_proxy_talk_take(&talk, adit_span_of(answer.data, len));

        if (taken > len || (taken == 0 && !talk.done && !talk.err))
            abort();
        if (talk.done || talk.err)
            break;
        answer = adit_span_of(answer.data + taken, answer.len - taken);
    }
    if (talk.done && talk.err)
        abort();
    adit_proxy_talk_clear(&talk);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const urls[] = {
        "http://me:secret@proxy",
        "socks5://me:secret@proxy",
        "socks5://proxy",
        "socks4a://proxy",
    };

    if (size >= 2)
        talk_to(urls[data[0] % ADIT_ARRAY_LEN(urls)], adit_span_of(data + 2, size - 2),
                1 + (size_t)data[1]);
    return 0;
}
