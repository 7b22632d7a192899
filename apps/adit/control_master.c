/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `adit -O` against `adit -M`: scripts that steer ssh look for these words and
 * numbers. Only the forwards of the command line are meant.
 */
#include "control_command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "control_ask.h"

enum { EXIT_FAILED = 255 };

struct talk {
    const struct adit_options *options;
    const char *path;
    struct adit_control_reply reply;
};

/* False: it was said why. */
static bool ask(struct talk *talk, enum adit_control_verb verb, const char *const *words)
{
    const int fd = adit_control_connect(talk->path);

    adit_control_reply_clear(&talk->reply);
    if (fd < 0) {
        (void)fprintf(stderr, "Control socket connect(%s): %s\n", talk->path,
                      strerrordesc_np(errno));
        return false;
    }
    adit_control_ask(fd, verb, words, &talk->reply);
    if (talk->reply.outcome == ADIT_CONTROL_SILENT)
        (void)fprintf(stderr, "adit: %s: no answer that adit understands\n", talk->path);
    return talk->reply.outcome != ADIT_CONTROL_SILENT;
}

static int check(struct talk *talk)
{
    if (!ask(talk, ADIT_CONTROL_CHECK, NULL))
        return EXIT_FAILED;
    (void)fprintf(stderr, "Master running (pid=%s)\r\n", talk->reply.text);
    return 0;
}

static int end(struct talk *talk)
{
    static const char *const all[] = { "" };

    if (!ask(talk, ADIT_CONTROL_DOWN, all))
        return EXIT_FAILED;
    (void)fputs("Exit request sent.\r\n", stderr);
    return 0;
}

static int stop(struct talk *talk)
{
    if (!ask(talk, ADIT_CONTROL_STOP, NULL))
        return EXIT_FAILED;
    (void)fputs("Stop listening request sent.\r\n", stderr);
    return 0;
}

static const char *kind_of(const struct adit_ssh_option *setting)
{
    static const struct {
        const char *keyword;
        const char *kind;
    } kinds[] = { { "LocalForward", "L" }, { "RemoteForward", "R" }, { "DynamicForward", "D" } };

    for (size_t i = 0; setting->keyword && i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(setting->keyword, kinds[i].keyword) == 0)
            return kinds[i].kind;
    return NULL;
}

static int change(struct talk *talk, enum adit_control_verb verb)
{
    const char *what = verb == ADIT_CONTROL_ADD ? "forward" : "cancel forward";
    size_t count = 0;
    size_t failed = 0;

    for (size_t i = 0; i < talk->options->setting_count; i++) {
        const struct adit_ssh_option *setting = &talk->options->settings[i];
        const char *words[] = { "", kind_of(setting), setting->value };

        if (words[1] == NULL)
            continue;
        count++;
        if (!ask(talk, verb, words))
            return EXIT_FAILED;
        if (talk->reply.outcome != ADIT_CONTROL_OK) {
            failed++;
            (void)fprintf(stderr, "adit: master %s request failed: %s\n", what, talk->reply.text);
        } else if (verb == ADIT_CONTROL_ADD && talk->reply.text[0] != '0') {
            (void)printf("%s\n", talk->reply.text);
        }
    }
    if (count == 0) {
        (void)fprintf(stderr, "adit: -O %s: -L, -R or -D is needed\n", talk->options->control);
        return EXIT_FAILED;
    }
    /* As ssh, which calls a cancel that fails a success. */
    return fflush(stdout) == 0 && (failed == 0 || verb == ADIT_CONTROL_REMOVE) ? 0 : EXIT_FAILED;
}

static int forward(struct talk *talk)
{
    return change(talk, ADIT_CONTROL_ADD);
}

static int cancel(struct talk *talk)
{
    return change(talk, ADIT_CONTROL_REMOVE);
}

static const struct {
    const char *name;
    int (*run)(struct talk *talk);
} commands[] = {
    { "check", check },     { "exit", end },      { "stop", stop },
    { "forward", forward }, { "cancel", cancel },
};

bool adit_control_master_knows(const char *word)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(commands[i].name, word) == 0)
            return true;
    return false;
}

int adit_control_master(const struct adit_options *options, const char *path)
{
    struct talk talk = { .options = options, .path = path };
    int status = EXIT_FAILED;

    if (path == NULL) {
        (void)fputs("No ControlPath specified for \"-O\" command\n", stderr);
        return EXIT_FAILED;
    }
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(commands[i].name, options->control) == 0)
            status = commands[i].run(&talk);
    adit_control_reply_clear(&talk.reply);
    return status;
}
