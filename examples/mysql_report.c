/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One report from several MariaDB servers, each behind a gateway of its own,
 * without an ssh process beside the program:
 *
 *     MYSQL_PWD=… mysql_report -u report -i key
 *         ssh://tunnel@gw1.example.com=db.internal:3306
 *         ssh://tunnel@gw2.example.com:2222=10.0.0.7:3306
 *
 * For each, a tunnel is opened, a free port of 127.0.0.1 is forwarded, and
 * libmariadb connects to it as to any server. ~/.ssh/config counts as for ssh.
 */
#include <adit/tunnel.h>

#include <mysql.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct options {
    const char *db_user;
    const char *db_password;
    const char *query;
    const char *identity;
    const char *known_hosts;
};

struct site {
    char gateway[256];  /* "ssh://tunnel@gw:2222" */
    char host[256];     /* of the database, as the gateway knows it */
    unsigned long port; /* of the database */
};

/* "gateway=host:port" */
static bool parse_site(struct site *site, const char *text)
{
    char *end;

    if (sscanf(text, "%255[^=]=%255[^:]", site->gateway, site->host) != 2)
        return false;
    site->port = strtoul(text + strlen(site->gateway) + strlen(site->host) + 2, &end, 10);
    return *end == '\0' && site->port > 0 && site->port <= UINT16_MAX;
}

static void print_line(void *user, int level, const char *line)
{
    (void)user;
    (void)level;
    (void)fprintf(stderr, "mysql_report: %s\n", line);
}

static enum adit_err open_tunnel(struct adit_runtime *runtime, const struct options *options,
                                 const struct site *site, struct adit_tunnel **tunnel,
                                 struct adit_failure *failure)
{
    struct adit_tunnel_settings settings;
    enum adit_err err;

    adit_tunnel_settings_init(&settings);
    err = adit_tunnel_settings_load(&settings, site->gateway, failure);
    if (err)
        return err;
    settings.batch_mode = true;
    settings.log = print_line;
    settings.log_level = 1; /* why a connection through the tunnel was refused is said here */
    if (options->identity != NULL) {
        settings.identity_files[0] = options->identity;
        settings.identity_file_count = 1;
        settings.identity_files_required = true;
    }
    if (options->known_hosts != NULL) {
        settings.user_known_hosts[0] = options->known_hosts;
        settings.user_known_hosts_count = 1;
    }
    err = adit_tunnel_open(runtime, &settings, tunnel, failure);
    adit_tunnel_settings_clear(&settings);
    return err;
}

static bool print_rows(MYSQL *db, const char *query)
{
    MYSQL_RES *result;
    MYSQL_ROW row;

    if (mysql_query(db, query) != 0)
        return false;
    result = mysql_store_result(db);
    if (result == NULL)
        return mysql_field_count(db) == 0;
    while ((row = mysql_fetch_row(result)) != NULL) {
        for (unsigned i = 0; i < mysql_num_fields(result); i++)
            (void)printf("%s%s", i > 0 ? "\t" : "    ", row[i] != NULL ? row[i] : "NULL");
        (void)putchar('\n');
    }
    mysql_free_result(result);
    return true;
}

static bool query_database(const struct options *options, uint16_t port)
{
    const unsigned timeout_s = 30;
    MYSQL *db = mysql_init(NULL);
    bool good;

    if (db == NULL)
        return false;
    (void)mysql_options(db, MYSQL_OPT_CONNECT_TIMEOUT, &timeout_s);
    good = mysql_real_connect(db, "127.0.0.1", options->db_user, options->db_password, NULL, port,
                              NULL, 0) != NULL &&
           print_rows(db, options->query);
    if (!good)
        (void)fprintf(stderr, "mysql_report: %s\n", mysql_error(db));
    mysql_close(db);
    return good;
}

static bool report(struct adit_runtime *runtime, const struct options *options,
                   const struct site *site)
{
    const struct adit_forward_settings settings = {
        .bind = "127.0.0.1",
        .host = site->host,
        .port = (uint16_t)site->port,
    };
    struct adit_tunnel *tunnel = NULL;
    struct adit_forward *forward;
    struct adit_failure failure;
    bool good = false;

    if (open_tunnel(runtime, options, site, &tunnel, &failure) != ADIT_OK ||
        adit_tunnel_forward_local(tunnel, &settings, &forward, &failure) != ADIT_OK) {
        (void)fprintf(stderr, "mysql_report: %s\n", failure.text);
    } else {
        (void)printf("%s, %s:%lu\n", site->gateway, site->host, site->port);
        good = query_database(options, adit_forward_port(forward));
    }
    adit_tunnel_free(tunnel);
    return good;
}

static int usage(void)
{
    (void)fputs("usage: mysql_report [-u db_user] [-q query] [-i key_file] [-k known_hosts] "
                "gateway=host:port ...\n",
                stderr);
    return 2;
}

static bool parse_options(struct options *options, int argc, char **argv)
{
    int letter;

    while ((letter = getopt(argc, argv, "u:q:i:k:")) != -1) { /* NOLINT(concurrency-mt-unsafe) */
        if (letter == 'u')
            options->db_user = optarg;
        else if (letter == 'q')
            options->query = optarg;
        else if (letter == 'i')
            options->identity = optarg;
        else if (letter == 'k')
            options->known_hosts = optarg;
        else
            return false;
    }
    return optind < argc;
}

int main(int argc, char **argv)
{
    struct options options = {
        .db_user = "root",
        .db_password = getenv("MYSQL_PWD"), /* NOLINT(concurrency-mt-unsafe): before any thread */
        .query = "SELECT table_schema, COUNT(*) FROM information_schema.tables "
                 "GROUP BY table_schema ORDER BY table_schema",
    };
    struct adit_runtime *runtime = NULL;
    bool good = true;

    if (!parse_options(&options, argc, argv))
        return usage();
    if (mysql_library_init(0, NULL, NULL) != 0 || adit_runtime_new(&runtime) != ADIT_OK) {
        (void)fputs("mysql_report: cannot start\n", stderr);
        return 1;
    }
    for (int i = optind; i < argc; i++) {
        struct site site;

        if (!parse_site(&site, argv[i])) {
            (void)fprintf(stderr, "mysql_report: \"%s\" is not gateway=host:port\n", argv[i]);
            good = false;
        } else {
            good = report(runtime, &options, &site) && good;
        }
    }
    adit_runtime_free(runtime);
    mysql_library_end();
    return good ? 0 : 1;
}
