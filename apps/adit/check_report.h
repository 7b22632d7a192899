/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What `adit check` says: a line for each leg with its time, then who must act
 * and what to do; or all of it as JSON at the end.
 */
#ifndef ADIT_APP_CHECK_REPORT_H
#define ADIT_APP_CHECK_REPORT_H

#include "adit/tunnel.h"

#include <jansson.h>

enum adit_check_leg {
    ADIT_CHECK_CONFIG,
    ADIT_CHECK_NAME,
    ADIT_CHECK_TCP,
    ADIT_CHECK_EXCHANGE,
    ADIT_CHECK_HOST_KEY,
    ADIT_CHECK_LOGIN,
    ADIT_CHECK_PERMISSION,
    ADIT_CHECK_TARGET,
    ADIT_CHECK_LEGS,
};

enum {
    ADIT_CHECK_WELL = 0,
    ADIT_CHECK_EXIT = 11, /* of the first leg; the others follow */
};

struct adit_check_report {
    bool as_json;
    json_t *legs;
    uint64_t since_us; /* when the leg began that is told of next */
};

/* Time runs from here. */
void adit_check_begin(struct adit_check_report *report, bool as_json);

/* What was done since the last leg is no part of the next one. */
void adit_check_restart(struct adit_check_report *report);
/* A leg is passed; the next one begins. `hop` is a jump host's name, or "". */
void adit_check_passed(struct adit_check_report *report, enum adit_check_leg leg, const char *hop,
                       const char *format, ...) ADIT_FORMAT(4, 5);
/* Of this leg nothing can be tested; `what` says why. */
void adit_check_untested(struct adit_check_report *report, enum adit_check_leg leg,
                         const char *what);
/* `service` is what met us at the target ("MariaDB 10.11.6"). */
void adit_check_met(struct adit_check_report *report, const char *target, const char *service);
/* The end: `what` is not as it should be, `who` must act. Returns the exit status. */
ADIT_MUST_USE int adit_check_failed(struct adit_check_report *report, enum adit_check_leg leg,
                                    enum adit_leg who, const char *what, const char *advice);
/* The end; returns the exit status. */
ADIT_MUST_USE int adit_check_well(struct adit_check_report *report);

#endif
