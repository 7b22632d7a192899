/* SPDX-License-Identifier: BSD-2-Clause */
/* Host certificates: good when known_hosts has their authority for this host (@cert-authority). */
#include "base/span.h"
#include "base/text.h"
#include "crypto/algorithms.h"
#include "keys/certificate.h"
#include "tunnel/host_key.h"

#include <stdio.h>
#include <time.h>

enum { WHY_SIZE = 128, ID_SIZE = 128 };

enum adit_err adit_host_certificates_wanted(const struct adit_tunnel_settings *settings,
                                            const struct adit_known_name *name,
                                            struct adit_buffer *types, const char **proposal)
{
    const char *supported = adit_algorithms_supported(ADIT_ALGORITHM_HOST_KEY);
    struct adit_span rest = adit_span_text(supported);
    struct adit_span algorithm;
    struct adit_known_authority authority;
    enum adit_err err = adit_known_files_authority(settings, name, ADIT_SPAN_EMPTY, &authority);

    if (err || !authority.host_has_any)
        return err;
    *proposal = supported;
    while (err == ADIT_OK && adit_text_list_next(&rest, &algorithm)) {
        if (!adit_text_matches(adit_span_text("*-cert-v01@openssh.com"), algorithm, false))
            continue;
        err = adit_buffer_append(types, adit_span_text(","));
        if (err == ADIT_OK)
            err = adit_buffer_append(types, algorithm);
    }
    return err;
}

enum adit_err adit_host_certificate_judge(const struct adit_tunnel_settings *settings,
                                          struct adit_user *user,
                                          const struct adit_known_name *name, struct adit_span blob,
                                          enum adit_host_certificate_verdict *out)
{
    const char *const accepted = settings->ca_signature_algorithms;
    const char *const names[] = { name->host };
    const struct adit_certificate_use use = {
        .type = ADIT_CERTIFICATE_HOST,
        .now = (uint64_t)time(NULL),
        .names = names,
        .name_count = 1,
        .ca_algorithms =
            accepted ? accepted : adit_algorithms_default(ADIT_ALGORITHM_CA_SIGNATURE, true),
    };
    struct adit_known_authority authority;
    struct adit_certificate certificate;
    char why[WHY_SIZE] = "no @cert-authority line for this host has its authority";
    char id[ID_SIZE];
    enum adit_err err = adit_certificate_parse(blob, &certificate);

    *out = ADIT_HOST_CERTIFICATE_NO_HELP;
    if (err == ADIT_OK)
        err = adit_known_files_authority(settings, name, certificate.ca_blob, &authority);
    if (err)
        return err;
    if (authority.is_revoked) {
        *out = ADIT_HOST_CERTIFICATE_REVOKED;
        return ADIT_OK;
    }
    if (authority.is_trusted) {
        err = adit_certificate_check(&certificate, &use, why, sizeof why);
        if (err == ADIT_OK)
            *out = ADIT_HOST_CERTIFICATE_GOOD;
        else if (err != ADIT_ERR_SIGNATURE)
            return err;
    }
    adit_text_printable(certificate.key_id, id, sizeof id);
    if (*out == ADIT_HOST_CERTIFICATE_GOOD)
        adit_user_say(user, ADIT_SAY_DEBUG1, "host certificate \"%s\" is good: known_hosts line %u",
                      id, authority.line);
    else
        adit_user_say(user, ADIT_SAY_INFO, "host certificate \"%s\" does not count: %s", id, why);
    return ADIT_OK;
}
