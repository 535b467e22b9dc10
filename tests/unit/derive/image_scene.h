/* Registries and images in a few lines, on top of a scenario.
 *
 *     struct scenario s;
 *     scenario_init(&s);                                      // cluster "prod", read at hour 0
 *     add_registry(&s, "docker.io", HOUR(0));                 // records that follow are of it
 *     add_image(&s, "web1", "linux/amd64", "a b c");          // digest_for(&s, "web1"), layers a, b and c
 *     add_tag(&s, "acme/web", "1", "web1", HOUR(0));          // stood there from hour 0 to s.now
 *     in_cluster(&s);                                         // back to prod
 *     start_pod(&s, "web-1", "acme/web:1", digest_for(&s, "web1"), HOUR(1));
 *     struct world *world = scenario_world(&s);
 */
#ifndef FOTHER_TESTS_UNIT_DERIVE_IMAGE_SCENE_H
#define FOTHER_TESTS_UNIT_DERIVE_IMAGE_SCENE_H

#include "derive/scenario.h"
#include "derive/world_images.h"

/* Another read of a registry or layout; its records are added next, with its time. */
struct read *add_registry(struct scenario *s, const char *host, int64_t now);
struct read *add_layout(struct scenario *s, const char *name, int64_t now);
struct read *add_log(struct scenario *s, const char *host, int64_t now);
/* Back to the scenario's own cluster and its time. */
void in_cluster(struct scenario *s);
/* The lists of tags and of manifests of a repository, in the latest read. */
void add_lists(struct scenario *s, const char *repository, const char *outcome);

/* "sha256:..." for a short name, the same each time; that of the name's config. */
struct slice digest_for(struct scenario *s, const char *name);
struct slice config_for(struct scenario *s, const char *name);

/* Layers: names with a blank between. platform: os/architecture[/variant]. */
struct manifest *add_image(struct scenario *s, const char *name, const char *platform, const char *layers);
/* Members: names of images, ended by NULL; their platforms are those of the images where they were added before. */
struct manifest *add_index(struct scenario *s, const char *name, ...) __attribute__((sentinel));
struct tag *add_tag(struct scenario *s, const char *repository, const char *tag, const char *name, int64_t since);
struct registry_answer *add_answer(struct scenario *s, const char *repository, struct slice reference,
				   const char *outcome);
/* name NULL: the log tells no digest. */
struct registry_event *add_event(struct scenario *s, const char *action, const char *repository, const char *tag,
				 const char *name, int64_t time, const char *actor);
/* A bare pod that runs from `time` on, started by the name; its container pulls IfNotPresent. */
struct container *start_pod(struct scenario *s, const char *pod, const char *image, struct slice digest, int64_t time);

/* What was made; must be there. */
const struct world_tag *tag_named(const struct world *world, const char *name);
const struct tag_state *state_at(const struct world_tag *tag, size_t index);
struct world_manifest *manifest_named(struct scenario *s, const char *name);
struct tag_row tag_row_of(struct scenario *s, const char *name);
const struct image *image_row_of(struct scenario *s, const char *repository, struct slice digest);
size_t image_row_count(struct scenario *s);
/* The texts joined by "; ". */
const char *joined(struct scenario *s, struct slice_list texts);

/* The states of a tag as "web1 web2": names of the images, "?" for others. */
#define check_states(s, tag, expected) check_states_(s, tag, expected, __FILE__, __LINE__)
void check_states_(struct scenario *s, const char *tag, const char *expected, const char *file, int line);

#endif
