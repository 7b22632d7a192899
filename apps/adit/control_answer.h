/* SPDX-License-Identifier: BSD-2-Clause */
/* What is done when somebody asks at a control socket. */
#ifndef ADIT_APP_CONTROL_ANSWER_H
#define ADIT_APP_CONTROL_ANSWER_H

#include "control_request.h"
#include "roster.h"

/*
 * Does what is asked for, however long that takes, and gives the answer as text
 * that is to be freed; NULL: no memory. `request` NULL: it was none.
 */
char *adit_control_answer(const struct adit_roster *roster,
                          const struct adit_control_request *request, size_t *len);

#endif
