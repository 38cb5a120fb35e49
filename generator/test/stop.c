/*
 * stop.c: SIGINT, SIGTERM and SIGHUP end what is running, and then this run; everything is taken away as at its end.
 */
#include "test_parts.h"

#include "process.h"

#include <signal.h>

static volatile sig_atomic_t test_stop_wanted;
static const int test_signals[] = {SIGINT, SIGTERM, SIGHUP};
static struct sigaction test_before[3];

static void test_on_signal(int number)
{
    (void)number;
    test_stop_wanted = 1;
    process_signal(SIGTERM);
    driver_interrupt();
}

void test_catch_signals(void)
{
    struct sigaction action = {.sa_handler = test_on_signal};
    sigemptyset(&action.sa_mask);
    test_stop_wanted = 0;
    for (size_t i = 0; i < 3; i++)
        sigaction(test_signals[i], &action, &test_before[i]);
}

void test_release_signals(void)
{
    for (size_t i = 0; i < 3; i++)
        sigaction(test_signals[i], &test_before[i], NULL);
    driver_resume();
}

bool test_is_stopped(void)
{
    return test_stop_wanted != 0;
}
