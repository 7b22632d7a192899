/* SPDX-License-Identifier: BSD-2-Clause */
/* The first byte cuts the rest in two: how the bytes come must make no difference. */
#include "net/socks_server.h"

#include "base/span.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct adit_socks whole = { .state = ADIT_SOCKS_READING };
    struct adit_socks parts = { .state = ADIT_SOCKS_READING };
    struct adit_socks_answer answer;
    struct adit_socks_answer first;
    struct adit_socks_answer second;
    size_t cut;
    size_t taken;
    size_t taken_parts;

    if (size == 0)
        return 0;
    cut = data[0] < size - 1 ? data[0] : size - 1;
    taken = adit_socks_take(&whole, adit_span_of(data + 1, size - 1), &answer);
    taken_parts = adit_socks_take(&parts, adit_span_of(data + 1, cut), &first);
    taken_parts += adit_socks_take(
        &parts, adit_span_of(data + 1 + taken_parts, size - 1 - taken_parts), &second);
    must(taken == taken_parts && taken < size);
    must(whole.state == parts.state && whole.port == parts.port);
    must(strcmp(whole.host, parts.host) == 0);
    must(answer.len == first.len + second.len);
    must(whole.state == ADIT_SOCKS_READING ? taken == size - 1 : taken <= size - 1);
    if (whole.state == ADIT_SOCKS_ASKED)
        must(whole.port != 0 && whole.host[0] != '\0' && whole.host[0] != '/');
    return 0;
}
