/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether the configuration that a unit will read has the tunnel. */
#ifndef ADIT_APP_SERVICE_NAME_H
#define ADIT_APP_SERVICE_NAME_H

#include "service_command.h"

/* False: it has been said why not. */
bool adit_service_name_is_known(const struct adit_service_line *line);

#endif
