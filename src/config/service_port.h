/* SPDX-License-Identifier: BSD-2-Clause */
/* Ports by the names of their services, as ssh takes them: "ssh", "mysql", "postgresql". */
#ifndef ADIT_CONFIG_SERVICE_PORT_H
#define ADIT_CONFIG_SERVICE_PORT_H

#include "base/span.h"

/* A number up to 65535, or the name of a service. False: neither. */
bool adit_service_port(struct adit_span text, uint16_t *out);

#endif
