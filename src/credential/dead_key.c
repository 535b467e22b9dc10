/* keyring_key_is_dead: the grammar of normalised image names (distribution/reference) turned
 * round: which keys can none of them match. */
#include "base/ascii.h"
#include "base/limits.h"
#include "credential/go_glob.h"
#include "credential/keyring.h"
#include "credential/registry_name.h"

/* Docker Hub's other names, which hardly an image is spelled with, and the one that normalising takes away. */
static bool is_host_without_images(struct slice host)
{
	return registry_name_is_docker_hub(host) && !slice_equal_text(host, "docker.io");
}

static bool is_lower_or_digit(char c)
{
	return ascii_is_digit(c) || ascii_is_lower(c);
}

/* Where a name without a dot or a port is a host all the same: localhost, or an upper-case letter in it. */
static bool single_label_can_be_host(struct slice label, bool pattern)
{
	bool upper = false;
	for (size_t i = 0; i < label.len; i++)
		upper = upper || ascii_is_upper(label.data[i]) || label.data[i] == '*';
	return upper || pattern || slice_equal_text(label, "localhost");
}

static bool label_can_be(struct slice label)
{
	if (label.len == 0 || label.data[0] == '-' || label.data[label.len - 1] == '-')
		return false;
	for (size_t i = 0; i < label.len; i++) {
		char c = label.data[i];
		if (!ascii_is_alphanumeric(c) && c != '-' && c != '*')
			return false;
	}
	return true;
}

/* An address in brackets is a character class to the kubelet where no port follows. */
static bool class_can_match(struct slice class)
{
	for (char c = 'A'; c <= 'Z'; c++)
		if (go_glob_match(class, (struct slice){ &c, 1 }))
			return true;
	return false;
}

static bool host_can_be(const struct keyring_key *key)
{
	struct slice label, rest = key->host, head, tail;
	if (slice_starts_with(key->host, "["))
		return class_can_match(key->host);
	if (key->port.len > 0 && slice_cut(key->host, ':', &head, &tail))
		return true; /* an IPv6 address: brackets and port are off */
	if (!slice_cut(key->host, '.', &head, &tail) && key->port.len == 0 &&
	    !single_label_can_be_host(key->host, key->pattern))
		return false;
	do {
		slice_cut(rest, '.', &label, &rest);
		if (!label_can_be(label))
			return false;
	} while (rest.data);
	return key->port.len > 0 || !is_host_without_images(key->host);
}

/* How many bytes of separator stand at the start: "." or "_" or "__" or dashes. 0: not one of these. */
static size_t separator_length(struct slice text)
{
	size_t length = 0;
	while (length < text.len && text.data[length] == text.data[0])
		length++;
	switch (text.data[0]) {
	case '-':
		return length;
	case '_':
		return length <= 2 ? length : 0;
	case '.':
	case '/':
		return length == 1 ? 1 : 0;
	default:
		return 0;
	}
}

/* Whether some image path starts with this one. */
static bool path_can_be(struct slice path)
{
	if (path.len == 0)
		return true;
	if (path.data[0] != '/' || path.len > LIMIT_REPOSITORY_BYTES + 1)
		return false;
	size_t at = 1;
	while (at < path.len) {
		if (!is_lower_or_digit(path.data[at]))
			return false;
		while (at < path.len && is_lower_or_digit(path.data[at]))
			at++;
		if (at == path.len)
			return true;
		size_t separator = separator_length(slice_part(path, at, path.len));
		if (separator == 0)
			return false;
		at += separator;
	}
	return true;
}

static bool can_match(const struct keyring_key *key)
{
	if (slice_equal_text(key->index, "index.docker.io"))
		return true;
	return key->matchable && host_can_be(key) && path_can_be(key->path);
}

int keyring_key_is_dead(struct slice key, struct arena *arena, bool *ret_dead, struct error **err)
{
	struct keyring_key parsed;
	bool usable;
	if (keyring_key_parse(key, arena, &parsed, &usable, err) < 0)
		return -1;
	*ret_dead = !usable || !can_match(&parsed);
	return 0;
}
