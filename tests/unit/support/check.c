#include "support/check.h"

#include <string.h>

static void fail_at(const char *file, int line, const char *message)
{
	print_error("%s\n", message);
	_fail(file, line);
}

void check_slice_(struct slice actual, const char *text, const char *file, int line)
{
	if (slice_equal_text(actual, text))
		return;
	print_error("expected \"%s\", got %s%.*s%s\n", text, actual.data ? "\"" : "(nothing)", SLICE_ARG(actual),
		    actual.data ? "\"" : "");
	_fail(file, line);
}

void check_error_(struct error **err, enum error_code code, const char *part, const char *file, int line)
{
	if (!*err)
		fail_at(file, line, "an error was expected, none is set");
	if ((*err)->code != code || !strstr((*err)->message, part)) {
		print_error("expected error %d with \"%s\", got %d: \"%s\"\n", code, part, (*err)->code,
			    (*err)->message);
		_fail(file, line);
	}
	error_freep(err);
}

void check_no_error_(struct error **err, const char *file, int line)
{
	if (*err)
		fail_at(file, line, (*err)->message);
}

void check_ok_(long long result, struct error **err, const char *what, const char *file, int line)
{
	check_no_error_(err, file, line);
	if (result >= 0)
		return;
	print_error("%s gave %lld without an error\n", what, result);
	_fail(file, line);
}
