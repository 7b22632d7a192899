/* SPDX-License-Identifier: BSD-2-Clause */
/* Who is asked: the terminal or the program of SSH_ASKPASS, chosen as ssh does. */
#ifndef ADIT_APP_PROMPTS_H
#define ADIT_APP_PROMPTS_H

#include "adit/tunnel.h"

/* As an adit_prompt_fn. */
bool adit_client_ask(enum adit_prompt_kind kind, const char *question, char *answer, size_t size);

#endif
