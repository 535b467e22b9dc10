#include "cli/interrupt.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#define MOST 4

struct catch
{
	void (*stop)(void *data);
	void *data;
};

static const int signals[] = { SIGINT, SIGTERM };
static struct sigaction before[2];
static struct catch catches[MOST]; /* the outermost first */
static size_t depth;
static const struct catch *volatile now; /* NULL: there is nothing to end in order */
static volatile sig_atomic_t came;

static void on_interrupt(int signal_number)
{
	const struct catch *catch = now;
	if (came || !catch)
		_exit(128 + signal_number);
	came = 1;
	catch->stop(catch->data);
}

void interrupt_catch(void (*stop)(void *data), void *data)
{
	struct sigaction action = { .sa_handler = on_interrupt, .sa_flags = SA_RESTART };
	catches[depth] = (struct catch){ stop, data };
	now = &catches[depth];
	if (depth++)
		return;
	came = 0;
	for (size_t i = 0; i < 2; i++)
		sigaction(signals[i], &action, &before[i]);
}

void interrupt_done(void)
{
	now = depth > 1 ? &catches[depth - 2] : NULL;
}

void interrupt_release(void)
{
	now = --depth ? &catches[depth - 1] : NULL;
	if (depth)
		return;
	for (size_t i = 0; i < 2; i++)
		sigaction(signals[i], &before[i], NULL);
}

bool interrupt_came(void)
{
	return came;
}
