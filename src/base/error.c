#include "base/error.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "base/utf8.h"

static char no_memory_message[] = "out of memory";
static struct error no_memory = { ERROR_NO_MEMORY, no_memory_message };

/* One printable line, whatever names from outside it holds; false when memory is out. */
__attribute__((format(printf, 2, 0))) static bool message_add(struct strbuf *out, const char *format, va_list args)
{
	CLEANUP(strbuf_release) struct strbuf raw = STRBUF_INIT(LIMIT_MESSAGE_BYTES);
	strbuf_addf_cut(&raw, format, args);
	strbuf_add_text(out, ""); /* an empty message is a message */
	utf8_add_printable(out, strbuf_slice(&raw));
	return !raw.failure && !out->failure;
}

/* Escapes take six bytes for one at most; a context stands before a message that was already escaped. */
#define MESSAGE_INIT STRBUF_INIT(2 * 6 * LIMIT_MESSAGE_BYTES)

static int set_message(struct error **err, enum error_code code, struct strbuf *message)
{
	assert(!*err);
	struct error *error = message->data ? mem_alloc(sizeof *error) : NULL;
	if (!error)
		return error_no_memory(err);
	*error = (struct error){ code, TAKE_PTR(message->data) };
	*err = error;
	return -1;
}

int error_set(struct error **err, enum error_code code, const char *format, ...)
{
	CLEANUP(strbuf_release) struct strbuf message = MESSAGE_INIT;
	va_list args;
	va_start(args, format);
	bool complete = message_add(&message, format, args);
	va_end(args);
	return complete ? set_message(err, code, &message) : error_no_memory(err);
}

int error_set_errno(struct error **err, int errnum, const char *format, ...)
{
	CLEANUP(strbuf_release) struct strbuf message = MESSAGE_INIT;
	va_list args;
	va_start(args, format);
	bool complete = message_add(&message, format, args);
	va_end(args);

	char reason[128];
	strbuf_add_text(&message, ": ");
	strbuf_add_text(&message, strerror_r(errnum, reason, sizeof reason));
	if (!complete || message.failure)
		return error_no_memory(err);
	return set_message(err, errnum == ENOMEM ? ERROR_NO_MEMORY : ERROR_SYSTEM, &message);
}

int error_no_memory(struct error **err)
{
	assert(!*err);
	*err = &no_memory;
	return -1;
}

/* Without memory for the context, the error that we have is worth more than one about memory. */
int error_context(struct error **err, const char *format, ...)
{
	if (*err == &no_memory)
		return -1;

	CLEANUP(strbuf_release) struct strbuf message = MESSAGE_INIT;
	va_list args;
	va_start(args, format);
	bool complete = message_add(&message, format, args);
	va_end(args);
	strbuf_add_text(&message, ": ");
	strbuf_add_text(&message, (*err)->message);
	if (!complete || message.failure)
		return -1;
	mem_free((*err)->message);
	(*err)->message = TAKE_PTR(message.data);
	return -1;
}

bool error_is_of_input(const struct error *error)
{
	return error->code == ERROR_SYNTAX || error->code == ERROR_LIMIT;
}

struct error *error_free(struct error *error)
{
	if (!error || error == &no_memory)
		return NULL;
	mem_free(error->message);
	return mem_free(error);
}

void error_freep(struct error **error)
{
	*error = error_free(*error);
}

int error_move(struct error **to, struct error **from)
{
	if (!*from)
		return 0;
	assert(!*to);
	*to = TAKE_PTR(*from);
	return -1;
}
