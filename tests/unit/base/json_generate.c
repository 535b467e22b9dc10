#include "json_generate.h"

#include "base/utf8.h"

#define DEPTH_MAX 6
#define COUNT(array) (sizeof(array) / sizeof *(array))

uint64_t random_next(struct random *random)
{
	/* xorshift64*, Vigna 2016 */
	random->state ^= random->state >> 12;
	random->state ^= random->state << 25;
	random->state ^= random->state >> 27;
	return random->state * UINT64_C(2685821657736338717);
}

size_t random_below(struct random *random, size_t bound)
{
	return (size_t)((random_next(random) >> 32) % bound);
}

static void add_one_of(struct random *random, struct strbuf *out, const char *const *texts, size_t count)
{
	strbuf_add_text(out, texts[random_below(random, count)]);
}

static void add_blanks(struct random *random, struct strbuf *out)
{
	static const char *const blanks[] = { " ", "\n", "\r\n", "\t", "\n                    " };
	while (random_below(random, 4) == 0)
		add_one_of(random, out, blanks, COUNT(blanks));
}

static void add_number(struct random *random, struct strbuf *out)
{
	static const char *const edges[] = { "0",
					     "-0",
					     "9223372036854775807",
					     "-9223372036854775808",
					     "9223372036854775808",
					     "1e308",
					     "1e309",
					     "1e-400",
					     "0.1",
					     "-1.5E+10",
					     "123456789.987654321e-5" };
	if (random_below(random, 2))
		add_one_of(random, out, edges, COUNT(edges));
	else
		strbuf_add_int(out, (long long)random_below(random, 100000) - 50000);
}

static void add_character(struct random *random, struct strbuf *out)
{
	static const char *const escapes[] = { "\\\"",    "\\\\",    "\\/",           "\\b",
					       "\\f",     "\\n",     "\\r",           "\\t",
					       "\\u0041", "\\u00e9", "\\u20AC",       "\\ud83d\\ude00",
					       "\\u0000", "\\uFFFF", "\\udbff\\udfff" };
	static const uint32_t characters[] = { 0x7F,   0x80,   0x7FF,   0x800,    0xD7FF, 0xE000,
					       0xFFFD, 0xFFFF, 0x10000, 0x10FFFF, 0xE9 };
	char encoded[4];
	size_t kind = random_below(random, 16);
	if (kind == 0)
		add_one_of(random, out, escapes, COUNT(escapes));
	else if (kind == 1)
		strbuf_add(out, encoded, utf8_encode(characters[random_below(random, COUNT(characters))], encoded));
	else
		strbuf_add_char(out, "abcdefghijklmnop:,{}[] 0123456789"[random_below(random, 33)]);
}

static void add_string(struct random *random, struct strbuf *out)
{
	size_t len = random_below(random, random_below(random, 4) ? 8 : 60);
	strbuf_add_char(out, '"');
	while (len-- > 0)
		add_character(random, out);
	strbuf_add_char(out, '"');
}

static void add_key(struct random *random, struct strbuf *out)
{
	static const char *const keys[] = { "\"a\"", "\"\\u0061\"", "\"image\"", "\"\"" };
	if (random_below(random, 3))
		add_string(random, out);
	else
		add_one_of(random, out, keys, COUNT(keys));
	add_blanks(random, out);
	strbuf_add_char(out, ':');
}

static void add_value(struct random *random, struct strbuf *out, unsigned depth);

static void add_container(struct random *random, struct strbuf *out, unsigned depth)
{
	bool object = random_below(random, 2);
	size_t count = random_below(random, 6);
	strbuf_add_char(out, object ? '{' : '[');
	add_blanks(random, out);
	for (size_t i = 0; i < count; i++) {
		if (i > 0) {
			strbuf_add_char(out, ',');
			add_blanks(random, out);
		}
		if (object)
			add_key(random, out);
		add_value(random, out, depth + 1);
	}
	strbuf_add_char(out, object ? '}' : ']');
}

static void add_value(struct random *random, struct strbuf *out, unsigned depth)
{
	static const char *const words[] = { "true", "false", "null" };
	add_blanks(random, out);
	size_t kind = random_below(random, depth == 0 ? 20 : 8);
	if (kind >= 5 && depth < DEPTH_MAX)
		add_container(random, out, depth);
	else if (kind >= 3)
		add_string(random, out);
	else if (kind == 2)
		add_number(random, out);
	else
		add_one_of(random, out, words, COUNT(words));
	add_blanks(random, out);
}

void json_generate(struct random *random, struct strbuf *out)
{
	add_value(random, out, 0);
}

/* What damage puts in: structure, the beginnings of things, and bytes that are never right. */
static char random_byte(struct random *random)
{
	static const char bytes[] = "{}[]:,\"\\0123456789-+.eEtfnu \n\t\x01\x1f\x7f\x80\xc3\xe2\xed\xf0\xff";
	return random_below(random, 4) ? bytes[random_below(random, sizeof bytes - 1)] : (char)random_next(random);
}

void json_damage(struct random *random, struct slice document, struct strbuf *out)
{
	size_t at = random_below(random, document.len + 1), run = 1 + random_below(random, 3);
	size_t kind = random_below(random, 6);
	strbuf_add_slice(out, slice_part(document, 0, at));
	if (kind == 0) /* cut */
		return;
	if (kind == 1 || kind == 2) /* put in, replaced */
		strbuf_add_char(out, random_byte(random));
	if (kind == 3) /* doubled */
		strbuf_add_slice(out, slice_part(document, at, run));
	if (kind == 4) /* bits turned */
		strbuf_add_char(out,
				(char)((at < document.len ? document.data[at] : 0) ^ 1 << random_below(random, 8)));
	if (kind == 2 || kind == 4)
		run = 1;
	else if (kind == 1 || kind == 3)
		run = 0;
	strbuf_add_slice(out, slice_part(document, at + run, document.len));
}
