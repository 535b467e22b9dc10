#include "cli/interrupt.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static const int signals[] = { SIGINT, SIGTERM };
static struct sigaction before[2];
static void (*volatile stop_now)(void *data);
static void *volatile stop_data;
static volatile sig_atomic_t came;

static void on_interrupt(int signal_number)
{
	void (*stop)(void *data) = stop_now;
	if (came || !stop)
		_exit(128 + signal_number);
	came = 1;
	stop(stop_data);
}

void interrupt_catch(void (*stop)(void *data), void *data)
{
	struct sigaction action = { .sa_handler = on_interrupt, .sa_flags = SA_RESTART };
	came = 0;
	stop_data = data;
	stop_now = stop;
	for (size_t i = 0; i < 2; i++)
		sigaction(signals[i], &action, &before[i]);
}

void interrupt_done(void)
{
	stop_now = NULL;
}

void interrupt_release(void)
{
	for (size_t i = 0; i < 2; i++)
		sigaction(signals[i], &before[i], NULL);
}

bool interrupt_came(void)
{
	return came;
}
