/* The scanner once more, with the path of machines without SSE2, under other names. */
#define JSON_SCAN_PORTABLE
#define json_scan_blanks portable_scan_blanks
#define json_scan_separator portable_scan_separator
#define json_scan_string portable_scan_string
#define json_scan_number portable_scan_number
#define json_scan_word portable_scan_word
#define json_scan_value portable_scan_value
#define json_scan_fail portable_scan_fail

#include "../../../src/base/json_scan.c"
