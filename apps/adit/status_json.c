/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes JSON only, so a handful of functions is all of it. Numbers that are not known are null. */
#include "status.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { TIME_SIZE = 32 };

/* Text that is UTF-8 already; NULL is null. */
static void print_string(FILE *out, const char *text)
{
    if (text == NULL) {
        (void)fputs("null", out);
        return;
    }
    (void)fputc('"', out);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            (void)fprintf(out, "\\%c", *text);
        else if ((unsigned char)*text < 0x20)
            (void)fprintf(out, "\\u%04x", (unsigned)*text);
        else
            (void)fputc(*text, out);
    }
    (void)fputc('"', out);
}

static void print_member(FILE *out, const char *name, const char *text)
{
    (void)fprintf(out, ",\"%s\":", name);
    print_string(out, text);
}

static void print_number(FILE *out, const char *name, uint64_t number)
{
    if (number == UINT64_MAX)
        (void)fprintf(out, ",\"%s\":null", name);
    else
        (void)fprintf(out, ",\"%s\":%" PRIu64, name, number);
}

/* The moment so long ago, in UTC. */
static void print_moment(FILE *out, const char *name, uint64_t ago_ms)
{
    const time_t then = time(NULL) - (time_t)(ago_ms / 1000);
    struct tm parts;
    char text[TIME_SIZE];

    if (gmtime_r(&then, &parts) == NULL ||
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
        text[0] = '\0';
    print_member(out, name, text);
}

static void print_algorithms(FILE *out, const struct adit_agreement *a)
{
    if (a->kex == NULL) {
        (void)fputs(",\"algorithms\":null", out);
        return;
    }
    (void)fputs(",\"algorithms\":{\"kex\":", out);
    print_string(out, a->kex);
    print_member(out, "host_key", a->host_key);
    print_member(out, "cipher_sent", a->cipher_c2s);
    print_member(out, "cipher_received", a->cipher_s2c);
    print_member(out, "mac_sent", a->mac_c2s);
    print_member(out, "mac_received", a->mac_s2c);
    print_member(out, "compression_sent", a->compression_c2s);
    print_member(out, "compression_received", a->compression_s2c);
    (void)fprintf(out, ",\"strict_kex\":%s}", a->strict_kex ? "true" : "false");
}

static void print_failure(FILE *out, const struct adit_tunnel_status *status)
{
    if (status->last_failure_ms == UINT64_MAX) {
        (void)fputs(",\"last_failure\":null", out);
        return;
    }
    (void)fputs(",\"last_failure\":{\"leg\":", out);
    print_string(out, adit_leg_text(status->last_failure.leg));
    print_member(out, "text", status->last_failure.text);
    print_moment(out, "time", status->last_failure_ms);
    (void)fputc('}', out);
}

static void print_forward(FILE *out, const struct adit_member *member,
                          const struct adit_member_forward *item)
{
    static const char *const kinds[] = { [ADIT_FORWARD_SPEC_LOCAL] = "local",
                                         [ADIT_FORWARD_SPEC_REMOTE] = "remote",
                                         [ADIT_FORWARD_SPEC_DYNAMIC] = "dynamic" };
    struct adit_forward_status status;
    char address[ADIT_ADDRESS_SIZE];

    adit_forward_status(item->forward, &status);
    (void)fputs("{\"kind\":", out);
    print_string(out, kinds[item->kind]);
    print_member(out, "listen", adit_forward_bind_text(member, item, status.port, address));
    print_member(out, "target", adit_forward_target_text(&item->spec, address));
    (void)fprintf(out, ",\"listens\":%s", status.listens ? "true" : "false");
    print_number(out, "connections", status.connections);
    print_number(out, "connections_total", status.connections_total);
    print_number(out, "connections_aborted", status.connections_aborted);
    print_number(out, "bytes_sent", status.bytes_sent);
    print_number(out, "bytes_received", status.bytes_received);
    (void)fputc('}', out);
}

static void print_forwards(FILE *out, struct adit_member *member)
{
    (void)fputs(",\"forwards\":[", out);
    (void)pthread_mutex_lock(&member->lock);
    for (size_t i = 0; i < member->forward_count; i++) {
        if (i > 0)
            (void)fputc(',', out);
        print_forward(out, member, &member->forwards[i]);
    }
    (void)pthread_mutex_unlock(&member->lock);
    (void)fputc(']', out);
}

void adit_status_print_json(FILE *out, struct adit_member *member)
{
    struct adit_tunnel_status status;

    adit_tunnel_status(member->tunnel, &status);
    (void)fputs("{\"name\":", out);
    print_string(out, member->name);
    print_number(out, "pid", (uint64_t)getpid());
    print_member(out, "state", adit_status_state(status.state));
    print_moment(out, "since", status.state_ms);
    print_number(out, "retry_in_ms", status.retry_in_ms);
    (void)fputs(",\"gateway\":{\"host\":", out);
    print_string(out, member->settings.host);
    print_number(out, "port", member->settings.port);
    print_member(out, "user", member->settings.user);
    (void)fputc('}', out);
    print_algorithms(out, &status.agreement);
    print_number(out, "round_trip_ms", status.round_trip_ms);
    print_number(out, "round_trip_us", status.round_trip_us);
    print_number(out, "outages", status.outages);
    print_number(out, "connections", status.connections);
    print_number(out, "connections_total", status.connections_total);
    print_number(out, "connections_aborted", status.connections_aborted);
    print_number(out, "bytes_sent", status.bytes_sent);
    print_number(out, "bytes_received", status.bytes_received);
    print_failure(out, &status);
    print_forwards(out, member);
    (void)fputs("}\n", out);
}
