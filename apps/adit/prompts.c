/* SPDX-License-Identifier: BSD-2-Clause */
#include "prompts.h"

#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include "askpass.h"
#include "tty.h"

#define DEFAULT_PROGRAM "ssh-askpass"

/* NULL when it is not set or empty. Nobody in this program changes the environment. */
static const char *environment(const char *name)
{
    const char *value = getenv(name); /* NOLINT(concurrency-mt-unsafe) */

    return value && value[0] ? value : NULL;
}

/* SSH_ASKPASS_REQUIRE, ssh(1). A program with windows needs a display, unless forced. */
static void read_wishes(bool *may_run, bool *preferred)
{
    const char *require = environment("SSH_ASKPASS_REQUIRE");

    *may_run = environment("DISPLAY") || environment("WAYLAND_DISPLAY");
    *preferred = false;
    if (require == NULL)
        return;
    if (strcasecmp(require, "never") == 0)
        *may_run = false;
    else if (strcasecmp(require, "force") == 0)
        *may_run = *preferred = true;
    else if (strcasecmp(require, "prefer") == 0)
        *preferred = *may_run;
}

bool adit_client_ask(enum adit_prompt_kind kind, const char *question, char *answer, size_t size)
{
    const char *program = environment("SSH_ASKPASS");
    bool may_run;
    bool preferred;
    bool answered;
    int tty;

    read_wishes(&may_run, &preferred);
    tty = preferred ? -1 : adit_tty_open();
    if (tty < 0)
        return may_run &&
               adit_askpass_ask(program ? program : DEFAULT_PROGRAM, question, answer, size);
    answered = adit_tty_ask(
        tty, question, kind != ADIT_PROMPT_HOST_KEY && kind != ADIT_PROMPT_VISIBLE, answer, size);
    (void)close(tty);
    return answered;
}
