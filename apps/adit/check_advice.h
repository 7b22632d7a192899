/* SPDX-License-Identifier: BSD-2-Clause */
/* Of a leg that failed: who must act, and what that one should do. */
#ifndef ADIT_APP_CHECK_ADVICE_H
#define ADIT_APP_CHECK_ADVICE_H

#include "check_report.h"

struct adit_check_advice {
    enum adit_leg who;
    const char *text; /* one sentence */
};

/* The leg that did not follow on the last step that was told (-1: none was). */
enum adit_check_leg adit_check_leg_after(int step, const struct adit_failure *failure);

struct adit_check_advice adit_check_advise(enum adit_check_leg leg,
                                           const struct adit_failure *failure);

/* The failure's sentence without the side that the library has put before it. */
const char *adit_check_sentence(const struct adit_failure *failure);

#endif
