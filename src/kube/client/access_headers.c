/* Impersonation as headers: "User impersonation" in the Kubernetes documentation, client-go
 * transport/round_trippers.go. */
#include <string.h>

#include "base/ascii.h"
#include "base/limits.h"
#include "kube/client/access_internal.h"

struct headers {
	struct kube_access *access;
	struct kube_header *items;
	size_t len, capacity;
};

bool access_fits_header(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.data[i] < ' ' || text.data[i] == 0x7f)
			return false;
	return true;
}

static int add(struct headers *headers, struct slice name, struct slice value, struct error **err)
{
	struct arena *arena = &headers->access->arena;
	if (!access_fits_header(value))
		return error_set(err, ERROR_SYNTAX, "%.*s: the value holds bytes that no header can", SLICE_ARG(name));
	headers->items = arena_grow(arena, headers->items, headers->len, &headers->capacity, sizeof *headers->items);
	if (!headers->items)
		return arena_fail(arena, err);
	struct kube_header *header = &headers->items[headers->len];
	header->name = name;
	if (arena_copy(arena, value, &header->value) < 0)
		return arena_fail(arena, err);
	headers->len++;
	return 0;
}

/* What RFC 9110 allows in a token, but for the percent sign itself. */
static bool stands_in_a_name(char byte)
{
	return ascii_is_alphanumeric(byte) || (byte && strchr("!#$&'*+-.^_`|~", byte));
}

static int extra_name(struct headers *headers, struct slice key, struct slice *ret_name, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_LINE_BYTES);
	strbuf_add_text(&out, "Impersonate-Extra-");
	for (size_t i = 0; i < key.len; i++) {
		if (stands_in_a_name(key.data[i]))
			strbuf_add_char(&out, key.data[i]);
		else
			strbuf_addf(&out, "%%%02X", (unsigned char)key.data[i]);
	}
	if (strbuf_failed(&out, err))
		return -1;
	struct arena *arena = &headers->access->arena;
	return arena_copy(arena, strbuf_slice(&out), ret_name) < 0 ? arena_fail(arena, err) : 0;
}

static int add_extra(struct headers *headers, const struct kubeconfig_extra *extra, struct error **err)
{
	struct slice name;
	if (extra_name(headers, extra->key, &name, err) < 0)
		return -1;
	for (size_t i = 0; i < extra->values.len; i++)
		if (add(headers, name, extra->values.items[i], err) < 0)
			return -1;
	return 0;
}

static int add_all(struct headers *headers, const struct kubeconfig_user *user, struct error **err)
{
	if (add(headers, SLICE("Impersonate-User"), user->as, err) < 0)
		return -1;
	if (user->as_uid.len && add(headers, SLICE("Impersonate-Uid"), user->as_uid, err) < 0)
		return -1;
	for (size_t i = 0; i < user->as_groups.len; i++)
		if (add(headers, SLICE("Impersonate-Group"), user->as_groups.items[i], err) < 0)
			return -1;
	for (size_t i = 0; i < user->as_extra.len; i++)
		if (add_extra(headers, &user->as_extra.items[i], err) < 0)
			return -1;
	return 0;
}

int access_take_headers(struct kube_access *access, const struct kubeconfig_user *user, struct error **err)
{
	struct headers headers = { .access = access };
	if (!user->as.len && (user->as_uid.len || user->as_groups.len || user->as_extra.len))
		return error_set(err, ERROR_USAGE, "as-uid, as-groups and as-user-extra need as: the user to act as");
	if (!user->as.len)
		return 0;
	if (add_all(&headers, user, err) < 0)
		return -1;
	access->facts.headers = headers.items;
	access->facts.header_count = headers.len;
	return 0;
}
