/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Why something failed, grouped by who must act. Every function of libadit
 * that can fail returns one of these; ADIT_OK is 0. What a function hands out
 * through `out` parameters means something only on ADIT_OK.
 */
#ifndef ADIT_ERR_H
#define ADIT_ERR_H

#include "adit/adit.h"

#ifdef __cplusplus
extern "C" {
#endif

/* clang-format off */
#define ADIT_ERR_MAP(X)                                                              \
    X(OK,           "no error")                                                      \
    X(MALFORMED,    "the peer sent bytes that are no valid message")                 \
    X(PROTOCOL,     "the peer broke the protocol")                                   \
    X(NO_AGREEMENT, "no algorithm that both sides accept")                           \
    X(INTEGRITY,    "a packet was altered on its way")                               \
    X(SIGNATURE,    "a signature is wrong")                                          \
    X(HOST_KEY,     "the host key was not accepted")                                 \
    X(AUTH,         "login refused")                                                 \
    X(REFUSED,      "the other side refused")                                        \
    X(LIMIT,        "a limit was reached")                                           \
    X(TIMEOUT,      "no answer in time")                                             \
    X(DISCONNECTED, "the connection ended")                                          \
    X(NO_MEMORY,    "out of memory")                                                 \
    X(CRYPTO,       "the cryptographic library failed")                              \
    X(SYSTEM,       "a system call failed")                                          \
    X(FORMAT,       "a file or text is not in the expected format")                  \
    X(PASSPHRASE,   "the key is encrypted and the passphrase is missing or wrong")   \
    X(UNSUPPORTED,  "not supported")                                                 \
    X(NOT_FOUND,    "not found")                                                     \
    X(USAGE,        "the library was called in a wrong way")                         \
    X(REPLACED,     "a newer connection with our key has taken the port over")
/* clang-format on */

enum adit_err {
#define ADIT_ERR_ENUM(name, text) ADIT_ERR_##name,
    ADIT_ERR_MAP(ADIT_ERR_ENUM)
#undef ADIT_ERR_ENUM
};
#define ADIT_OK ADIT_ERR_OK

/* A static, lower-case sentence without a full stop. Never NULL. */
ADIT_API const char *adit_err_text(enum adit_err err);

#ifdef __cplusplus
}
#endif

#endif
