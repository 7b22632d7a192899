/* SPDX-License-Identifier: BSD-2-Clause */
/* What was printed may not have arrived: a full disk, a reader that has gone. */
#ifndef ADIT_APP_STDOUT_H
#define ADIT_APP_STDOUT_H

#include <stdbool.h>
#include <stdio.h>

static inline bool adit_stdout_is_written(void)
{
    return fflush(stdout) == 0 && !ferror(stdout);
}

#endif
