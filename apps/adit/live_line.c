/* SPDX-License-Identifier: BSD-2-Clause */
/* Durations and rates are coarse on purpose: a line that has not changed is not drawn again. */
#include "live_line.h"

#include <stdio.h>
#include <string.h>

enum { LINE_SIZE = 1536, SHORT_SIZE = 48 };

static void write_duration(uint64_t ms, char out[static SHORT_SIZE])
{
    const unsigned long long seconds = ms / 1000;
    const unsigned long long minutes = seconds / 60;
    const unsigned long long hours = minutes / 60;

    if (minutes == 0)
        (void)snprintf(out, SHORT_SIZE, "%llu s", seconds);
    else if (hours == 0)
        (void)snprintf(out, SHORT_SIZE, "%llu min", minutes);
    else if (hours < 24)
        (void)snprintf(out, SHORT_SIZE, "%llu h %llu min", hours, minutes % 60);
    else
        (void)snprintf(out, SHORT_SIZE, "%llu d %llu h", hours / 24, hours % 24);
}

/* Two digits at least, three at most: "1.2 MB/s", "340 kB/s". */
static void write_rate(uint64_t rate, char out[static SHORT_SIZE])
{
    static const char *const units[] = { "B", "kB", "MB", "GB", "TB" };
    uint64_t tenths = rate * 10;
    size_t unit = 0;

    if (rate > UINT64_MAX / 10)
        tenths = UINT64_MAX;
    while (tenths >= 9995 && unit + 1 < sizeof units / sizeof units[0]) {
        tenths = tenths / 1000 + (tenths % 1000 >= 500);
        unit++;
    }
    if (unit && tenths < 100)
        (void)snprintf(out, SHORT_SIZE, "%llu.%llu %s/s", (unsigned long long)tenths / 10,
                       (unsigned long long)tenths % 10, units[unit]);
    else
        (void)snprintf(out, SHORT_SIZE, "%llu %s/s", (unsigned long long)(tenths + 5) / 10,
                       units[unit]);
}

static void write_up(const struct adit_live_sample *sample, char out[static LINE_SIZE])
{
    const unsigned long long connections = sample->status->connections;
    char since[SHORT_SIZE];
    char sent[SHORT_SIZE];
    char received[SHORT_SIZE];

    write_duration(sample->status->state_ms, since);
    write_rate(sample->sent_rate, sent);
    write_rate(sample->received_rate, received);
    (void)snprintf(out, LINE_SIZE, "%s: up %s, %llu connection%s, %s out, %s in", sample->name,
                   since, connections, connections == 1 ? "" : "s", sent, received);
}

static void write_down(const struct adit_live_sample *sample, const char *what,
                       char out[static LINE_SIZE])
{
    const struct adit_tunnel_status *status = sample->status;
    char since[SHORT_SIZE];
    char due[SHORT_SIZE] = "";

    write_duration(status->state_ms, since);
    if (status->retry_in_ms != UINT64_MAX)
        write_duration(status->retry_in_ms + 999, due); /* "in 0 s" would be now */
    (void)snprintf(out, LINE_SIZE, "%s: down %s, %s%s%s%s", sample->name, since, what, due,
                   status->last_failure.text[0] ? ": " : "", status->last_failure.text);
}

void adit_live_line(const struct adit_live_sample *sample, size_t columns, char *out, size_t size)
{
    char line[LINE_SIZE] = "";
    size_t len = 0;

    switch (sample->status->state) {
    case ADIT_TUNNEL_UP:
        write_up(sample, line);
        break;
    case ADIT_TUNNEL_CONNECTING:
        write_down(sample, "trying again", line);
        break;
    case ADIT_TUNNEL_WAITING:
        write_down(sample, "next try in ", line);
        break;
    case ADIT_TUNNEL_CLOSING:
    case ADIT_TUNNEL_ENDED:
        (void)snprintf(line, sizeof line, "%s: closing", sample->name);
        break;
    }
    for (; line[len] && len < columns && len + 1 < size; len++)
        out[len] = (char)(line[len] < ' ' || line[len] > '~' ? '?' : line[len]);
    out[len] = '\0';
}
