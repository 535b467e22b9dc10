/* A layout in a folder: each file is opened when it is asked for, component by component, so that no link is followed.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "oci/layout/layout_internal.h"

#define NAME_BYTES 4096
#define MARK_BYTES 4096

static bool is_plain(struct slice part)
{
	return part.len && !slice_equal_text(part, ".") && !slice_equal_text(part, "..") &&
	       !memchr(part.data, '\0', part.len);
}

/* A descriptor; -1 with errno. */
static int open_part(int folder, struct slice part, int flags)
{
	char name[NAME_BYTES];
	if (part.len >= sizeof name) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(name, part.data, part.len);
	name[part.len] = '\0';
	return openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | flags);
}

static int open_name(int top, struct slice name)
{
	struct slice part, rest = name;
	int folder = fcntl(top, F_DUPFD_CLOEXEC, 0);
	while (folder >= 0 && rest.data) {
		slice_cut(rest, '/', &part, &rest);
		if (!is_plain(part)) {
			fd_closep(&folder);
			errno = EINVAL;
			return -1;
		}
		int next = open_part(folder, part, rest.data ? O_DIRECTORY : 0);
		int reason = errno;
		fd_closep(&folder);
		folder = next;
		errno = reason;
	}
	return folder;
}

static const char *reason_text(int reason)
{
	switch (reason) {
	case ELOOP:
		return "a link, which is not followed";
	case EINVAL:
		return "its name leads out of the layout";
	case EACCES:
		return "permission denied";
	default:
		return "it cannot be opened";
	}
}

static void tell_unopened(int reason, struct layout_content *content)
{
	bool absent = reason == ENOENT || reason == ENOTDIR;
	content->outcome = absent ? IMAGE_ABSENT : reason == ELOOP || reason == EINVAL ? IMAGE_INVALID : IMAGE_FAILED;
	content->why = slice_of(absent ? "not in the layout" : reason_text(reason));
}

/* NULL, or why it is not read. */
static const char *check_file(int fd, size_t max)
{
	struct stat status;
	if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode))
		return "no regular file";
	return (uint64_t)status.st_size > max ? "larger than it may be" : NULL;
}

static int read_file(struct image_layout *layout, int fd, size_t max, struct layout_content *content,
		     struct error **err)
{
	CLEANUP(error_freep) struct error *why = NULL;
	if (file_read_all(fd, max, &layout->read, &why) == 0) {
		struct slice bytes = file_slice(&layout->read);
		*content = (struct layout_content){ IMAGE_PRESENT, bytes.data ? bytes : SLICE(""), SLICE_NONE };
		return 0;
	}
	if (why->code == ERROR_NO_MEMORY)
		return error_move(err, &why);
	*content = (struct layout_content){ .outcome = IMAGE_FAILED, .why = SLICE("it cannot be read") };
	return 0;
}

static int get(struct image_layout *layout, struct slice name, size_t max, struct layout_content *ret_content,
	       struct error **err)
{
	file_release(&layout->read);
	layout->read = (struct file_bytes){ 0 };
	*ret_content = (struct layout_content){ 0 };
	CLEANUP(fd_closep) int fd = open_name(layout->folder, name);
	if (fd < 0) {
		tell_unopened(errno, ret_content);
		return 0;
	}
	const char *problem = check_file(fd, max);
	if (!problem)
		return read_file(layout, fd, max, ret_content, err);
	*ret_content = (struct layout_content){ .outcome = IMAGE_INVALID, .why = slice_of(problem) };
	return 0;
}

const struct layout_ops layout_folder_ops = { get };

static bool marks(int folder, const char *name)
{
	char start[MARK_BYTES];
	CLEANUP(fd_closep) int fd = open_part(folder, slice_of(name), 0);
	if (fd < 0 || check_file(fd, SIZE_MAX))
		return false;
	ssize_t len = pread(fd, start, sizeof start, 0);
	return len > 0 && image_layout_marks(slice_of(name), (struct slice){ start, (size_t)len });
}

void layout_folder_release(struct image_layout *layout)
{
	file_release(&layout->read);
	fd_closep(&layout->folder);
}

int image_layout_open_folder(int folder, struct image_layout **ret_layout, struct error **err)
{
	if (!marks(folder, LAYOUT_MARK) && !marks(folder, LAYOUT_DOCKER))
		return 0;
	CLEANUP(image_layout_freep) struct image_layout *layout = layout_new(&layout_folder_ops, err);
	if (!layout)
		return -1;
	layout->folder = fcntl(folder, F_DUPFD_CLOEXEC, 0);
	if (layout->folder < 0)
		return error_set_errno(err, errno, "cannot be opened");
	if (layout_read_names(layout, err) < 0)
		return -1;
	*ret_layout = TAKE_PTR(layout);
	return 1;
}
