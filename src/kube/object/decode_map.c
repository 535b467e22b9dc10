#include "kube/object/decode_internal.h"

#include "base/limits.h"
#include "kube/object/annotation.h"
#include "kube/object/secret_value.h"

/* What the secure heap takes for a value beside its bytes: many empty ones must not fill it. */
#define COPY_COST 64

typedef int (*decode_pair)(struct decoder *d, struct list *list, struct slice name, const struct token *value,
			   struct error **err);

/* Calls `pair` for each member; the path then ends with the member's name. */
static int decode_map(struct decoder *d, const struct token *begin, struct list *list, decode_pair pair,
		      struct error **err)
{
	struct token key, value;
	struct slice name;
	if (begin->type != TOKEN_OBJECT_BEGIN)
		return decode_wrong_type(d, begin, "an object", err);
	list->present = true;
	for (;;) {
		if (decode_take(d, &key, err) < 0)
			return -1;
		if (key.type == TOKEN_OBJECT_END)
			return 0;
		if (decode_take_text(d, &key, &name, err) < 0 || decode_take(d, &value, err) < 0)
			return -1;
		decode_step_into(d, name, 0);
		if (pair(d, list, name, &value, err) < 0)
			return -1;
		decode_step_out(d);
	}
}

static int decode_label(struct decoder *d, struct list *list, struct slice name, const struct token *value,
			struct error **err)
{
	struct slice text = SLICE("");
	if (value->type != TOKEN_NULL && decode_text(d, value, &text, err) < 0)
		return -1;
	struct managed_mark *mark = decode_list_push(d, list, sizeof *mark);
	if (!mark)
		return arena_fail(d->arena, err);
	*mark = (struct managed_mark){ name, text };
	return 0;
}

/* The values of other annotations, among them copies of whole secrets, never reach the arena. */
static int decode_annotation(struct decoder *d, struct list *list, struct slice name, const struct token *value,
			     struct error **err)
{
	if (value->type == TOKEN_STRING && !annotation_kept(name))
		return 0;
	return decode_label(d, list, name, value, err);
}

/* --- data of secrets --- */
/* A value of YAML lies in the reader's buffer, which the next call overwrites: what may be a docker config is copied,
 * and no more of it than one Secret may hold. */
static int keep_copy(struct decoder *d, struct data_value *value, struct error **err)
{
	if (!secret_key_is_config(value->key) && !secret_value_may_be_object(value)) {
		value->is_other = true;
		return 0;
	}
	size_t cost = token_decoded_max(&value->token) + COPY_COST;
	if (cost > LIMIT_SECRET_BYTES - d->secret_bytes) {
		value->is_too_large = true;
		return 0;
	}
	d->secret_bytes += cost;
	return token_secret(&value->token, &value->copy, err);
}

static int add_data_value(struct decoder *d, struct list *list, const struct data_value *value, struct error **err)
{
	struct data_value *kept = decode_list_push(d, list, sizeof *kept);
	if (!kept)
		return arena_fail(d->arena, err);
	*kept = *value;
	if (value->is_null || decode_in_document(d, value->token.text))
		return 0;
	return keep_copy(d, kept, err);
}

static int decode_data_value(struct decoder *d, struct list *list, struct slice name, const struct token *token,
			     struct error **err)
{
	struct data_value value = { .key = name, .token = *token, .is_null = token->type == TOKEN_NULL };
	if (token->type != TOKEN_STRING && token->type != TOKEN_NULL)
		return decode_wrong_type(d, token, "a text", err);
	return add_data_value(d, list, &value, err);
}

static int decode_text_data_value(struct decoder *d, struct list *list, struct slice name, const struct token *token,
				  struct error **err)
{
	struct data_value value = {
		.key = name, .token = *token, .is_null = token->type == TOKEN_NULL, .is_text = true
	};
	if (token->type != TOKEN_STRING && token->type != TOKEN_NULL)
		return decode_wrong_type(d, token, "a text", err);
	return add_data_value(d, list, &value, err);
}

int decode_labels(struct decoder *d, const struct token *begin, struct list *list, struct error **err)
{
	return decode_map(d, begin, list, decode_label, err);
}

int decode_annotations(struct decoder *d, const struct token *begin, struct list *list, struct error **err)
{
	return decode_map(d, begin, list, decode_annotation, err);
}

int decode_data(struct decoder *d, const struct token *begin, struct list *list, struct error **err)
{
	return decode_map(d, begin, list, decode_data_value, err);
}

int decode_text_data(struct decoder *d, const struct token *begin, struct list *list, struct error **err)
{
	return decode_map(d, begin, list, decode_text_data_value, err);
}

void decoder_release(struct decoder *d)
{
	if (!d->object)
		return;
	struct data_value *values = d->object->data.items;
	for (size_t i = 0; i < d->object->data.len; i++)
		secret_release(&values[i].copy);
	d->object = NULL;
}
