/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * aditd: the gateway. Everything that can be wrong is found before it goes
 * into the background, and told in one sentence on stderr.
 */
#include "command_line.h"
#include "daemon.h"
#include "gateway.h"
#include "try_mode.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_USAGE = 1, EXIT_FAILED = 255, TEXT_SIZE = 640, PRINT_MAX = 1 << 20 };

/* Whether all that was printed has arrived. */
static enum adit_err end_of_print(char *text, size_t size)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return ADIT_OK;
    (void)snprintf(text, size, "what there is to print could not be written to stdout");
    return ADIT_ERR_SYSTEM;
}

static enum adit_err print_settings(const struct adit_settings *settings, char *text, size_t size)
{
    struct adit_buffer out = adit_buffer_init(PRINT_MAX);
    enum adit_err err = adit_sshd_config_print(&settings->config, &out);

    if (!err)
        (void)fwrite(out.data, 1, out.len, stdout);
    adit_buffer_clear(&out);
    return err ? err : end_of_print(text, size);
}

static enum adit_log_sink choose_sink(const struct adit_options *options)
{
    if (options->log_file)
        return ADIT_SINK_FILE;
    return options->to_stderr ? ADIT_SINK_STDERR : ADIT_SINK_SYSLOG;
}

/* Writes the PidFile, where there is to be one; that it fails stops nothing. */
static const char *write_pid(const struct adit_gateway *gateway)
{
    const char *path = gateway->settings->config.pid_file;
    char text[TEXT_SIZE];

    if (path == NULL || gateway->options->inetd || gateway->options->is_try)
        return NULL;
    if (adit_daemon_write_pid(path, text, sizeof text) == ADIT_OK)
        return path;
    adit_log_line(gateway->log, ADIT_LOG_ERROR, "%s", text);
    return NULL;
}

struct run {
    struct adit_options options;
    struct adit_gateway_log log;
    struct adit_try try_mode;
    struct adit_settings *settings;
    struct adit_gateway *gateway;
    char text[TEXT_SIZE]; /* what went wrong */
};

/* From here on there may be a second process and a log that is not stderr. */
static enum adit_err serve(struct run *run)
{
    const struct adit_options *options = &run->options;
    struct adit_settings *settings = run->settings;
    const bool background = !options->foreground;
    char *pid_file = NULL;
    const char *written;
    int ready = -1;
    enum adit_err err =
        adit_gateway_log_open(&run->log, choose_sink(options), options->log_file,
                              settings->config.syslog_facility, run->text, sizeof run->text);

    adit_gateway_log_level(&run->log, settings->config.log_level, options->debug);
    adit_settings_log_missing_keys(settings);
    if (!err && background)
        err = adit_daemon_start(&ready);
    if (err)
        return err;
    run->settings = NULL; /* the gateway's */
    err = adit_gateway_new(options, settings, &run->log, &run->gateway);
    if (err)
        return err;
    run->gateway->shared.try_key =
        run->try_mode.client_key ? adit_key_blob(run->try_mode.client_key) : ADIT_SPAN_EMPTY;
    err = options->inetd ? adit_gateway_serve_stdio(run->gateway)
                         : adit_gateway_listen(run->gateway, run->text, sizeof run->text);
    if (!err && options->is_try)
        err = adit_try_announce(&run->try_mode, adit_gateway_port(run->gateway), run->text,
                                sizeof run->text);
    if (err)
        return err;
    written = write_pid(run->gateway);
    pid_file = written ? strdup(written) : NULL;
    if (background)
        adit_daemon_ready(ready);
    adit_gateway_run(run->gateway);
    if (pid_file)
        (void)unlink(pid_file);
    free(pid_file);
    return ADIT_OK;
}

static enum adit_err start(struct run *run)
{
    const bool stops_here = run->options.print || run->options.test;
    enum adit_err err = ADIT_OK;

    adit_gateway_log_level(&run->log, ADIT_LOG_INFO, run->options.debug);
    if (run->options.is_try)
        err = adit_try_prepare(&run->try_mode, &run->options, run->text, sizeof run->text);
    if (!err)
        err = adit_settings_read(&run->options, &run->log.log, &run->settings, run->text,
                                 sizeof run->text);
    if (!err)
        err = adit_settings_read_keys(run->settings, run->text, sizeof run->text);
    if (!err && (stops_here || choose_sink(&run->options) != ADIT_SINK_STDERR))
        adit_settings_log_missing_keys(run->settings); /* on stderr, whatever the log will be */
    if (!err && run->options.print)
        err = print_settings(run->settings, run->text, sizeof run->text);
    if (err || stops_here)
        return err;
    adit_daemon_raise_limits();
    return serve(run);
}

int main(int argc, char **argv)
{
    struct run *run = calloc(1, sizeof *run);
    enum adit_err err = ADIT_ERR_NO_MEMORY;
    int status = EXIT_USAGE;

    (void)adit_wipe_libcrypto_memory(); /* without it all works as well */
    if (run == NULL)
        return EXIT_FAILED;
    adit_gateway_log_init(&run->log);
    err = adit_options_parse(&run->options, argc, argv);
    if (err && err != ADIT_ERR_UNSUPPORTED) /* it has been said */
        goto done;
    err = err ? end_of_print(run->text, sizeof run->text) : start(run);
    if (err)
        (void)fprintf(stderr, "aditd: %s\n", run->text[0] ? run->text : adit_err_text(err));
    status = err ? EXIT_FAILED : EXIT_SUCCESS;
done:
    adit_gateway_free(run->gateway);
    adit_settings_unref(run->settings);
    adit_try_clear(&run->try_mode);
    adit_options_clear(&run->options);
    free(run);
    return status;
}
