/* SPDX-License-Identifier: BSD-2-Clause */
/* Local forwards at a name, whose look-up takes as long as the test wants. */
#include "library_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dlfcn.h>
#include <netdb.h>
#include <pthread.h>
#include <string.h>

/* ---- a resolver that waits ------------------------------------------------------- */

static struct gate {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned asked;
    bool is_open;
} gate = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, false };

static void pass_gate(void)
{
    (void)pthread_mutex_lock(&gate.lock);
    gate.asked++;
    (void)pthread_cond_broadcast(&gate.changed);
    while (!gate.is_open)
        (void)pthread_cond_wait(&gate.changed, &gate.lock);
    (void)pthread_mutex_unlock(&gate.lock);
}

static void await_question(void)
{
    (void)pthread_mutex_lock(&gate.lock);
    while (gate.asked == 0)
        (void)pthread_cond_wait(&gate.changed, &gate.lock);
    (void)pthread_mutex_unlock(&gate.lock);
}

static void set_gate(bool is_open)
{
    (void)pthread_mutex_lock(&gate.lock);
    gate.is_open = is_open;
    gate.asked = 0;
    (void)pthread_cond_broadcast(&gate.changed);
    (void)pthread_mutex_unlock(&gate.lock);
}

/* In the place of the C library's: "slow.test" is this machine, behind the gate. */
/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): its names are reserved */
int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                struct addrinfo **out)
{
    const bool is_look_up = name != NULL && (hints->ai_flags & AI_NUMERICHOST) == 0;
    static int (*real)(const char *name, const char *service, const struct addrinfo *hints,
                       struct addrinfo **out);

    if (is_look_up && strcmp(name, "nowhere.test") == 0)
        return EAI_NONAME;
    if (is_look_up && strcmp(name, "slow.test") == 0) {
        pass_gate();
        name = "127.0.0.1";
    }
    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
    return real(name, service, hints, out);
}

/* ---- a thread that waits for it -------------------------------------------------- */

struct opener {
    struct world *w;
    struct adit_tunnel *tunnel;
    const char *bind;
    struct adit_forward *forward;
    struct adit_failure failure;
    enum adit_err err;
    pthread_t thread;
};

static void *open_forward(void *arg)
{
    struct opener *o = arg;
    const struct adit_forward_settings settings = { .bind = o->bind,
                                                    .host = "127.0.0.1",
                                                    .port = o->w->echo.port };

    o->err = adit_tunnel_forward_local(o->tunnel, &settings, &o->forward, &o->failure);
    return NULL;
}

static void start_opening(struct opener *o)
{
    set_gate(false);
    assert_int_equal(pthread_create(&o->thread, NULL, open_forward, o), 0);
    await_question();
}

static void finish_opening(struct opener *o)
{
    assert_int_equal(pthread_join(o->thread, NULL), 0);
}

static void a_name_that_takes_long_holds_up_nothing_else(void **state)
{
    struct world *w = *state;
    struct opener slow = { .w = w, .tunnel = world_open(w), .bind = "slow.test" };
    struct opener quick = { .w = w, .tunnel = slow.tunnel, .bind = "127.0.0.1" };

    start_opening(&slow);
    (void)open_forward(&quick);
    assert_int_equal(quick.err, ADIT_OK);
    echo_to_the_end(loopback_connect(adit_forward_port(quick.forward)));
    set_gate(true);
    finish_opening(&slow);
    assert_int_equal(slow.err, ADIT_OK);
    echo_to_the_end(loopback_connect(adit_forward_port(slow.forward)));
    adit_forward_remove(slow.forward);
    adit_tunnel_free(slow.tunnel);
}

static void who_closes_the_tunnel_does_not_wait_for_the_name(void **state)
{
    struct world *w = *state;
    struct opener slow = { .w = w, .tunnel = world_open(w), .bind = "slow.test" };

    start_opening(&slow);
    adit_tunnel_close(slow.tunnel, 0);
    finish_opening(&slow);
    assert_int_equal(slow.err, ADIT_ERR_DISCONNECTED);
    set_gate(true);
    adit_tunnel_free(slow.tunnel);
}

/* It listens here, whatever becomes of the gateway in the meantime. */
static void a_tunnel_that_is_lost_goes_on_looking_for_the_name(void **state)
{
    struct world *w = *state;
    struct opener slow = { .w = w, .tunnel = world_open(w), .bind = "slow.test" };

    start_opening(&slow);
    sshd_peer_kill(&w->sshd);
    world_wait_for_line(w, "trying again");
    set_gate(true);
    finish_opening(&slow);
    assert_int_equal(slow.err, ADIT_OK);
    adit_tunnel_free(slow.tunnel);
}

static void a_name_that_is_not_known_is_the_clients_fault(void **state)
{
    struct world *w = *state;
    struct opener o = { .w = w, .tunnel = world_open(w), .bind = "nowhere.test" };

    (void)open_forward(&o);
    assert_int_equal(o.err, ADIT_ERR_SYSTEM);
    assert_int_equal(o.failure.leg, ADIT_LEG_CLIENT);
    assert_string_equal(o.failure.text,
                        "client side: listen on nowhere.test: Name or service not known");
    adit_tunnel_free(o.tunnel);
}

#define WITH_SSHD(test) cmocka_unit_test_setup_teardown(test, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SSHD(a_name_that_takes_long_holds_up_nothing_else),
        WITH_SSHD(who_closes_the_tunnel_does_not_wait_for_the_name),
        WITH_SSHD(a_tunnel_that_is_lost_goes_on_looking_for_the_name),
        WITH_SSHD(a_name_that_is_not_known_is_the_clients_fault),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
