/* SPDX-License-Identifier: BSD-2-Clause */
/* ProxyJump: settings for each host on the way. */
#include "tunnel/failure.h"
#include "tunnel/load.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum {
    NAME_SIZE = ADIT_LOADED_NAME_SIZE,
};

/*
 * Takes the last of "a,b,c", which is next to the gateway, as a destination;
 * without ssh:// it may have a port all the same. False: it is too long.
 */
static bool take_last_jump(char *jumps, char word[static NAME_SIZE])
{
    char *comma = strrchr(jumps, ',');
    const char *last = comma != NULL ? comma + 1 : jumps;
    const char *colon = strchr(last, ':');
    const bool is_uri = strncmp(last, "ssh://", 6) == 0;
    const bool has_port = colon != NULL && (strchr(last, '[') != NULL || !strchr(colon + 1, ':'));
    const int len = snprintf(word, NAME_SIZE, "%s%s", has_port && !is_uri ? "ssh://" : "", last);

    if (comma != NULL)
        *comma = '\0';
    else
        *jumps = '\0';
    return len > 0 && len < NAME_SIZE;
}

static enum adit_err load_jump(struct adit_tunnel_settings *behind, struct adit_loaded *l,
                               const char *config_file, struct adit_failure *failure)
{
    char jumps[ADIT_CONFIG_LINE_MAX];
    char word[NAME_SIZE];
    const struct adit_ssh_option rest = { "ProxyJump", jumps };
    struct adit_ssh_options options = { .options = &rest, .config_file = config_file };
    enum adit_err err;

    (void)snprintf(jumps, sizeof jumps, "%s", l->config.proxy_jump);
    if (!take_last_jump(jumps, word))
        return adit_failure_return(failure, ADIT_ERR_FORMAT, ADIT_LEG_CLIENT,
                                   "ProxyJump: \"%s\" is not [user@]host[:port]", word);
    options.option_count = jumps[0] != '\0';
    l->hop = (struct adit_tunnel_settings){
        .log_level = behind->log_level,
        .log = behind->log,
        .user_data = behind->user_data,
    };
    err = adit_load_one(&l->hop, word, &options, failure);
    if (err)
        return err;
    assert(l->hop.host != NULL && l->hop.loaded != NULL && behind->host != NULL);
    if (strcmp(l->hop.host, behind->host) == 0 && l->hop.port == behind->port &&
        strcmp(l->hop.user, behind->user) == 0)
        return adit_failure_return(failure, ADIT_ERR_FORMAT, ADIT_LEG_CLIENT,
                                   "ProxyJump: %s is to be reached through itself", l->hop.host);
    behind->jump = &l->hop;
    return ADIT_OK;
}

enum adit_err adit_load_jumps(struct adit_tunnel_settings *settings, const char *config_file,
                              struct adit_failure *failure)
{
    struct adit_tunnel_settings *last = settings;
    enum adit_err err = ADIT_OK;
    int count = 0;

    assert(settings->loaded != NULL);
    settings->jump = NULL;
    while (err == ADIT_OK && last->loaded->proxy_jump != NULL) {
        struct adit_loaded *l = (struct adit_loaded *)(void *)last->loaded;

        if (count++ == ADIT_JUMPS_MAX)
            return adit_failure_return(failure, ADIT_ERR_LIMIT, ADIT_LEG_CLIENT,
                                       "ProxyJump: more than %d jump hosts", ADIT_JUMPS_MAX);
        err = load_jump(last, l, config_file, failure);
        last = &l->hop;
        assert(err || last->loaded != NULL);
    }
    /* Only the first of them is dialled by ourselves. */
    if (err == ADIT_OK && !adit_ssh_config_is_set(last->loaded, "ProxyURL"))
        last->proxy_url = settings->proxy_url;
    return err;
}
