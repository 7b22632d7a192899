/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * By libargon2, in this thread alone: the number of lanes is part of the result,
 * the number of threads is not. The library wipes the memory that it filled.
 */
#include "crypto/argon2.h"

#include "base/buffer.h"
#include "base/memory.h"

#include <argon2.h>

enum { INPUT_MAX = 64 * 1024 };

static argon2_type type_of(enum adit_argon2 kind)
{
    switch (kind) {
    case ADIT_ARGON2_D:
        return Argon2_d;
    case ADIT_ARGON2_I:
        return Argon2_i;
    case ADIT_ARGON2_ID:
        break;
    }
    return Argon2_id;
}

static bool is_within_limits(const struct adit_argon2_cost *cost)
{
    return cost->memory_kib <= ADIT_ARGON2_MEMORY_MAX && cost->lanes <= ADIT_ARGON2_LANES_MAX &&
           (uint64_t)cost->memory_kib * cost->passes <= ADIT_ARGON2_WORK_MAX;
}

static enum adit_err run(argon2_context *context, enum adit_argon2 kind)
{
    switch (argon2_ctx(context, type_of(kind))) {
    case ARGON2_OK:
        return ADIT_OK;
    case ARGON2_MEMORY_ALLOCATION_ERROR:
        return ADIT_ERR_NO_MEMORY;
    default:
        return ADIT_ERR_USAGE;
    }
}

enum adit_err adit_argon2(enum adit_argon2 kind, const struct adit_argon2_cost *cost,
                          struct adit_span passphrase, struct adit_span salt, uint8_t *out,
                          size_t len)
{
    /* libargon2 takes pointers that it might write to. */
    struct adit_buffer input = adit_buffer_init_secret(INPUT_MAX);
    argon2_context context = { 0 };
    enum adit_err err = ADIT_ERR_LIMIT;

    if (!is_within_limits(cost) || len > UINT32_MAX)
        goto done;
    err = adit_buffer_append(&input, passphrase);
    if (err)
        goto done;
    err = adit_buffer_append(&input, salt);
    if (err)
        goto done;
    context.out = out;
    context.outlen = (uint32_t)len;
    context.pwd = input.data;
    context.pwdlen = (uint32_t)passphrase.len;
    context.salt = input.data + passphrase.len;
    context.saltlen = (uint32_t)salt.len;
    context.t_cost = cost->passes;
    context.m_cost = cost->memory_kib;
    context.lanes = cost->lanes;
    context.threads = 1;
    context.version = ARGON2_VERSION_13;
    context.flags = ARGON2_DEFAULT_FLAGS;
    err = run(&context, kind);
done:
    adit_buffer_clear(&input);
    if (err)
        adit_wipe(out, len);
    return err;
}
