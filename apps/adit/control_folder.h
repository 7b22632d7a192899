/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where control sockets may be: in folders that only their owner may enter. A
 * program listens in the first of them that lets it; who asks looks into each,
 * as a service and a login of the same user do not see the same ones.
 */
#ifndef ADIT_APP_CONTROL_FOLDER_H
#define ADIT_APP_CONTROL_FOLDER_H

#include "control_socket.h"

#define ADIT_CONTROL_FOLDERS  3
#define ADIT_CONTROL_WHY_SIZE 256

enum adit_control_folder {
    ADIT_CONTROL_FOLDER_NONE, /* none is there */
    ADIT_CONTROL_FOLDER_GOOD,
    ADIT_CONTROL_FOLDER_BAD, /* it cannot be used, and `why` says why */
};

/*
 * The folder of that number: of the login ($XDG_RUNTIME_DIR, or /run/user/UID),
 * of the machine's units, of the home folder. An $XDG_RUNTIME_DIR of ours that is
 * not /run/user/UID is a world of its own: then there are no others. `make`: it
 * is made if need be, where we may.
 */
enum adit_control_folder adit_control_folder(size_t index, bool make,
                                             char out[static ADIT_CONTROL_PATH_SIZE],
                                             char why[static ADIT_CONTROL_WHY_SIZE]);

#endif
