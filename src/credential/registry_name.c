#include "credential/registry_name.h"

#include <string.h>

#include "base/ascii.h"

#define PORT_MAX_DIGITS 5
#define PORT_MAX 65535

#define DOCKER_HUB "docker.io"

static const char *const docker_hub_names[] = {
	"docker.io",     "index.docker.io",         "registry-1.docker.io", "hub.docker.com",
	"www.docker.io", "registry.hub.docker.com", "registry.docker.io",
};

static size_t find_any(struct slice text, const char *bytes)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] != '\0' && strchr(bytes, text.data[i]))
			return i;
	return text.len;
}

/* "https://" and the like, in any case. */
static size_t scheme_length(struct slice text)
{
	size_t length = 0;
	while (length < text.len && (ascii_is_alphanumeric(text.data[length]) || strchr("+-.", text.data[length])) &&
	       text.data[length] != '\0')
		length++;
	return length > 0 && slice_starts_with(slice_part(text, length, text.len), "://") ? length : 0;
}

static bool is_address(struct slice host)
{
	return slice_starts_with(host, "[") && slice_contains(host, "]") && slice_contains(host, ":");
}

/* Where the port's colon stands; host.len when there is none. */
static size_t port_colon(struct slice host)
{
	struct slice name, port;
	if (!slice_cut_last(host, ':', &name, &port))
		return host.len;
	if (find_any(port, "]") < port.len || (find_any(name, ":") < name.len && !is_address(name)))
		return host.len;
	return name.len;
}

static struct slice without_default_port(struct slice host, bool plain_http)
{
	size_t colon = port_colon(host);
	struct slice port = slice_part(host, colon, host.len);
	bool is_default = slice_equal_text(port, ":") || slice_equal_text(port, ":443") ||
			  (plain_http && slice_equal_text(port, ":80"));
	return is_default ? slice_part(host, 0, colon) : host;
}

bool registry_name_is_docker_hub(struct slice host)
{
	for (size_t i = 0; i < sizeof docker_hub_names / sizeof *docker_hub_names; i++)
		if (slice_equal_text(host, docker_hub_names[i]))
			return true;
	return false;
}

static struct slice without_slashes(struct slice path)
{
	while (path.len > 0 && path.data[0] == '/')
		path = slice_part(path, 1, path.len);
	while (path.len > 0 && path.data[path.len - 1] == '/')
		path = slice_part(path, 0, path.len - 1);
	return path;
}

static struct slice without_version(struct slice path)
{
	struct slice first, rest;
	slice_cut(path, '/', &first, &rest);
	if (slice_equal_text(first, "v1") || slice_equal_text(first, "v2"))
		return rest.data ? without_slashes(rest) : SLICE("");
	return path;
}

static int copy_lower(struct slice text, struct arena *arena, struct slice *ret_copy, struct error **err)
{
	char *copy = arena_bytes(arena, text.len + 1);
	if (!copy)
		return arena_fail(arena, err);
	for (size_t i = 0; i < text.len; i++)
		copy[i] = (char)ascii_lower(text.data[i]);
	copy[text.len] = '\0';
	*ret_copy = (struct slice){ copy, text.len };
	return 0;
}

int registry_name_parse(struct slice key, struct arena *arena, struct registry_name *ret_name, struct error **err)
{
	struct slice text = slice_trim(key.data ? key : SLICE("")), user, host = SLICE(""), path;
	size_t scheme = scheme_length(text);
	bool plain_http = slice_equal_nocase(slice_part(text, 0, scheme), SLICE("http"));
	if (scheme > 0)
		text = slice_part(text, scheme + sizeof "://" - 1, text.len);
	struct slice authority = slice_part(text, 0, find_any(text, "/#"));
	path = slice_part(text, authority.len, text.len);
	if (!slice_cut_last(authority, '@', &user, &host))
		host = authority;
	if (copy_lower(without_default_port(host, plain_http), arena, &host, err) < 0)
		return -1;
	path = without_slashes(slice_part(path, 0, find_any(path, "?#")));
	if (arena_copy(arena, without_version(path), &path) < 0)
		return arena_fail(arena, err);
	ret_name->registry = registry_name_is_docker_hub(host) ? SLICE(DOCKER_HUB) : host;
	ret_name->path = path;
	ret_name->wildcard = find_any(host, "*?[") < host.len && !is_address(host);
	return 0;
}

/* --- what a person typed --- */

static bool port_is_possible(struct slice port)
{
	unsigned value = 0;
	if (port.len == 0 || port.len > PORT_MAX_DIGITS)
		return false;
	for (size_t i = 0; i < port.len; i++) {
		if (port.data[i] < '0' || port.data[i] > '9')
			return false;
		value = value * 10 + (unsigned)(port.data[i] - '0');
	}
	return value > 0 && value <= PORT_MAX;
}

static bool label_is_possible(struct slice label)
{
	if (label.len == 0 || label.data[0] == '-')
		return false;
	for (size_t i = 0; i < label.len; i++)
		if (!ascii_is_alphanumeric(label.data[i]) && label.data[i] != '-' && label.data[i] != '_')
			return false;
	return true;
}

static bool address_is_possible(struct slice address)
{
	if (address.data[address.len - 1] != ']')
		return false;
	for (size_t i = 1; i + 1 < address.len; i++)
		if (!ascii_is_alphanumeric(address.data[i]) && address.data[i] != ':' && address.data[i] != '.')
			return false;
	return true;
}

static bool host_is_possible(struct slice host)
{
	size_t colon = port_colon(host);
	struct slice name = slice_part(host, 0, colon), label;
	if (colon < host.len && !port_is_possible(slice_part(host, colon + 1, host.len)))
		return false;
	if (is_address(name))
		return address_is_possible(name);
	do {
		slice_cut(name, '.', &label, &name);
		if (!label_is_possible(label))
			return false;
	} while (name.data);
	return true;
}

int registry_name_given(struct slice text, struct arena *arena, struct slice *ret_registry, struct error **err)
{
	struct registry_name name;
	if (registry_name_parse(text, arena, &name, err) < 0)
		return -1;
	if (name.registry.len == 0)
		return error_set(err, ERROR_USAGE, "the name of the registry is empty");
	if (name.wildcard)
		return error_set(err, ERROR_USAGE, "registry %.*s: give one host, without wildcards",
				 SLICE_ARG(name.registry));
	if (!host_is_possible(name.registry))
		return error_set(err, ERROR_USAGE, "registry %.*s: no host can be called that",
				 SLICE_ARG(name.registry));
	if (name.path.len > 0)
		return error_set(err, ERROR_USAGE, "registry %.*s: it has a path; give %.*s with --repository",
				 SLICE_ARG(name.registry), SLICE_ARG(name.path));
	*ret_registry = name.registry;
	return 0;
}
