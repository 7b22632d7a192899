/* SPDX-License-Identifier: BSD-2-Clause */
#include "control_ask.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    REPLY_MAX = 4 << 20,
    REQUEST_MS = 5000,
    REPLY_MS = 45 * 1000, /* a gateway has 30 s to answer */
};

/* Cuts the first line off: "ok", "none" or "error", and what follows its tab. */
static enum adit_control_outcome take_apart(struct adit_control_reply *reply)
{
    static const char *const names[] = {
        [ADIT_CONTROL_OK] = "ok", [ADIT_CONTROL_NONE] = "none", [ADIT_CONTROL_ERROR] = "error"
    };
    char *newline = strchr(reply->bytes, '\n');
    char *tab;

    if (newline == NULL)
        return ADIT_CONTROL_SILENT;
    *newline = '\0';
    reply->body = newline + 1;
    tab = strchr(reply->bytes, '\t');
    reply->text = tab ? tab + 1 : "";
    if (tab != NULL)
        *tab = '\0';
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(reply->bytes, names[i]) == 0)
            return (enum adit_control_outcome)i;
    return ADIT_CONTROL_SILENT;
}

void adit_control_ask(int fd, enum adit_control_verb verb, const char *const *words,
                      struct adit_control_reply *out)
{
    char line[ADIT_CONTROL_LINE_MAX];
    const size_t line_len = adit_control_request_print(verb, words, line);
    size_t len = 0;

    *out = (struct adit_control_reply){ .outcome = ADIT_CONTROL_SILENT, .text = "", .body = "" };
    out->bytes = malloc(REPLY_MAX);
    if (out->bytes != NULL && line_len > 0 && adit_control_write(fd, line, line_len, REQUEST_MS) &&
        adit_control_read(fd, out->bytes, REPLY_MAX - 1, &len, -1, REPLY_MS)) {
        out->bytes[len] = '\0';
        out->outcome = take_apart(out);
    }
    (void)close(fd);
}

void adit_control_reply_clear(struct adit_control_reply *reply)
{
    free(reply->bytes);
    *reply = (struct adit_control_reply){ 0 };
}

struct round {
    enum adit_control_verb verb;
    const char *const *words;
    bool (*take)(void *arg, const struct adit_control_reply *reply);
    void *arg;
};

static bool ask_one(void *arg, int fd)
{
    const struct round *round = arg;
    struct adit_control_reply reply;
    bool more = true;

    adit_control_ask(fd, round->verb, round->words, &reply);
    if (reply.outcome != ADIT_CONTROL_SILENT)
        more = round->take(round->arg, &reply);
    adit_control_reply_clear(&reply);
    return more;
}

void adit_control_ask_each(enum adit_control_verb verb, const char *const *words,
                           bool (*take)(void *arg, const struct adit_control_reply *reply),
                           void *arg, char why[static ADIT_CONTROL_WHY_SIZE])
{
    struct round round = { verb, words, take, arg };
    char folder[ADIT_CONTROL_PATH_SIZE];
    bool more = true;

    why[0] = '\0';
    for (size_t i = 0; more && i < ADIT_CONTROL_FOLDERS; i++)
        if (adit_control_folder(i, false, folder, why) == ADIT_CONTROL_FOLDER_GOOD)
            more = adit_control_each(folder, ask_one, &round);
}
