/* Included before everything (the build passes -include base/banned.h): functions that have no place here become
 * compile errors. Use strbuf, slice, time_format, duration_parse instead.
 * tools/check-compile tries each name.
 */
#ifndef FOTHER_BASE_BANNED_H
#define FOTHER_BASE_BANNED_H

/* The C library's own headers must have had their say before the names are poisoned. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* These may be macros, which clang does not let us poison. */
#undef sprintf
#undef alloca

/* Write without a bound, or hide that they failed. */
#pragma GCC poison strcpy strcat strncpy strncat stpcpy sprintf vsprintf gets atoi atol atoll atof alloca
/* Keep state between calls, or know only the local time zone. */
#pragma GCC poison strtok strtok_r localtime localtime_r gmtime asctime asctime_r ctime ctime_r
/* Race on names, or start a shell. */
#pragma GCC poison tmpnam tempnam mktemp system popen

#endif
