/* SPDX-License-Identifier: BSD-2-Clause */
/* With a name server of our own, which has nothing to say about some names. */
#include "endpoint_names.h"

#include "exact.h"

#include "net/loop.h"
#include "net/sockaddr.h"

#include <dlfcn.h>
#include <netdb.h>
#include <pthread.h>

enum { LONG_MS = 60 * 1000 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool speaks; /* at last */

static void wait_for_the_server(void)
{
    (void)pthread_mutex_lock(&lock);
    while (!speaks)
        (void)pthread_cond_wait(&changed, &lock);
    (void)pthread_mutex_unlock(&lock);
}

/* In the place of the C library's, which is asked about what is no name of ours. */
/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): its names are reserved */
int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                struct addrinfo **found)
{
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    void *symbol = dlsym(RTLD_NEXT, "getaddrinfo");
    const bool is_ours = strstr(name, ".test") != NULL && !(hints->ai_flags & AI_NUMERICHOST);

    memcpy(&real, &symbol, sizeof real);
    if (is_ours && strcmp(name, "silent.test") == 0)
        wait_for_the_server();
    if (is_ours && strcmp(name, "known.test") != 0)
        return EAI_NONAME;
    return real(is_ours ? "127.0.0.1" : name, service, hints, found);
}

struct world {
    struct adit_endpoints endpoints;
    struct adit_sshd_config config;
    struct adit_endpoint_names *names;
    unsigned done;
};

static void on_done(void *arg)
{
    struct world *w = arg;

    w->done++;
    adit_loop_stop(w->endpoints.loop);
}

static struct world *world_new(const char *const hosts[], size_t count)
{
    struct world *w = calloc(1, sizeof *w);

    assert_non_null(w);
    assert_int_equal(adit_loop_new(&w->endpoints.loop), ADIT_OK);
    w->config.listen_addresses = calloc(count, sizeof *w->config.listen_addresses);
    assert_non_null(w->config.listen_addresses);
    for (size_t i = 0; i < count; i++)
        w->config.listen_addresses[i].host = hosts[i];
    w->config.listen_address_count = count;
    return w;
}

static void world_free(struct world *w)
{
    adit_endpoint_names_free(w->names);
    adit_loop_free(w->endpoints.loop);
    free(w->config.listen_addresses);
    free(w);
}

static void start(struct world *w, uint64_t timeout_ms)
{
    assert_int_equal(
        adit_endpoint_names_start(&w->endpoints, &w->config, timeout_ms, on_done, w, &w->names),
        ADIT_OK);
}

static void assert_unknown(const struct world *w, const char *host, const char *wanted)
{
    const char *why = NULL;

    assert_null(adit_endpoint_names_find(w->names, host, AF_UNSPEC, &why));
    assert_string_equal(why, wanted);
}

static void addresses_are_not_looked_up(void **state)
{
    static const char *const hosts[] = { "127.0.0.1", "::1", "localhost", "", "*" };
    struct world *w = world_new(hosts, ADIT_ARRAY_LEN(hosts));

    (void)state;
    start(w, LONG_MS);
    assert_null(w->names);
    world_free(w);
}

static void names_are_answered_for_one_by_one(void **state)
{
    static const char *const hosts[] = { "known.test", "127.0.0.1", "unknown.test", "known.test" };
    struct world *w = world_new(hosts, ADIT_ARRAY_LEN(hosts));
    char listened[] = "unknown.test"; /* by another family's name, so looked up too */
    const struct adit_sockaddrs *found;
    const char *why;

    (void)state;
    w->endpoints.list[0] = (struct adit_endpoint){ .host = listened, .family = AF_INET };
    w->endpoints.count = 1;
    start(w, LONG_MS);
    assert_non_null(w->names);
    assert_int_equal(w->done, 0);
    adit_loop_run(w->endpoints.loop);
    assert_int_equal(w->done, 1);
    found = adit_endpoint_names_find(w->names, "known.test", AF_UNSPEC, &why);
    assert_non_null(found);
    assert_int_equal(found->count, 1);
    assert_unknown(w, "unknown.test", gai_strerror(EAI_NONAME));
    assert_null(adit_endpoint_names_find(w->names, "unknown.test", AF_INET, &why));
    assert_string_equal(why, gai_strerror(EAI_NONAME));
    assert_unknown(w, "other.test", "it was not looked up");
    world_free(w);
}

static void a_silent_server_is_waited_for_so_long(void **state)
{
    static const char *const hosts[] = { "silent.test", "unknown.test" };
    struct world *w = world_new(hosts, ADIT_ARRAY_LEN(hosts));

    (void)state;
    start(w, 20);
    adit_loop_run(w->endpoints.loop);
    assert_int_equal(w->done, 1);
    assert_unknown(w, "silent.test", "the name server does not answer");
    world_free(w);
}

static void who_gives_up_is_not_told(void **state)
{
    static const char *const hosts[] = { "silent.test", "known.test" };
    struct world *w = world_new(hosts, ADIT_ARRAY_LEN(hosts));

    (void)state;
    start(w, 20);
    adit_endpoint_names_free(w->names);
    w->names = NULL;
    adit_loop_run(w->endpoints.loop); /* there is nothing left to run */
    assert_int_equal(w->done, 0);
    world_free(w);
}

static int speak(void **state)
{
    (void)state;
    (void)pthread_mutex_lock(&lock);
    speaks = true;
    (void)pthread_cond_broadcast(&changed);
    (void)pthread_mutex_unlock(&lock);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_not_looked_up),
        cmocka_unit_test(names_are_answered_for_one_by_one),
        cmocka_unit_test(a_silent_server_is_waited_for_so_long),
        cmocka_unit_test(who_gives_up_is_not_told),
    };

    return cmocka_run_group_tests(tests, NULL, speak);
}
