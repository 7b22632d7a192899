/* SPDX-License-Identifier: BSD-2-Clause */
#include "command_line.h"

#include "base/span.h"
#include "base/text.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { OPTION_TRY = 256, OPTION_HELP };

static const char usage[] =
    "usage: aditd [-DdeitTV] [-E log_file] [-f config_file] [-h host_key_file]\n"
    "             [-o option] [-p port]\n"
    "       aditd --try [-p port]\n"
    "\n"
    "  --try  serve this machine only, with keys of its own: nothing to set up\n"
    "  -D     stay in the foreground          -e  log to stderr\n"
    "  -d     foreground, debug log to stderr; more often: more of it\n"
    "  -i     one session on stdin and stdout, as under inetd\n"
    "  -t     test the configuration          -T  test and print it\n"
    "  -V     print the version\n";

/* `what` is a whole line of the form "keyword=value". */
static enum adit_err add(struct adit_options *options, char *what)
{
    if (what == NULL)
        return ADIT_ERR_NO_MEMORY;
    if (options->setting_count == ADIT_OPTIONS_MAX) {
        free(what);
        return ADIT_ERR_LIMIT;
    }
    options->settings[options->setting_count++] = what;
    return ADIT_OK;
}

enum adit_err adit_options_set(struct adit_options *options, const char *keyword, const char *value)
{
    char *what = NULL;

    if (asprintf(&what, "%s=%s", keyword, value) < 0)
        return ADIT_ERR_NO_MEMORY;
    return add(options, what);
}

enum adit_err adit_options_set_path(struct adit_options *options, const char *keyword,
                                    const char *path)
{
    const size_t size = 2 * strlen(path) + sizeof "\"\"";
    char *quoted = malloc(size);
    enum adit_err err;
    size_t at = 0;

    if (quoted == NULL)
        return ADIT_ERR_NO_MEMORY;
    quoted[at++] = '"';
    for (; *path; path++) {
        if (*path == '"' || *path == '\\')
            quoted[at++] = '\\';
        quoted[at++] = *path;
    }
    quoted[at++] = '"';
    quoted[at] = '\0';
    err = adit_options_set(options, keyword, quoted);
    free(quoted);
    return err;
}

static enum adit_err set_port(struct adit_options *options, const char *text)
{
    uint64_t port;

    if (adit_text_to_number(adit_span_text(text), UINT16_MAX, &port) != ADIT_OK) {
        (void)fprintf(stderr, "aditd: bad port: %s\n", text);
        return ADIT_ERR_FORMAT;
    }
    options->port_given = true;
    options->any_port = port == 0;
    return port ? adit_options_set(options, "Port", text) : ADIT_OK;
}

/* Files are opened again on SIGHUP, when the working folder may be another. */
static enum adit_err set_path(char **path, const char *text)
{
    char *folder = NULL;

    free(*path);
    *path = NULL;
    if (text[0] == '/') {
        *path = strdup(text);
    } else {
        folder = getcwd(NULL, 0);
        if (folder && asprintf(path, "%s/%s", folder, text) < 0)
            *path = NULL;
        free(folder);
    }
    return *path ? ADIT_OK : ADIT_ERR_NO_MEMORY;
}

static enum adit_err add_host_key(struct adit_options *options, const char *text)
{
    char *path = NULL;
    enum adit_err err = set_path(&path, text);

    if (!err)
        err = adit_options_set_path(options, "HostKey", path);
    free(path);
    return err;
}

static enum adit_err set(struct adit_options *options, int letter)
{
    switch (letter) {
    case 'D':
        options->foreground = true;
        return ADIT_OK;
    case 'd':
        options->debug++;
        options->foreground = options->to_stderr = true;
        return ADIT_OK;
    case 'e':
        options->to_stderr = true;
        return ADIT_OK;
    case 'i':
        options->inetd = options->foreground = true;
        return ADIT_OK;
    case 't':
        options->test = true;
        return ADIT_OK;
    case 'T':
        options->print = true;
        return ADIT_OK;
    case 'E':
        return set_path(&options->log_file, optarg);
    case 'f':
        return set_path(&options->config_path,
                        strcmp(optarg, "none") == 0 ? ADIT_NO_CONFIG : optarg);
    case 'h':
        return add_host_key(options, optarg);
    case 'o':
        return add(options, strdup(optarg));
    case 'p':
        return set_port(options, optarg);
    case OPTION_TRY:
        options->is_try = options->foreground = options->to_stderr = true;
        return ADIT_OK;
    case 'V':
        (void)printf("aditd %s\n", adit_version());
        return ADIT_ERR_UNSUPPORTED;
    case OPTION_HELP:
        (void)fputs(usage, stdout);
        return ADIT_ERR_UNSUPPORTED;
    default:
        (void)fputs(usage, stderr);
        return ADIT_ERR_FORMAT;
    }
}

enum adit_err adit_options_parse(struct adit_options *options, int argc, char **argv)
{
    static const struct option names[] = {
        { "try", no_argument, NULL, OPTION_TRY },
        { "help", no_argument, NULL, OPTION_HELP },
        { "version", no_argument, NULL, 'V' },
        { NULL, 0, NULL, 0 },
    };
    int letter;

    *options = (struct adit_options){ .config_path = NULL };
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): before any thread */
    while ((letter = getopt_long(argc, argv, "DdeitTVE:f:h:o:p:", names, NULL)) != -1) {
        const enum adit_err err = set(options, letter);

        if (err == ADIT_ERR_LIMIT)
            (void)fprintf(stderr, "aditd: more than %d settings\n", ADIT_OPTIONS_MAX);
        if (err)
            return err;
    }
    if (optind < argc) {
        (void)fprintf(stderr, "aditd: %s: aditd takes options only\n", argv[optind]);
        return ADIT_ERR_FORMAT;
    }
    if (options->is_try && options->inetd) {
        (void)fprintf(stderr, "aditd: --try and -i do not go together\n");
        return ADIT_ERR_FORMAT;
    }
    return ADIT_OK;
}

void adit_options_clear(struct adit_options *options)
{
    for (size_t i = 0; i < options->setting_count; i++)
        free(options->settings[i]);
    free(options->config_path);
    free(options->log_file);
    *options = (struct adit_options){ .config_path = NULL };
}
