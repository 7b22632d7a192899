/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/slice.h"

#include <sched.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef SYS_sched_setattr

enum { SLICE_NS = 100 * 1000 }; /* the shortest there is */

/* sched_setattr(2); libc has neither this nor the calls before glibc 2.41. */
struct attributes {
    uint32_t size;
    uint32_t policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime_ns; /* of the usual policy: the slice */
    uint64_t deadline_ns;
    uint64_t period_ns;
};

void adit_slice_shorten(void)
{
    struct attributes attributes = { .size = sizeof attributes };

    if (syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0) != 0 ||
        attributes.policy != SCHED_OTHER)
        return;
    attributes.runtime_ns = SLICE_NS;
    (void)syscall(SYS_sched_setattr, 0, &attributes, 0);
}

#else

void adit_slice_shorten(void) {}

#endif
