/* SPDX-License-Identifier: BSD-2-Clause */
#include "connection/window.h"

enum { CREDIT_MIN = 64 * 1024 };

void adit_receive_window_init(struct adit_receive_window *w, uint32_t size, uint32_t max)
{
    *w = (struct adit_receive_window){ .size = size, .max = max < size ? size : max, .left = size };
}

bool adit_receive_window_take(struct adit_receive_window *w, size_t len)
{
    if (len > w->left)
        return false;
    w->left -= (uint32_t)len;
    w->unread += (uint32_t)len;
    return true;
}

/* Rarely enough to be cheap, often enough that the sender never waits for it. */
static uint32_t credit_threshold(const struct adit_receive_window *w)
{
    const uint32_t eighth = w->size / 8;
    const uint32_t half = w->size / 2;

    if (eighth >= CREDIT_MIN)
        return eighth;
    return half < CREDIT_MIN ? half : CREDIT_MIN;
}

uint32_t adit_receive_window_consume(struct adit_receive_window *w, size_t len)
{
    uint32_t credit;

    if (len > w->unread)
        len = w->unread;
    w->unread -= (uint32_t)len;
    w->consumed += (uint32_t)len;
    if (w->consumed == 0 || w->consumed < credit_threshold(w))
        return 0;
    credit = w->consumed;
    if (w->unread == 0 && w->left < w->size / 4 && w->size < w->max) {
        const uint32_t more = w->size < w->max - w->size ? w->size : w->max - w->size;

        w->size += more;
        credit += more;
    }
    w->consumed = 0;
    w->left += credit;
    return credit;
}

bool adit_send_window_adjust(uint32_t *window, uint32_t bytes_to_add)
{
    if (bytes_to_add > UINT32_MAX - *window)
        return false;
    *window += bytes_to_add;
    return true;
}
