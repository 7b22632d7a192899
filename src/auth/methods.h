/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which methods may be tried next at a server (RFC 4252, 5.1), and when it is
 * enough: one method, or those of one of several lists, each in its order.
 */
#ifndef ADIT_AUTH_METHODS_H
#define ADIT_AUTH_METHODS_H

#include "base/buffer.h"

enum {
    ADIT_METHODS_DONE_MAX = 8,
    ADIT_METHODS_TEXT_SIZE = 64, /* "publickey,keyboard-interactive,password" and its NUL */
};

enum adit_method {
    ADIT_METHOD_PUBLICKEY,
    ADIT_METHOD_INTERACTIVE,
    ADIT_METHOD_PASSWORD,
    ADIT_METHODS,
};

struct adit_methods {
    bool offered[ADIT_METHODS];
    const char *const *lists; /* of methods, comma-separated; borrowed. None: one method will do */
    size_t list_count;
    enum adit_method done[ADIT_METHODS_DONE_MAX];
    size_t done_count;
};

/* Whether the text is a list of methods that may stand in `lists`. */
bool adit_methods_list_ok(const char *list);

/* Whether the method may be tried now. */
bool adit_methods_may_try(const struct adit_methods *m, enum adit_method method);
/* Those, comma-separated. Returns `out`. */
const char *adit_methods_text(const struct adit_methods *m, char out[ADIT_METHODS_TEXT_SIZE]);
/* The method succeeded. true: that is enough. */
bool adit_methods_succeed(struct adit_methods *m, enum adit_method method);

#endif
