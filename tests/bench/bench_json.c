/* Our JSON reader beside yajl, on the same work in the same process: every container image of a PodList.
 *
 *     tests/bench/make_podlist.py build-bench/pods.json
 *     build-bench/tests/bench/bench_json build-bench/pods.json [ROUNDS]
 *
 * The two take turns, so that both see the same machine; the median of the rounds counts. Exit 1 only when they do not
 * find the same images in the same order: speed is told, never judged.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <yajl/yajl_parse.h>

#include "base/file.h"
#include "base/json_reader.h"

#define ROUNDS 7
#define ROUNDS_MAX 99

struct images {
	size_t count;
	uint64_t sum; /* FNV-1a over all of them, in order */
};

static void images_add(struct images *images, const char *text, size_t len)
{
	if (images->count++ == 0)
		images->sum = UINT64_C(0xcbf29ce484222325);
	for (size_t i = 0; i <= len; i++)
		images->sum = (images->sum ^ (i < len ? (unsigned char)text[i] : 0)) * UINT64_C(0x100000001b3);
}

static bool is_container_list(const char *name, size_t len)
{
	return (len == 10 && memcmp(name, "containers", len) == 0) ||
	       (len == 14 && memcmp(name, "initContainers", len) == 0) ||
	       (len == 19 && memcmp(name, "ephemeralContainers", len) == 0);
}

/* --- ours --- */

typedef int (*visit)(struct reader *r, const struct token *key, struct images *images, struct error **err);

/* Calls `member` for each member of the object that comes next. It reads or skips the value. */
static int each_member(struct reader *r, visit member, struct images *images, struct error **err)
{
	struct token token;
	int got = reader_next(r, &token, err);
	while (got > 0 && (got = reader_next(r, &token, err)) > 0 && token.type == TOKEN_KEY)
		got = member(r, &token, images, err) < 0 ? -1 : 1;
	return got;
}

/* Calls `member` for each member of each object of the array that comes next. */
static int each_element(struct reader *r, visit member, struct images *images, struct error **err)
{
	struct token token;
	int got = reader_next(r, &token, err);
	while (got > 0 && (got = reader_next(r, &token, err)) > 0 && token.type == TOKEN_OBJECT_BEGIN)
		while ((got = reader_next(r, &token, err)) > 0 && token.type == TOKEN_KEY)
			if (member(r, &token, images, err) < 0)
				return -1;
	return got;
}

static int container_member(struct reader *r, const struct token *key, struct images *images, struct error **err)
{
	struct token token;
	if (!token_is(key, "image"))
		return reader_skip(r, err);
	if (reader_next(r, &token, err) < 0)
		return -1;
	images_add(images, token.text.data, token.text.len);
	return 0;
}

static int spec_member(struct reader *r, const struct token *key, struct images *images, struct error **err)
{
	if (!is_container_list(key->text.data, key->text.len))
		return reader_skip(r, err);
	return each_element(r, container_member, images, err);
}

static int pod_member(struct reader *r, const struct token *key, struct images *images, struct error **err)
{
	return token_is(key, "spec") ? each_member(r, spec_member, images, err) : reader_skip(r, err);
}

static int list_member(struct reader *r, const struct token *key, struct images *images, struct error **err)
{
	return token_is(key, "items") ? each_element(r, pod_member, images, err) : reader_skip(r, err);
}

static void read_with_ours(struct slice document, struct images *images)
{
	struct json_reader json;
	struct error *error = NULL;
	json_reader_init(&json, document, 0);
	if (each_member(&json.reader, list_member, images, &error) < 0) {
		fprintf(stderr, "bench_json: %s\n", error->message);
		exit(1);
	}
	json_reader_release(&json);
}

/* --- yajl --- */

struct walk {
	struct images *images;
	unsigned depth;
	bool spec, containers, image; /* the last key at the depth where it counts */
};

/* Depths: list 1, items 2, pod 3, spec 4, containers 5, container 6. */
static int on_key(void *context, const unsigned char *key, size_t len)
{
	struct walk *walk = context;
	if (walk->depth == 3)
		walk->spec = len == 4 && memcmp(key, "spec", 4) == 0;
	else if (walk->depth == 4)
		walk->containers = walk->spec && is_container_list((const char *)key, len);
	else if (walk->depth == 6)
		walk->image = walk->containers && len == 5 && memcmp(key, "image", 5) == 0;
	return 1;
}

static int on_string(void *context, const unsigned char *text, size_t len)
{
	struct walk *walk = context;
	if (walk->depth == 6 && walk->image)
		images_add(walk->images, (const char *)text, len);
	return 1;
}

static int on_open(void *context)
{
	((struct walk *)context)->depth++;
	return 1;
}

static int on_close(void *context)
{
	struct walk *walk = context;
	walk->depth--;
	return 1;
}

static void read_with_yajl(struct slice document, struct images *images)
{
	static const yajl_callbacks callbacks = {
		.yajl_string = on_string,
		.yajl_start_map = on_open,
		.yajl_map_key = on_key,
		.yajl_end_map = on_close,
		.yajl_start_array = on_open,
		.yajl_end_array = on_close,
	};
	struct walk walk = { .images = images };
	yajl_handle handle = yajl_alloc(&callbacks, NULL, &walk);
	if (yajl_parse(handle, (const unsigned char *)document.data, document.len) != yajl_status_ok ||
	    yajl_complete_parse(handle) != yajl_status_ok) {
		fprintf(stderr, "bench_json: yajl does not read it\n");
		exit(1);
	}
	yajl_free(handle);
}

/* --- both --- */

static double seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double measure(void (*read)(struct slice, struct images *), struct slice document, struct images *ret_images)
{
	double before = seconds();
	*ret_images = (struct images){ 0 };
	read(document, ret_images);
	return (double)document.len / 1e6 / (seconds() - before);
}

static int compare_rates(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;
	return (left > right) - (left < right);
}

static double median(double *rates, size_t count)
{
	qsort(rates, count, sizeof *rates, compare_rates);
	return rates[count / 2];
}

static int bench(struct slice document, size_t rounds)
{
	double ours[ROUNDS_MAX], yajl[ROUNDS_MAX];
	struct images by_ours, by_yajl;
	for (size_t i = 0; i < rounds; i++) {
		ours[i] = measure(read_with_ours, document, &by_ours);
		yajl[i] = measure(read_with_yajl, document, &by_yajl);
		if (by_ours.count != by_yajl.count || by_ours.sum != by_yajl.sum) {
			printf("images differ: %zu ours, %zu yajl\n", by_ours.count, by_yajl.count);
			return 1;
		}
	}
	double our_rate = median(ours, rounds), yajl_rate = median(yajl, rounds);
	printf("%.0f MB, %zu images, the same by both; MB/s of CPU time, median of %zu interleaved rounds\n",
	       (double)document.len / 1e6, by_ours.count, rounds);
	printf("ours %6.0f MB/s\nyajl %6.0f MB/s\nratio %5.1f\n", our_rate, yajl_rate, our_rate / yajl_rate);
	return 0;
}

int main(int argc, char **argv)
{
	CLEANUP(file_release) struct file_bytes file = { 0 };
	struct error *error = NULL;
	unsigned long rounds = argc > 2 ? strtoul(argv[2], NULL, 10) : ROUNDS;
	if (argc < 2 || rounds == 0 || rounds > ROUNDS_MAX) {
		fprintf(stderr, "usage: bench_json FILE [ROUNDS, at most %d]\n", ROUNDS_MAX);
		return 2;
	}
	if (file_map(AT_FDCWD, argv[1], false, &file, &error) < 0) {
		fprintf(stderr, "bench_json: %s\n", error->message);
		error_free(error);
		return 1;
	}
	return bench(file_slice(&file), rounds);
}
