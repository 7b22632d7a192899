/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * "  0: 0100007F:0CEA 0100007F:8A3C 01 00000000:00000000 00:00000000 00000000  1000  0 4711 …":
 * its own end, the other one, four words that are passed over, the user, one
 * more word, and the inode. Addresses are shown as words of the processor's.
 */
#include "net/peer_ends.h"

#include "base/span.h"
#include "base/text.h"
#include "keys/lines.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    END_SIZE = sizeof "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF:FFFF",
    WORD_BYTES = 4,
    WORD_DIGITS = 8,
    ROWS_MAX = 1000 * 1000,
};

enum column { NUMBER, LOCAL, REMOTE, STATE, QUEUES, TIMER, RETRIES, USER, TIMEOUT, INODE, COLUMNS };

static void write_end(const struct adit_end *end, bool six, char out[static END_SIZE])
{
    const size_t first = six ? 0 : ADIT_ADDRESS_BYTES - WORD_BYTES;
    size_t len = 0;

    for (size_t at = first; at < ADIT_ADDRESS_BYTES; at += WORD_BYTES, len += WORD_DIGITS) {
        uint32_t word;

        memcpy(&word, end->address + at, sizeof word);
        (void)snprintf(out + len, END_SIZE - len, "%08" PRIX32, word);
    }
    (void)snprintf(out + len, END_SIZE - len, ":%04X", (unsigned)ntohs(end->port));
}

static bool is_end(struct adit_span word, const struct adit_end *end, bool six)
{
    char text[END_SIZE];

    write_end(end, six, text);
    return adit_span_is(word, text);
}

enum adit_err adit_peer_row_read(struct adit_span row, const struct adit_ends *ends, bool six,
                                 uint32_t *user)
{
    struct adit_span words[COLUMNS];
    uint64_t inode;
    uint64_t number;

    for (size_t i = 0; i < COLUMNS; i++)
        words[i] = adit_word_next(&row);
    if (!is_end(words[LOCAL], &ends->local, six) || !is_end(words[REMOTE], &ends->remote, six))
        return ADIT_ERR_NOT_FOUND;
    if (adit_text_to_number(words[USER], UINT32_MAX, &number) ||
        adit_text_to_number(words[INODE], UINT64_MAX, &inode) || inode == 0)
        return ADIT_ERR_NOT_FOUND;
    *user = (uint32_t)number;
    return ADIT_OK;
}

static enum adit_err look_through(const char *path, const struct adit_ends *ends, bool six,
                                  uint32_t *user)
{
    FILE *file = fopen(path, "re");
    enum adit_err err = ADIT_ERR_NOT_FOUND;
    char *row = NULL;
    size_t size = 0;

    if (file == NULL)
        return ADIT_ERR_SYSTEM;
    for (unsigned i = 0; err == ADIT_ERR_NOT_FOUND && i < ROWS_MAX; i++) {
        const ssize_t len = getline(&row, &size, file);

        if (len <= 0)
            break;
        err = adit_peer_row_read(adit_span_of(row, (size_t)len), ends, six, user);
    }
    free(row);
    (void)fclose(file);
    return err;
}

enum adit_err adit_peer_rows(const struct adit_ends *ends, uint32_t *user)
{
    enum adit_err err = ADIT_ERR_NOT_FOUND;

    if (adit_end_is_ipv4(&ends->local))
        err = look_through("/proc/net/tcp", ends, false, user);
    /* A socket of IPv6 may have an IPv4 address too. */
    if (err == ADIT_ERR_NOT_FOUND)
        err = look_through("/proc/net/tcp6", ends, true, user);
    return err;
}
