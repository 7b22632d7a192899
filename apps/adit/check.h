/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `adit check`: the way of a tunnel leg by leg, up to the first that fails.
 * Nothing stays open, and nothing is changed anywhere.
 */
#ifndef ADIT_APP_CHECK_H
#define ADIT_APP_CHECK_H

#include "check_report.h"
#include "config/ssh_config.h"

struct adit_check {
    struct adit_check_report report;
    int step;                 /* the last that was told; -1: none */
    char identification[256]; /* what the last server calls itself */
    const struct adit_tunnel_settings *settings;
};

/* Time runs from here. */
void adit_check_start(struct adit_check *check, bool as_json);

/* The command line or the configuration is wrong. Returns the exit status. */
ADIT_MUST_USE int adit_check_refuse(struct adit_check *check, const char *sentence);

/*
 * All the legs with these settings, whose `step` leads to adit_check_step().
 * `stdio` is the target of -W, or NULL. Returns the exit status.
 */
ADIT_MUST_USE int adit_check_tunnel(struct adit_check *check,
                                    const struct adit_tunnel_settings *settings,
                                    const struct adit_forward_spec *stdio);
void adit_check_step(struct adit_check *check, const char *hop, enum adit_step step,
                     const char *text);

/* `adit check PORT`: who listens on a port of this machine, and what is behind it. */
ADIT_MUST_USE int adit_check_port(struct adit_check *check, uint16_t port);

#endif
