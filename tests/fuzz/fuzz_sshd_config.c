/* SPDX-License-Identifier: BSD-2-Clause */
/* A file of the gateway that may include itself. What it prints must read back the same. */
#include "config/sshd_config.h"

#include "fuzz_config_files.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Parses, finishes and prints. */
static enum adit_err run(struct adit_span text, const struct adit_config_files *files,
                         struct adit_buffer *out)
{
    struct adit_sshd_config config;
    enum adit_err err;

    adit_sshd_config_init(&config, files);
    err = adit_sshd_config_parse(&config, "config", text);
    if (!err)
        err = adit_sshd_config_finish(&config);
    if ((err == ADIT_OK) != (config.error[0] == '\0'))
        abort();
    if (!err && adit_sshd_config_print(&config, out))
        abort();
    adit_sshd_config_clear(&config);
    return err;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct adit_span input = { data, size };
    const struct adit_config_files files = {
        .user = &input, .read_file = fuzz_read, .glob = fuzz_glob, .note = fuzz_note
    };
    struct adit_buffer first = adit_buffer_init((size_t)1 << 24);
    struct adit_buffer second = adit_buffer_init((size_t)1 << 24);
    enum adit_err err;

    if (size > 4096) /* it is read up to 256 times */
        return 0;
    if (!run(input, &files, &first)) {
        /* Addresses times ports may be more lines than a file may have. */
        err = run(adit_buffer_span(&first), NULL, &second);
        if (err != ADIT_ERR_LIMIT &&
            (err || !adit_span_equal(adit_buffer_span(&first), adit_buffer_span(&second))))
            abort();
    }
    adit_buffer_clear(&first);
    adit_buffer_clear(&second);
    return 0;
}
