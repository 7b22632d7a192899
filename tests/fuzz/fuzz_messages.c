/* SPDX-License-Identifier: BSD-2-Clause */
/* The first byte picks a parser, the rest is the payload. */
#include "wire/agent_messages.h"
#include "wire/auth_messages.h"
#include "wire/connection_messages.h"
#include "wire/host_key_messages.h"
#include "wire/transport_messages.h"

#include "base/span.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A parser that takes a struct, as one that takes only the payload. */
#define PARSER(name, type)                                                                         \
    static enum adit_err name(struct adit_span payload)                                            \
    {                                                                                              \
        type msg;                                                                                  \
                                                                                                   \
        return adit_parse_##name(payload, &msg);                                                   \
    }

PARSER(disconnect, struct adit_msg_disconnect)
PARSER(debug, struct adit_msg_debug)
PARSER(unimplemented, uint32_t)
PARSER(service, struct adit_span)
PARSER(kexinit, struct adit_msg_kexinit)
PARSER(kex_init, struct adit_span)
PARSER(kex_reply, struct adit_msg_kex_reply)
PARSER(kex_group_request, struct adit_msg_kex_group_request)
PARSER(kex_group, struct adit_msg_kex_group)
PARSER(ping, struct adit_span)
PARSER(userauth_request, struct adit_msg_userauth_request)
PARSER(userauth_publickey, struct adit_userauth_publickey)
PARSER(userauth_password, struct adit_userauth_password)
PARSER(userauth_failure, struct adit_msg_userauth_failure)
PARSER(userauth_banner, struct adit_msg_userauth_banner)
PARSER(userauth_pk_ok, struct adit_msg_userauth_pk_ok)
PARSER(global_request, struct adit_msg_global_request)
PARSER(request_success, struct adit_span)
PARSER(tcpip_forward, struct adit_tcpip_forward)
PARSER(channel_open, struct adit_msg_channel_open)
PARSER(tcpip_channel, struct adit_tcpip_channel)
PARSER(streamlocal_forward, struct adit_span)
PARSER(channel_open_confirmation, struct adit_msg_channel_open_confirmation)
PARSER(channel_open_failure, struct adit_msg_channel_open_failure)
PARSER(channel_window_adjust, struct adit_msg_channel_window_adjust)
PARSER(channel_data, struct adit_msg_channel_data)
PARSER(channel_extended_data, struct adit_msg_channel_extended_data)
PARSER(channel_only, uint32_t)
PARSER(channel_request, struct adit_msg_channel_request)
PARSER(host_key_list, struct adit_host_key_list)

/* What was judged good must hand out as many pairs as it counts. */
static enum adit_err ext_info(struct adit_span payload)
{
    struct adit_msg_ext_info msg;
    struct adit_extension extension;
    uint32_t count = 0;
    const enum adit_err err = adit_parse_ext_info(payload, &msg);

    if (err)
        return err;
    while (adit_ext_info_next(&msg.extensions, &extension))
        count++;
    if (count != msg.extension_count || msg.extensions.len)
        abort();
    return ADIT_OK;
}

PARSER(userauth_interactive, struct adit_userauth_interactive)

static enum adit_err info_request(struct adit_span payload)
{
    struct adit_msg_userauth_info_request msg;
    struct adit_auth_prompt prompt;
    uint32_t count = 0;
    const enum adit_err err = adit_parse_userauth_info_request(payload, &msg);

    if (err)
        return err;
    while (adit_auth_prompt_next(&msg.prompts, &prompt))
        count++;
    if (count != msg.prompt_count || msg.prompts.len)
        abort();
    return ADIT_OK;
}

static enum adit_err info_response(struct adit_span payload)
{
    struct adit_msg_userauth_info_response msg;
    struct adit_span answer;
    uint32_t count = 0;
    const enum adit_err err = adit_parse_userauth_info_response(payload, &msg);

    if (err)
        return err;
    while (adit_auth_answer_next(&msg.answers, &answer))
        count++;
    if (count != msg.answer_count || msg.answers.len)
        abort();
    return ADIT_OK;
}

PARSER(agent_signature, struct adit_span)

static enum adit_err agent_identities(struct adit_span message)
{
    struct adit_msg_agent_identities msg;
    struct adit_agent_identity identity;
    uint32_t count = 0;
    const enum adit_err err = adit_parse_agent_identities(message, &msg);

    if (err)
        return err;
    while (adit_agent_identity_next(&msg.identities, &identity))
        count++;
    if (count != msg.count || msg.identities.len)
        abort();
    return ADIT_OK;
}

static enum adit_err userauth_host_bound(struct adit_span data)
{
    struct adit_userauth_publickey msg;

    return adit_parse_userauth_host_bound(data, &msg);
}

static enum adit_err direct_streamlocal(struct adit_span data)
{
    struct adit_span path;

    return adit_parse_streamlocal_channel(data, true, &path);
}

static enum adit_err forwarded_streamlocal(struct adit_span data)
{
    struct adit_span path;

    return adit_parse_streamlocal_channel(data, false, &path);
}

static enum adit_err (*const parsers[])(struct adit_span) = {
    disconnect,
    debug,
    unimplemented,
    service,
    kexinit,
    kex_init,
    kex_reply,
    ext_info,
    ping,
    adit_parse_newkeys,
    adit_parse_userauth_success,
    userauth_request,
    userauth_publickey,
    userauth_password,
    userauth_failure,
    userauth_banner,
    userauth_pk_ok,
    global_request,
    request_success,
    tcpip_forward,
    channel_open,
    tcpip_channel,
    channel_open_confirmation,
    channel_open_failure,
    channel_window_adjust,
    channel_data,
    channel_extended_data,
    channel_only,
    channel_request,
    kex_group_request,
    kex_group,
    agent_identities,
    agent_signature,
    userauth_interactive,
    info_request,
    info_response,
    streamlocal_forward,
    direct_streamlocal,
    forwarded_streamlocal,
    host_key_list,
    adit_parse_agent_success,
    userauth_host_bound,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size)
        (void)parsers[data[0] % ADIT_ARRAY_LEN(parsers)](adit_span_of(data + 1, size - 1));
    return 0;
}
