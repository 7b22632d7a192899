/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file of the client that may include itself, in a world that knows every
 * variable, user and host; read again where it asks for that, finished and
 * printed.
 */
#include "config/ssh_config.h"

#include "fuzz_config_files.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *variable(void *user, const char *name)
{
    (void)user;
    return name;
}

/* A command succeeds when it is long. */
static enum adit_err run(void *user, const char *command, bool *succeeded)
{
    (void)user;
    *succeeded = strlen(command) > 8;
    return ADIT_OK;
}

static enum adit_err name_it(void *user, const char *name, struct adit_buffer *out)
{
    (void)user;
    return name[0] == 'x' ? ADIT_ERR_NOT_FOUND : adit_buffer_append(out, adit_span_text(name));
}

static enum adit_err read_all(struct adit_ssh_config *config, struct adit_span input)
{
    bool again = false;
    enum adit_err err = adit_ssh_config_parse(config, "config", input, "~/.ssh");

    if (!err)
        err = adit_ssh_config_settle(config, &again);
    if (!err && again)
        err = adit_ssh_config_parse(config, "config", input, "~/.ssh");
    return err ? err : adit_ssh_config_finish(config);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct adit_ssh_target target = {
        .host = "host", .local_user = "user", .home = "/homes/user", .local_host = "here.example"
    };
    struct adit_span input = { data, size };
    const struct adit_config_files files = {
        .user = &input,
        .read_file = fuzz_read,
        .glob = fuzz_glob,
        .note = fuzz_note,
        .variable = variable,
        .run = run,
        .home_of = name_it,
        .look_up = name_it,
    };
    struct adit_buffer out = adit_buffer_init((size_t)1 << 24);
    struct adit_ssh_config config;
    enum adit_err err;

    if (size > 4096) /* it is read up to 256 times */
        return 0;
    adit_ssh_config_init(&config, &target, &files);
    err = read_all(&config, input);
    /* A failure has its sentence, success none. */
    if ((err == ADIT_OK) != (config.error[0] == '\0'))
        abort();
    if (!err && (config.host_name == NULL || config.user == NULL))
        abort();
    if (!err && (adit_ssh_config_print(&config, &out) || memchr(out.data, '\0', out.len)))
        abort();
    adit_ssh_config_clear(&config);
    adit_buffer_clear(&out);
    return 0;
}
