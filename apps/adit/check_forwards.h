/* SPDX-License-Identifier: BSD-2-Clause */
/* The last two legs, of one forward: may it be, and does its target answer. */
#ifndef ADIT_APP_CHECK_FORWARDS_H
#define ADIT_APP_CHECK_FORWARDS_H

#include "check_answer.h"
#include "check_report.h"
#include "config/forward_spec.h"

/* From the gateway to the target. The exit status; ADIT_CHECK_WELL: nothing is to be told yet. */
ADIT_MUST_USE int adit_check_local(struct adit_check_report *report, struct adit_tunnel *tunnel,
                                   const char *option, const struct adit_forward_spec *spec);
/* The gateway is asked to listen, and to stop; then from here to the target. */
ADIT_MUST_USE int adit_check_remote(struct adit_check_report *report, struct adit_tunnel *tunnel,
                                    const struct adit_forward_spec *spec);
/* A connection from this machine; -1 with the failure. */
ADIT_MUST_USE int adit_check_connect(const char *host, uint16_t port, struct adit_failure *failure);
/* The leg of the target, which is on the side `who`, by what its server has answered. */
ADIT_MUST_USE int adit_check_judge(struct adit_check_report *report, const char *target,
                                   enum adit_leg who, uint16_t port,
                                   const struct adit_check_answer *answer);

#endif
