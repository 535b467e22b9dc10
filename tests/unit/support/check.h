/* cmocka with what it wants before it, and checks that many tests need. Include this instead of <cmocka.h>. */
#ifndef FOTHER_TESTS_UNIT_SUPPORT_CHECK_H
#define FOTHER_TESTS_UNIT_SUPPORT_CHECK_H

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "base/error.h"
#include "base/slice.h"

/* The slice is there and holds exactly text. */
#define check_slice(actual, text) check_slice_(actual, text, __FILE__, __LINE__)

/* *err is set with this code and its message contains `part`. Frees it. */
#define check_error(err, code, part) check_error_(err, code, part, __FILE__, __LINE__)

/* No error is set; one that is fails the test with its message. */
#define check_no_error(err) check_no_error_(err, __FILE__, __LINE__)

/* result is 0 or more and no error is set. */
#define check_ok(result, err) check_ok_(result, err, #result, __FILE__, __LINE__)

/* Skips the test, and says why in a form that tools/run-tests shows: `skipped: only root may give a file away`. */
#define check_skip(reason)                                                                                             \
	do {                                                                                                           \
		print_message("skipped: %s\n", reason);                                                                \
		skip();                                                                                                \
	} while (0)

void check_slice_(struct slice actual, const char *text, const char *file, int line);
void check_error_(struct error **err, enum error_code code, const char *part, const char *file, int line);
void check_no_error_(struct error **err, const char *file, int line);
void check_ok_(long long result, struct error **err, const char *what, const char *file, int line);

#endif
