/* Included before everything (the build passes -include base/banned.h): functions that have no place here become compile
 * errors. Use strbuf, slice, time_format, duration_parse, mem_alloc instead.
 */
#ifndef FOTHER_BASE_BANNED_H
#define FOTHER_BASE_BANNED_H

/* The C library's own headers must have had their say before the names are poisoned. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat strncpy strncat stpcpy sprintf vsprintf strtok strtok_r atoi atol atoll atof
#undef alloca
#pragma GCC poison gets alloca tmpnam tempnam mktemp localtime localtime_r gmtime asctime ctime system popen

#endif
