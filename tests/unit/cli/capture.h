/* What a function writes to stdout, as text; and stdout put aside where its bytes do not matter.
 *
 *     struct capture capture;
 *     capture_start(&capture);
 *     int code = help_overview();
 *     const char *text = capture_end(&capture);     // until the next capture
 *
 * No check between the two: its message would go where the test is looking.
 */
#ifndef FOTHER_TESTS_UNIT_CLI_CAPTURE_H
#define FOTHER_TESTS_UNIT_CLI_CAPTURE_H

struct capture {
	int saved_stdout, file;
};

void capture_start(struct capture *capture);
const char *capture_end(struct capture *capture);

#endif
