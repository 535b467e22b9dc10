/* ^C (and SIGTERM) while something reads: the first one ends the reading in order, the second one everything.
 *
 *     interrupt_catch(stop, reading);    // stop must be async-signal-safe
 *     ...
 *     interrupt_done();                  // nothing is left to end in order: the next ^C ends everything
 *     ...
 *     interrupt_release();
 *
 * What reads again and again catches once more around each reading: then the first ^C ends that, and is remembered.
 */
#ifndef FOTHER_CLI_INTERRUPT_H
#define FOTHER_CLI_INTERRUPT_H

#include <stdbool.h>

void interrupt_catch(void (*stop)(void *data), void *data);
void interrupt_done(void);
void interrupt_release(void);
/* Since the outermost interrupt_catch. */
bool interrupt_came(void);

#endif
