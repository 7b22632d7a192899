/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * adit: opens a tunnel and its forwards, says so, and sleeps until somebody
 * asks it to stop or the tunnel ends. Everything else is the library's.
 */
#include "background.h"
#include "forwards.h"
#include "key_command.h"
#include "log.h"
#include "options.h"
#include "password_file.h"
#include "prompts.h"
#include "stdio_forward.h"
#include "wake.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    EXIT_FAILED = 255, /* as ssh */
    CLOSE_MS = 1500,   /* what connections get to finish when we are asked to stop */
    WHY_SIZE = 512,
    CONFIG_TEXT_MAX = 1 << 20,
};

struct client {
    struct adit_options options;
    struct adit_client_log log;
    struct adit_tunnel_settings settings;
    char password[ADIT_PASSWORD_SIZE];
    struct adit_background background;
    struct adit_forward_spec stdio; /* the target of -W */
    struct adit_failure end;        /* why the tunnel ended; set before the wake that tells of it */
};

static int fail(const struct client *client, const char *text)
{
    adit_client_say(&client->log, ADIT_LOG_FATAL, "%s", text);
    return EXIT_FAILED;
}

/* ---- what the library asks and tells, on its own threads ---- */

static void log_line(void *user, int level, const char *line)
{
    const struct client *client = user;

    adit_client_log_tunnel_line(&client->log, level, line);
}

static bool prompt(void *user, enum adit_prompt_kind kind, const char *text, char *answer,
                   size_t size)
{
    const struct client *client = user;

    /* Who gave a password in a file is not there to be asked for a better one. */
    if (kind == ADIT_PROMPT_PASSWORD && client->options.password_file)
        return false;
    return adit_client_ask(kind, text, answer, size);
}

static void ended(void *user, const struct adit_failure *failure)
{
    struct client *client = user;

    client->end = *failure;
    adit_wake_ended();
}

/* ---- before the tunnel ---- */

/*
 * As ssh: what we inherited beside stdio is not ours to hold open, and nothing
 * of ours may take the place of a stdio that was closed.
 */
static bool settle_descriptors(void)
{
    int fd;

    closefrom(STDERR_FILENO + 1);
    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        (void)close(fd);
    return fd >= 0;
}

static int print_config(const struct client *client)
{
    struct adit_buffer text = adit_buffer_init(CONFIG_TEXT_MAX);
    const enum adit_err err = adit_ssh_config_print(client->settings.loaded, &text);
    bool written = false;

    if (err == ADIT_OK) {
        written = fwrite(text.data, 1, text.len, stdout) == text.len;
        written = fflush(stdout) == 0 && written;
    }
    adit_buffer_clear(&text);
    if (err)
        return fail(client, adit_err_text(err));
    return written ? 0 : fail(client, "the settings could not be written to stdout");
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
    client->settings.log_level = adit_client_log_tunnel_level(&client->log);
    if (client->options.password_file) {
        if (!adit_password_file_read(client->options.password_file, client->password, why,
                                     WHY_SIZE))
            return false;
        client->settings.password = client->password;
    }
    warn_of_missing_keys(client);
    return client->options.stdio_target == NULL ||
           adit_stdio_target(client->options.stdio_target, &client->stdio, why, WHY_SIZE);
}

/* ---- the tunnel ---- */

/* Once everything is up. */
static int sleep_until_end(struct client *client, struct adit_tunnel *tunnel)
{
    if (client->options.background && !adit_background_detach(&client->background))
        return EXIT_FAILED;
    if (adit_wake_wait() == ADIT_WAKE_ENDED)
        return fail(client, client->end.text[0] ? client->end.text : "the tunnel has ended");
    adit_client_say(&client->log, ADIT_LOG_VERBOSE, "asked to stop");
    adit_tunnel_close(tunnel, CLOSE_MS);
    return 0;
}

static int run(struct client *client)
{
    struct adit_runtime *runtime = NULL;
    struct adit_tunnel *tunnel = NULL;
    struct adit_failure failure = { 0 };
    int code = EXIT_FAILED;
    enum adit_err err;

    if (!adit_wake_open())
        return fail(client, strerrordesc_np(errno));
    err = adit_runtime_new(&runtime);
    if (err == ADIT_OK)
        err = adit_tunnel_open(runtime, &client->settings, &tunnel, &failure);
    explicit_bzero(client->password, sizeof client->password);
    if (err) {
        (void)fail(client, failure.text[0] ? failure.text : adit_err_text(err));
        goto done;
    }
    if (client->options.stdio_target) {
        code = adit_stdio_carry(tunnel, &client->stdio, &client->log) ? 0 : EXIT_FAILED;
        goto done;
    }
    if (!adit_client_forwards_open(tunnel, client->settings.loaded, &client->log))
        goto done;
    adit_wake_on_signals();
    code = sleep_until_end(client, tunnel);
done:
    adit_tunnel_free(tunnel);
    adit_runtime_free(runtime);
    return code;
}

static int start(struct client *client)
{
    char why[WHY_SIZE] = "";
    int code = EXIT_FAILED;

    if (!prepare(client, why))
        return fail(client, why);
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

/* The settings of the files and of the command line. */
static bool load(struct client *client, struct adit_failure *failure)
{
    const struct adit_ssh_options options = {
        .options = client->options.settings,
        .option_count = client->options.setting_count,
        .config_file = client->options.config_file,
        .without_jumps = client->options.action == ADIT_ACTION_PRINT,
    };

    adit_tunnel_settings_init(&client->settings);
    client->settings.log = log_line;
    client->settings.prompt = prompt;
    client->settings.ended = ended;
    client->settings.user_data = client;
    client->settings.log_level = adit_client_log_tunnel_level(&client->log);
    return adit_tunnel_settings_load_with(&client->settings, client->options.destination, &options,
                                          failure) == ADIT_OK;
}

static int load_and_start(struct client *client)
{
    struct adit_failure failure = { 0 };
    char why[WHY_SIZE] = "";
    int code;

    if (client->options.log_file &&
        !adit_client_log_open(&client->log, client->options.log_file, why, sizeof why))
        return fail(client, why);
    if (client->options.verbosity)
        client->log.level = ADIT_LOG_DEBUG1; /* for notes about the files themselves */
    if (!load(client, &failure))
        return fail(client, failure.text);
    client->log.level = client->settings.loaded->log_level;
    code = client->options.action == ADIT_ACTION_PRINT ? print_config(client) : start(client);
    adit_tunnel_settings_clear(&client->settings);
    explicit_bzero(client->password, sizeof client->password);
    return code;
}

int main(int argc, char *argv[])
{
    static struct client client; /* too large for a stack with a limit */

    if (!settle_descriptors())
        return EXIT_FAILED;
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGCHLD, SIG_DFL);
    if (argc > 1 && strcmp(argv[1], "key") == 0)
        return adit_key_command(argc - 1, argv + 1);
    adit_client_log_init(&client.log);
    if (!adit_options_parse(&client.options, argc, argv)) {
        (void)fail(&client, client.options.error);
        if (client.options.show_usage)
            adit_options_print_usage(stderr);
        return EXIT_FAILED;
    }
    switch (client.options.action) {
    case ADIT_ACTION_HELP:
        adit_options_print_help(stdout);
        return 0;
    case ADIT_ACTION_VERSION:
        (void)printf("adit %s\n", adit_version());
        return 0;
    case ADIT_ACTION_RUN:
    case ADIT_ACTION_PRINT:
        break;
    }
    return load_and_start(&client);
}
