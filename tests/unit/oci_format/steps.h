/* One history entry and what is made of it. */
#ifndef FOTHER_TESTS_UNIT_OCI_FORMAT_STEPS_H
#define FOTHER_TESTS_UNIT_OCI_FORMAT_STEPS_H

#include "base/limits.h"
#include "oci/format/step_internal.h"
#include "support/check.h"

static struct arena steps_arena = ARENA_INIT(LIMIT_IMAGE_BYTES);

static inline struct image_step step_of_entry(const struct oci_history *entry)
{
	struct image_step step;
	struct error *err = NULL;
	check_ok(image_step_parse(entry, &steps_arena, &step, &err), &err);
	assert_ptr_equal(step.entry, entry);
	return step;
}

static inline struct image_step step_of(const char *command)
{
	static struct oci_history entry;
	entry = (struct oci_history){ .created_by = slice_of(command) };
	return step_of_entry(&entry);
}

/* The command becomes the text, whose first word is the instruction. */
static inline void check_step(const char *command, const char *text)
{
	struct image_step step = step_of(command);
	struct slice first, rest;
	slice_cut(slice_of(text), ' ', &first, &rest);
	check_slice(step.text, text);
	assert_true(slice_equal(step.instruction, first));
}

#endif
