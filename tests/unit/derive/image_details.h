/* Images in one line each: their details, and the records that a walk would have put of them. */
#ifndef FOTHER_TESTS_UNIT_DERIVE_IMAGE_DETAILS_H
#define FOTHER_TESTS_UNIT_DERIVE_IMAGE_DETAILS_H

#include "base/limits.h"
#include "derive/image_detail.h"
#include "oci/format/image_record.h"
#include "support/check.h"

#define MOST_STEPS 8

/* A digest of one letter. */
static inline struct slice digest_of_letter(char letter, struct arena *arena)
{
	char *text = arena_bytes(arena, 71);
	assert_non_null(text);
	memcpy(text, "sha256:", 7);
	memset(text + 7, letter, 64);
	return (struct slice){ text, 71 };
}

/* Steps: "a RUN x" made the layer whose diff ID (and digest) is of the letter a; "- ENV A=b" made none. */
static inline struct image_detail detail_of(char digest, const char *const *steps, size_t count, struct arena *arena)
{
	struct image_detail detail = { .digest = digest_of_letter(digest, arena),
				       .manifest_bytes = SLICE("{}"),
				       .config_bytes = SLICE("{}"),
				       .has_config = true };
	struct oci_descriptor *layers = arena_zeroed(arena, count + 1, sizeof *layers);
	struct oci_history *history = arena_zeroed(arena, count + 1, sizeof *history);
	struct slice *diff_ids = arena_zeroed(arena, count + 1, sizeof *diff_ids);
	struct error *err = NULL;
	assert_true(layers && history && diff_ids);
	for (size_t i = 0; i < count; i++) {
		history[i].created_by = slice_of(steps[i] + 2);
		history[i].created = (struct oci_date){ OCI_DATED, 5, SLICE("then") };
		history[i].empty_layer = steps[i][0] == '-';
		if (history[i].empty_layer)
			continue;
		diff_ids[detail.manifest.layer_count] = digest_of_letter(steps[i][0], arena);
		layers[detail.manifest.layer_count++] =
			(struct oci_descriptor){ .digest = digest_of_letter(steps[i][0], arena), .size = 10 };
	}
	detail.manifest.kind = OCI_IMAGE;
	detail.manifest.layers = layers;
	detail.manifest.config.digest = digest_of_letter(digest, arena);
	detail.config.history = history;
	detail.config.history_count = count;
	detail.config.has_rootfs = true;
	detail.config.diff_ids = (struct slice_list){ diff_ids, detail.manifest.layer_count };
	check_ok(image_history_build(&detail.manifest, &detail.config, arena, &detail.history, &err), &err);
	return detail;
}
#define DETAIL(digest, arena, ...)                                                                                     \
	({                                                                                                             \
		const char *const detail_steps_[] = { __VA_ARGS__ };                                                   \
		detail_of(digest, detail_steps_, sizeof detail_steps_ / sizeof detail_steps_[0], arena);               \
	})

#endif
