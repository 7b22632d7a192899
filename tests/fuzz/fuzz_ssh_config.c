/* SPDX-License-Identifier: BSD-2-Clause */
/* A file of the client that may include itself; a good one is finished and printed. */
#include "config/ssh_config.h"

#include "fuzz_config_files.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct adit_ssh_target target = {
        .host = "host", .local_user = "user", .home = "/homes/user", .local_host = "here.example"
    };
    struct adit_span input = { data, size };
    const struct adit_config_files files = {
        .user = &input, .read_file = fuzz_read, .glob = fuzz_glob, .note = fuzz_note
    };
    struct adit_buffer out = adit_buffer_init((size_t)1 << 24);
    struct adit_ssh_config config;
    enum adit_err err;

    if (size > 4096) /* it is read up to 256 times */
        return 0;
    adit_ssh_config_init(&config, &target, &files);
    err = adit_ssh_config_parse(&config, "config", input, "~/.ssh");
    if (!err)
        err = adit_ssh_config_finish(&config);
    /* A failure has its sentence, success none. */
    if ((err == ADIT_OK) != (config.error[0] == '\0'))
        abort();
    if (!err && (adit_ssh_config_print(&config, &out) || memchr(out.data, '\0', out.len)))
        abort();
    adit_ssh_config_clear(&config);
    adit_buffer_clear(&out);
    return 0;
}
