/* SPDX-License-Identifier: BSD-2-Clause */
#include "tunnel/gateway_said.h"

#include "base/text.h"
#include "tunnel/forward.h"
#include "tunnel/tunnel.h"

#include <string.h>

/* What a gateway may put before the user's eyes in one connection; the rest is for -v. */
enum { SHOWN_MAX = 100 };

static bool owes_answer(const struct adit_tunnel *t)
{
    for (struct adit_list *node = t->forwards.next; node != &t->forwards; node = node->next) {
        const struct adit_forward *forward = ADIT_LIST_ENTRY(node, struct adit_forward, node);

        if (forward->is_remote && forward->state == ADIT_FORWARD_ASKED)
            return true;
    }
    return false;
}

static void show(struct adit_tunnel *t, bool always_display, const char *text)
{
    struct adit_gateway_said *said = &t->attempt.said;
    const bool is_shown = always_display && said->shown < SHOWN_MAX;

    if (is_shown)
        said->shown++;
    adit_user_say(&t->user, is_shown ? ADIT_SAY_INFO : ADIT_SAY_DEBUG1, "gateway says: %s", text);
}

void adit_gateway_said(struct adit_tunnel *t, const struct adit_event *event)
{
    struct adit_gateway_said *said = &t->attempt.said;
    char text[ADIT_SAID_SIZE];

    (void)adit_text_printable(event->text, text, sizeof text);
    if (!event->always_display || !owes_answer(t)) {
        show(t, event->always_display, text);
        return;
    }
    adit_gateway_said_answered(t, true); /* what was said before was not the reason */
    memcpy(said->reason, text, sizeof text);
}

void adit_gateway_said_answered(struct adit_tunnel *t, bool accepted)
{
    struct adit_gateway_said *said = &t->attempt.said;

    if (accepted && said->reason[0] != '\0')
        show(t, true, said->reason);
    said->reason[0] = '\0';
}
