/* SPDX-License-Identifier: BSD-2-Clause */
#include "status.h"

#include <stdio.h>
#include <unistd.h>

enum { AMOUNT_SIZE = 32 };

const char *adit_status_state(enum adit_tunnel_state state)
{
    switch (state) {
    case ADIT_TUNNEL_CONNECTING:
        return "connecting";
    case ADIT_TUNNEL_UP:
        return "up";
    case ADIT_TUNNEL_WAITING:
        return "waiting";
    case ADIT_TUNNEL_CLOSING:
        return "closing";
    case ADIT_TUNNEL_ENDED:
        break;
    }
    return "ended";
}

/* "950 B", "1.2 kB", "34.0 MB". */
static const char *bytes_text(uint64_t bytes, char out[static AMOUNT_SIZE])
{
    static const char units[] = "kMGTPE";
    uint64_t tenths = bytes;
    size_t unit = 0;

    if (bytes < 1000) {
        (void)snprintf(out, AMOUNT_SIZE, "%u B", (unsigned)bytes);
        return out;
    }
    for (tenths = bytes / 100; tenths >= 10000; tenths /= 1000)
        unit++;
    (void)snprintf(out, AMOUNT_SIZE, "%llu.%llu %cB", (unsigned long long)tenths / 10,
                   (unsigned long long)tenths % 10, units[unit]);
    return out;
}

/* "12 s", "3 min 4 s", "5 h 12 min", "4 d 3 h". */
static const char *time_text(uint64_t ms, char out[static AMOUNT_SIZE])
{
    const unsigned long long s = ms / 1000;

    if (s < 60)
        (void)snprintf(out, AMOUNT_SIZE, "%llu s", s);
    else if (s < 3600)
        (void)snprintf(out, AMOUNT_SIZE, "%llu min %llu s", s / 60, s % 60);
    else if (s < 86400)
        (void)snprintf(out, AMOUNT_SIZE, "%llu h %llu min", s / 3600, s / 60 % 60);
    else
        (void)snprintf(out, AMOUNT_SIZE, "%llu d %llu h", s / 86400, s / 3600 % 24);
    return out;
}

static void print_forward(FILE *out, const struct adit_member *member,
                          const struct adit_member_forward *item)
{
    static const char letters[] = { [ADIT_FORWARD_SPEC_LOCAL] = 'L',
                                    [ADIT_FORWARD_SPEC_REMOTE] = 'R',
                                    [ADIT_FORWARD_SPEC_DYNAMIC] = 'D' };
    struct adit_forward_status status;
    char from[ADIT_ADDRESS_SIZE];
    char to[ADIT_ADDRESS_SIZE];
    char sent[AMOUNT_SIZE];
    char received[AMOUNT_SIZE];

    adit_forward_status(item->forward, &status);
    (void)fprintf(
        out, "  -%c %s -> %s: %s; connections: %llu now, %llu in all; %s sent, %s received\n",
        letters[item->kind], adit_forward_bind_text(member, item, status.port, from),
        adit_forward_target_text(&item->spec, to), status.listens ? "listens" : "does not listen",
        (unsigned long long)status.connections, (unsigned long long)status.connections_total,
        bytes_text(status.bytes_sent, sent), bytes_text(status.bytes_received, received));
}

/* Three digits at the least: "0.21 ms", "2.10 ms", "21.0 ms", "210 ms". */
static void print_round_trip(FILE *out, uint64_t us)
{
    const int digits = us < 10000 ? 2 : us < 100000 ? 1 : 0;

    (void)fprintf(out, "  round trip %.*f ms\n", digits, (double)us / 1000);
}

static void print_connection(FILE *out, const struct adit_tunnel_status *status)
{
    const struct adit_agreement *a = &status->agreement;
    char retry[AMOUNT_SIZE];

    if (status->retry_in_ms != UINT64_MAX)
        (void)fprintf(out, "  next try in %s\n", time_text(status->retry_in_ms, retry));
    if (a->kex != NULL)
        (void)fprintf(out, "  %s, %s, %s%s%s\n", a->kex, a->host_key, a->cipher_c2s,
                      a->mac_c2s[0] == '<' ? "" : ", ", a->mac_c2s[0] == '<' ? "" : a->mac_c2s);
    if (status->round_trip_us != UINT64_MAX)
        print_round_trip(out, status->round_trip_us);
}

void adit_status_print_text(FILE *out, struct adit_member *member)
{
    struct adit_tunnel_status status;
    char since[AMOUNT_SIZE];
    char ago[AMOUNT_SIZE];

    adit_tunnel_status(member->tunnel, &status);
    (void)fprintf(out, "%s: %s for %s, %s@%s:%u, pid %ld, lost %llu %s\n", member->name,
                  adit_status_state(status.state), time_text(status.state_ms, since),
                  member->settings.user, member->settings.host, (unsigned)member->settings.port,
                  (long)getpid(), (unsigned long long)status.outages,
                  status.outages == 1 ? "time" : "times");
    print_connection(out, &status);
    (void)pthread_mutex_lock(&member->lock);
    for (size_t i = 0; i < member->forward_count; i++)
        print_forward(out, member, &member->forwards[i]);
    (void)pthread_mutex_unlock(&member->lock);
    if (status.last_failure_ms != UINT64_MAX)
        (void)fprintf(out, "  last failure %s ago: %s\n", time_text(status.last_failure_ms, ago),
                      status.last_failure.text);
}
