#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/alloc.h"
#include "support/check.h"

/* The C library keeps its own links in the first words of a free block. */
#define LINK_BYTES (2 * sizeof(void *))

static void require_wiping(void)
{
	if (heap_wipe_start() == 0)
		return;
	check_skip("not glibc, or a sanitizer has a heap of its own here");
}

/* How many of the bytes at address, which was freed, still are 'S'. The compiler must not know that it was freed. */
static size_t left_over(uintptr_t address, size_t size)
{
	const volatile char *freed = (const volatile char *)address; // NOLINT(performance-no-int-to-ptr)
	size_t left = 0;
	for (size_t i = LINK_BYTES; i < size; i++)
		left += freed[i] == 'S';
	return left;
}

static char *secret_block(size_t size)
{
	char *block = mem_alloc(size);
	assert_non_null(block);
	memset(block, 'S', size);
	__asm__ volatile("" : : "r"(block) : "memory");
	return block;
}

/* Small ones go to the thread's own list, middle ones to the common bins. */
static void freed_blocks_are_overwritten(void **state)
{
	require_wiping();
	for (size_t size = 24; size < 60000; size = size * 3 / 2) {
		char *block = secret_block(size);
		char *guard = mem_alloc(size); /* keeps the block from melting into the top of the heap */
		uintptr_t address = (uintptr_t)block;
		mem_free(block);
		assert_int_equal(left_over(address, size), 0);
		mem_free(guard);
	}
}

static void moved_blocks_are_overwritten_where_they_lay(void **state)
{
	require_wiping();
	for (size_t size = 24; size < 60000; size = size * 3 / 2) {
		char *block = secret_block(size);
		char *guard = mem_alloc(size);
		uintptr_t address = (uintptr_t)block;
		block = mem_resize(block, 3, size);
		assert_non_null(block);
		assert_true((uintptr_t)block != address);
		assert_int_equal(left_over((uintptr_t)block, size), size - LINK_BYTES);
		assert_int_equal(left_over(address, size), 0);
		block = mem_resize(block, size / 4, 1);
		assert_int_equal(block[size / 4 - 1], 'S');
		mem_free(block);
		mem_free(guard);
	}
}

/* What libyaml frees goes through ours, although it is a shared library. */
static void blocks_of_shared_libraries_are_overwritten(void **state)
{
	require_wiping();
	static yaml_char_t text[] =
		"SSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSS";
	yaml_event_t event;
	assert_int_equal(yaml_scalar_event_initialize(&event, NULL, NULL, text, sizeof text - 1, 1, 1,
						      YAML_PLAIN_SCALAR_STYLE),
			 1);
	uintptr_t address = (uintptr_t)event.data.scalar.value;
	assert_int_equal(left_over(address, sizeof text), sizeof text - 1 - LINK_BYTES);
	yaml_event_delete(&event);
	assert_int_equal(left_over(address, sizeof text), 0);
}

static void realloc_keeps_its_contract(void **state)
{
	require_wiping();
	char *block = mem_resize(NULL, 10, 1);
	assert_non_null(block);
	memcpy(block, "0123456789", 10);
	for (size_t size = 10; size < (size_t)200 << 20; size *= 2) {
		block = mem_resize(block, size, 1);
		assert_non_null(block);
		assert_memory_equal(block, "0123456789", 10);
		assert_true(malloc_usable_size(block) >= size);
	}
	block = mem_resize(block, 10, 1);
	assert_memory_equal(block, "0123456789", 10);
	mem_free(block);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(freed_blocks_are_overwritten),
		cmocka_unit_test(moved_blocks_are_overwritten_where_they_lay),
		cmocka_unit_test(blocks_of_shared_libraries_are_overwritten),
		cmocka_unit_test(realloc_keeps_its_contract),
	};
	return cmocka_run_group_tests_name("heap_wipe", tests, NULL, NULL);
}
