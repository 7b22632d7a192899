/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * adit: opens a tunnel and its forwards, says so, and sleeps until somebody
 * asks it to stop or the tunnel ends. Everything else is the library's.
 */
#include "check.h"
#include "completion.h"
#include "control_command.h"
#include "key_command.h"
#include "live.h"
#include "options.h"
#include "password_file.h"
#include "plink_words.h"
#include "service_command.h"
#include "stdio_forward.h"
#include "stdout.h"
#include "tend.h"
#include "up.h"
#include "wake.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    EXIT_FAILED = 255, /* as ssh */
    WHY_SIZE = 512,
    CONFIG_TEXT_MAX = 1 << 20,
};

struct client {
    struct adit_options options;
    struct adit_client_log log; /* until there is the member's */
    struct adit_member member;
    char password[ADIT_PASSWORD_SIZE];
    struct adit_background background;
    struct adit_check check;        /* of adit check */
    struct adit_forward_spec stdio; /* the target of -W */
    struct adit_live live;          /* log.live points to it when it is wanted */
};

static int fail(struct client *client, const char *text)
{
    if (client->options.action == ADIT_ACTION_CHECK)
        return adit_check_refuse(&client->check, text);
    adit_client_say(&client->log, ADIT_LOG_FATAL, "%s", text);
    return EXIT_FAILED;
}

/* The settings belong to the member, and so do their callbacks. */
static void step(void *user, const char *hop, enum adit_step passed, const char *text)
{
    char *member = user;
    struct client *client = (struct client *)(void *)(member - offsetof(struct client, member));

    adit_check_step(&client->check, hop, passed, text);
}

/* ---- before the tunnel ---- */

/*
 * As ssh: what we inherited beside stdio is not ours to hold open, and nothing
 * of ours may take the place of a stdio that was closed.
 */
static bool settle_descriptors(int kept_fd)
{
    int fd;

    if (kept_fd > STDERR_FILENO) {
        if (kept_fd > STDERR_FILENO + 1)
            (void)close_range(STDERR_FILENO + 1, (unsigned)kept_fd - 1, 0);
        (void)fcntl(kept_fd, F_SETFD, FD_CLOEXEC);
    }
    closefrom(kept_fd > STDERR_FILENO ? kept_fd + 1 : STDERR_FILENO + 1);
    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        (void)close(fd);
    return fd >= 0;
}

static int end_of_print(struct client *client)
{
    return adit_stdout_is_written()
               ? 0
               : fail(client, "what there is to print could not be written to stdout");
}

static int print_config(struct client *client)
{
    struct adit_buffer text = adit_buffer_init(CONFIG_TEXT_MAX);
    const enum adit_err err = adit_ssh_config_print(client->member.settings.loaded, &text);

    if (err == ADIT_OK)
        (void)fwrite(text.data, 1, text.len, stdout);
    adit_buffer_clear(&text);
    return err ? fail(client, adit_err_text(err)) : end_of_print(client);
}

/* ssh says it of -i only: files of the configuration may well be on other machines. */
static void warn_of_missing_keys(const struct client *client)
{
    for (size_t i = 0; i < client->options.setting_count; i++) {
        const struct adit_ssh_option *given = &client->options.settings[i];

        if (given->keyword && strcmp(given->keyword, "IdentityFile") == 0 &&
            given->value[0] != '~' && strchr(given->value, '%') == NULL &&
            strcmp(given->value, "none") != 0 && access(given->value, R_OK) != 0)
            adit_client_say(&client->log, ADIT_LOG_INFO, "identity file %s: %s", given->value,
                            strerrordesc_np(errno));
    }
}

static bool prepare(struct client *client, char why[static WHY_SIZE])
{
    if (client->options.password_file) {
        if (!adit_password_file_read(client->options.password_file, client->password, why,
                                     WHY_SIZE))
            return false;
        client->member.settings.password = client->password;
    } else if (client->options.password[0]) {
        memcpy(client->password, client->options.password, sizeof client->password);
        explicit_bzero(client->options.password, sizeof client->options.password);
        client->member.settings.password = client->password;
    }
    warn_of_missing_keys(client);
    return client->options.stdio_target == NULL ||
           adit_stdio_target(client->options.stdio_target, &client->stdio, why, WHY_SIZE);
}

/* ---- the tunnel ---- */

/* Once everything is up. */
static int tend(struct client *client)
{
    struct adit_member *member = &client->member;
    const struct adit_roster roster = { member, 1, member->log };
    struct adit_tending tending = {
        .roster = &roster,
        .ready_fd = client->options.ready_fd,
        .replaced_status = EXIT_FAILED,
    };

    if (client->options.background)
        tending.background = &client->background;
    if (client->options.is_master)
        tending.master_path = member->settings.loaded->control_path;
    return adit_tend(&tending);
}

static int run(struct client *client)
{
    struct adit_member *member = &client->member;
    struct adit_runtime *runtime = NULL;
    struct adit_failure failure = { 0 };
    int code = EXIT_FAILED;
    enum adit_err err;

    if (!adit_wake_open())
        return fail(client, strerrordesc_np(errno));
    err = adit_runtime_new(&runtime);
    if (err == ADIT_OK)
        err = adit_tunnel_open(runtime, &member->settings, &member->tunnel, &failure);
    explicit_bzero(client->password, sizeof client->password);
    if (err) {
        (void)fail(client, failure.text[0] ? failure.text : adit_err_text(err));
        goto done;
    }
    if (client->options.stdio_target) {
        code = adit_stdio_carry(member->tunnel, &client->stdio, &member->log) ? 0 : EXIT_FAILED;
        goto done;
    }
    if (adit_member_open_forwards(member))
        code = tend(client);
done:
    adit_tunnel_free(member->tunnel);
    member->tunnel = NULL;
    adit_runtime_free(runtime);
    return code;
}

static int check(struct client *client)
{
    struct adit_tunnel_settings *settings = &client->member.settings;

    settings->step = step;
    settings->only_checks = true;
    settings->no_reconnect = true;
    settings->changed = NULL;
    settings->ended = NULL;
    return adit_check_tunnel(&client->check, settings,
                             client->options.stdio_target ? &client->stdio : NULL);
}

static int start(struct client *client)
{
    char why[WHY_SIZE] = "";
    int code = EXIT_FAILED;

    if (!prepare(client, why))
        return fail(client, why);
    if (client->options.action == ADIT_ACTION_CHECK)
        return check(client);
    if (!client->options.background)
        return run(client);
    switch (adit_background_fork(&client->background, &code)) {
    case ADIT_BACKGROUND_CHILD:
        return run(client);
    case ADIT_BACKGROUND_PARENT:
        return code;
    case ADIT_BACKGROUND_FAILED:
        break;
    }
    return fail(client, strerrordesc_np(errno));
}

static int act(struct client *client)
{
    switch (client->options.action) {
    case ADIT_ACTION_PRINT:
        return print_config(client);
    case ADIT_ACTION_CONTROL:
        return adit_control_master(&client->options, client->member.settings.loaded->control_path);
    case ADIT_ACTION_RUN:
    case ADIT_ACTION_CHECK:
    case ADIT_ACTION_HELP:
    case ADIT_ACTION_VERSION:
        break;
    }
    return start(client);
}

static int load_and_start(struct client *client)
{
    struct adit_failure failure = { 0 };
    char why[WHY_SIZE] = "";
    int code;

    if (client->options.log_file &&
        !adit_client_log_open(&client->log, client->options.log_file, why, sizeof why))
        return fail(client, why);
    adit_plink_tell(&client->options, &client->log);
    adit_live_choose(&client->live, &client->options, &client->log);
    adit_member_init(&client->member, client->options.destination, &client->log);
    if (!adit_member_load(&client->member, client->options.destination, &client->options,
                          &failure)) {
        code = fail(client, failure.text);
    } else {
        client->log = client->member.log;
        code = act(client);
    }
    adit_member_clear(&client->member);
    explicit_bzero(client->password, sizeof client->password);
    return code;
}

static int refuse_options(struct client *client)
{
    int code;

    adit_check_start(&client->check, client->options.as_json);
    code = fail(client, client->options.error);
    if (client->options.show_usage)
        adit_options_print_usage(stderr);
    return code;
}

/* `adit check`: a tunnel's arguments, or a port of this machine. */
static int check_and_report(struct client *client)
{
    adit_check_start(&client->check, client->options.as_json);
    if (client->options.checked_port)
        return adit_check_port(&client->check, client->options.checked_port);
    return load_and_start(client);
}

/* Of another number, whatever we open next would be taken for it. */
static bool ready_fd_is_open(struct adit_options *options)
{
    if (options->ready_fd < 0 || fcntl(options->ready_fd, F_GETFD) >= 0)
        return true;
    (void)snprintf(options->error, sizeof options->error, "--ready-fd %d is not open",
                   options->ready_fd);
    return false;
}

/* The words are read before descriptors are closed: one of them may be to stay. */
static bool parse(struct adit_options *options, int argc, char *const argv[])
{
    const bool parsed = argc > 1 && strcmp(argv[1], "up") == 0
                            ? adit_options_parse_up(options, argc - 1, argv + 1)
                            : adit_options_parse(options, argc, argv);

    return parsed && ready_fd_is_open(options);
}

typedef int command_fn(int argc, char *const argv[]);

/* Words with a command line of their own. */
static command_fn *command_of(const char *word)
{
    static const struct {
        const char *word;
        command_fn *run;
    } commands[] = {
        { "key", adit_key_command },
        { "service", adit_service_command },
        { "--completion", adit_completion_command },
    };

    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(word, commands[i].word) == 0)
            return commands[i].run;
    return adit_is_control_command(word) ? adit_control_command : NULL;
}

int main(int argc, char *argv[])
{
    static struct client client; /* too large for a stack with a limit */
    command_fn *const command = argc > 1 ? command_of(argv[1]) : NULL;
    bool parsed;

    (void)adit_wipe_libcrypto_memory(); /* without it all works as well */
    parsed = command != NULL || parse(&client.options, argc, argv);
    if (!settle_descriptors(parsed && command == NULL ? client.options.ready_fd : -1))
        return EXIT_FAILED;
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGCHLD, SIG_DFL);
    if (command != NULL)
        return command(argc - 1, argv + 1);
    adit_client_log_init(&client.log);
    if (!parsed)
        return refuse_options(&client);
    switch (client.options.action) {
    case ADIT_ACTION_HELP:
        adit_options_print_help(stdout);
        return end_of_print(&client);
    case ADIT_ACTION_VERSION:
        (void)printf("adit %s\n", adit_version());
        return end_of_print(&client);
    case ADIT_ACTION_CHECK:
        return check_and_report(&client);
    case ADIT_ACTION_RUN:
    case ADIT_ACTION_PRINT:
    case ADIT_ACTION_CONTROL:
        break;
    }
    return client.options.is_up ? adit_up(&client.options) : load_and_start(&client);
}
