/* SPDX-License-Identifier: BSD-2-Clause */
/* Watching a signal does not keep the loop running. */
#include "net/signals.h"

#include "base/memory.h"

#include <stdlib.h>
#include <uv.h>

struct adit_signal {
    uv_signal_t handle;
    void (*call)(void *arg, int number);
    void *arg;
};

static void closed(uv_handle_t *handle)
{
    free(handle->data);
}

static void came(uv_signal_t *handle, int number)
{
    const struct adit_signal *watch = handle->data;

    watch->call(watch->arg, number);
}

enum adit_err adit_signal_new(struct adit_loop *loop, int number,
                              void (*call)(void *arg, int number), void *arg,
                              struct adit_signal **out)
{
    struct adit_signal *watch = adit_new(sizeof *watch);

    *out = NULL;
    if (watch == NULL)
        return ADIT_ERR_NO_MEMORY;
    watch->call = call;
    watch->arg = arg;
    if (uv_signal_init(adit_loop_uv(loop), &watch->handle) != 0) {
        free(watch);
        return ADIT_ERR_SYSTEM;
    }
    watch->handle.data = watch;
    uv_unref((uv_handle_t *)&watch->handle);
    if (uv_signal_start(&watch->handle, came, number) != 0) {
        adit_signal_free(watch);
        return ADIT_ERR_SYSTEM;
    }
    *out = watch;
    return ADIT_OK;
}

void adit_signal_free(struct adit_signal *watch)
{
    if (watch)
        uv_close((uv_handle_t *)&watch->handle, closed);
}
