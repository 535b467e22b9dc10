/* Clean-up by attribute, and handing ownership on.
 *
 *     CLEANUP(strbuf_release) struct strbuf line = STRBUF_INIT(LIMIT_LINE_BYTES);
 *     ...
 *     *ret_thing = TAKE_PTR(thing);   // the caller owns it now; thing is NULL
 *
 * Every type ships, beside its free function, a `x_release(struct x *)` or a `x_freep(struct x **)` fit for
 * CLEANUP(). Both take half-built objects.
 */
#ifndef FOTHER_BASE_CLEANUP_H
#define FOTHER_BASE_CLEANUP_H

#define CLEANUP(function) __attribute__((cleanup(function)))

#define TAKE_PTR(pointer)                                                                                              \
	({                                                                                                             \
		__typeof__(pointer) take_ptr_value_ = (pointer);                                                       \
		(pointer) = NULL;                                                                                      \
		take_ptr_value_;                                                                                       \
	})

#endif
