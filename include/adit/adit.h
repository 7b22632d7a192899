/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What every other header of libadit stands on: spans and the marks of the API.
 *
 * Memory: a span borrows; unless its comment says otherwise it is good until
 * the next call on the object that lent it. `…_new` gives an object that
 * `…_free` takes back; `…_free(NULL)` does nothing.
 */
#ifndef ADIT_ADIT_H
#define ADIT_ADIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ADIT_API               __attribute__((visibility("default")))
#define ADIT_MUST_USE          __attribute__((warn_unused_result))
#define ADIT_FORMAT(fmt, args) __attribute__((format(printf, fmt, args)))

/* Bytes that belong to somebody else. An empty span may have a NULL pointer. */
struct adit_span {
    const uint8_t *data;
    size_t len;
};

#define ADIT_SPAN_EMPTY ((struct adit_span){ NULL, 0 })

/* The library's version, "1.2.3". */
ADIT_API const char *adit_version(void);

/*
 * For main(), before anything else: libcrypto wipes all that it frees from now on,
 * in the whole process. By itself it leaves the numbers of a private key behind
 * when PEM or PKCS#8 is read or written. False: libcrypto is in use already.
 */
ADIT_API bool adit_wipe_libcrypto_memory(void);

#ifdef __cplusplus
}
#endif

#endif
