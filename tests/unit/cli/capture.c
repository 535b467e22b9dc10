#include "capture.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "support/check.h"

void capture_start(struct capture *capture)
{
	fflush(stdout);
	capture->file = memfd_create("stdout", MFD_CLOEXEC);
	capture->saved_stdout = dup(STDOUT_FILENO);
	assert_true(capture->file >= 0 && capture->saved_stdout >= 0);
	assert_int_equal(dup2(capture->file, STDOUT_FILENO), STDOUT_FILENO);
}

const char *capture_end(struct capture *capture)
{
	static char text[1024 * 1024];

	fflush(stdout);
	assert_int_equal(dup2(capture->saved_stdout, STDOUT_FILENO), STDOUT_FILENO);
	close(capture->saved_stdout);
	ssize_t len = pread(capture->file, text, sizeof text - 1, 0);
	close(capture->file);
	assert_true(len >= 0 && (size_t)len < sizeof text - 1);
	text[len] = '\0';
	return text;
}
