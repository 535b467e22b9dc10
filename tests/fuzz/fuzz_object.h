/* One fuzz target per kind of object: the input stands between two texts that make it the items of a list of that kind.
 */
#ifndef FOTHER_TESTS_FUZZ_FUZZ_OBJECT_H
#define FOTHER_TESTS_FUZZ_FUZZ_OBJECT_H

extern const char FUZZ_BEFORE[], FUZZ_BEHIND[];

#define FUZZ_ITEMS_OF(list_kind, api_version)                                                                          \
	const char FUZZ_BEFORE[] = "{\"kind\": \"" list_kind "\", \"apiVersion\": \"" api_version "\", \"items\": [";  \
	const char FUZZ_BEHIND[] = "]}"

#endif
