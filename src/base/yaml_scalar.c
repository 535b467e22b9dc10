#include "base/yaml_scalar_internal.h"

#include <math.h>
#include <stdint.h>

#include "base/ascii.h"
#include "base/cursor.h"
#include "base/secret.h"

static bool is_one_of(struct slice text, const char *const *words)
{
	for (; *words; words++)
		if (slice_equal_text(text, *words))
			return true;
	return false;
}

static const char *const NULLS[] = { "", "~", "null", "Null", "NULL", NULL };
static const char *const TRUES[] = { "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON", NULL };
static const char *const FALSES[] = {
	"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF", NULL
};
static const char *const NOT_FINITE[] = { ".nan",  ".NaN",  ".NAN",  ".inf",  ".Inf",  ".INF", "+.inf",
					  "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF", NULL };

/* The text without underscores and with a NUL; false when it is too long to be a number. */
static bool strip_underscores(struct slice text, char out[YAML_NUMBER_BYTES])
{
	size_t len = 0;
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == '_')
			continue;
		if (len + 1 == YAML_NUMBER_BYTES)
			return false;
		out[len++] = text.data[i];
	}
	out[len] = '\0';
	return true;
}

/* Base of an integer literal of Go, moving past its prefix. A leading 0 alone means octal. */
static unsigned take_base(struct cursor *c)
{
	if (cursor_peek(c) != '0' || cursor_left(c) == 1)
		return 10;
	cursor_skip(c, 1);
	unsigned base = 8;
	switch (cursor_peek(c) | 0x20) {
	case 'x':
		base = 16;
		break;
	case 'b':
		base = 2;
		break;
	case 'o':
		break;
	default:
		return 8;
	}
	cursor_skip(c, 1);
	return base;
}

static unsigned digit_value(int byte)
{
	int value = ascii_hex_value(byte);
	return value < 0 ? 16 : (unsigned)value;
}

static bool take_magnitude(struct cursor *c, uint64_t *ret_value)
{
	unsigned base = take_base(c);
	uint64_t value = 0;
	if (cursor_left(c) == 0)
		return false;
	while (cursor_left(c) > 0) {
		unsigned digit = digit_value(cursor_take(c));
		if (digit >= base || __builtin_mul_overflow(value, (uint64_t)base, &value) ||
		    __builtin_add_overflow(value, (uint64_t)digit, &value))
			return false;
	}
	*ret_value = value;
	return true;
}

/* As strconv.ParseInt, then ParseUint, both with base 0: in place, rewritten decimal. */
static bool rewrite_integer(char number[YAML_NUMBER_BYTES])
{
	struct cursor c = cursor_on(slice_of(number));
	uint64_t magnitude, most = INT64_MAX;
	int sign = cursor_peek(&c);
	if (sign == '-' || sign == '+')
		cursor_skip(&c, 1);
	else
		most = UINT64_MAX;
	if (sign == '-')
		most++;
	if (!take_magnitude(&c, &magnitude) || magnitude > most)
		return false;
	snprintf(number, YAML_NUMBER_BYTES, "%s%llu", sign == '-' && magnitude ? "-" : "",
		 (unsigned long long)magnitude);
	return true;
}

static struct slice take_digits(struct cursor *c)
{
	struct cursor from = *c;
	struct slice digits = SLICE_NONE;
	while (ascii_is_digit(cursor_peek(c)))
		cursor_skip(c, 1);
	cursor_take_slice(&from, cursor_left(&from) - cursor_left(c), &digits);
	return digits;
}

/* [-+]? (\.[0-9]+ | [0-9]+(\.[0-9]*)?) ([eE][-+]?[0-9]+)? */
struct decimal {
	bool negative, exponent_negative;
	struct slice whole, fraction, exponent;
};

static bool take_exponent(struct cursor *c, struct decimal *decimal)
{
	if ((cursor_peek(c) | 0x20) != 'e' || cursor_left(c) == 0)
		return true;
	cursor_skip(c, 1);
	decimal->exponent_negative = cursor_peek(c) == '-';
	if (cursor_peek(c) == '-' || cursor_peek(c) == '+')
		cursor_skip(c, 1);
	decimal->exponent = take_digits(c);
	return decimal->exponent.len > 0;
}

static bool parse_decimal(struct slice text, struct decimal *ret_decimal)
{
	struct cursor c = cursor_on(text);
	struct decimal decimal = { .negative = cursor_peek(&c) == '-' };
	if (cursor_peek(&c) == '-' || cursor_peek(&c) == '+')
		cursor_skip(&c, 1);
	decimal.whole = take_digits(&c);
	if (cursor_peek(&c) == '.') {
		cursor_skip(&c, 1);
		decimal.fraction = take_digits(&c);
	}
	if (decimal.whole.len + decimal.fraction.len == 0 || !take_exponent(&c, &decimal) || cursor_left(&c) > 0)
		return false;
	*ret_decimal = decimal;
	return true;
}

static bool write_decimal(const char given[YAML_NUMBER_BYTES], char number[YAML_NUMBER_BYTES])
{
	struct decimal d;
	if (!parse_decimal(slice_of(given), &d) || isinf(strtod(given, NULL)))
		return false;
	while (d.whole.len > 1 && d.whole.data[0] == '0')
		d.whole = slice_part(d.whole, 1, d.whole.len);
	if (d.whole.len == 0)
		d.whole = SLICE("0");
	int len = snprintf(number, YAML_NUMBER_BYTES, "%s%.*s%s%.*s%s%s%.*s", d.negative ? "-" : "", SLICE_ARG(d.whole),
			   d.fraction.len ? "." : "", SLICE_ARG(d.fraction), d.exponent.len ? "e" : "",
			   d.exponent_negative ? "-" : "", SLICE_ARG(d.exponent));
	return len < YAML_NUMBER_BYTES;
}

/* What begins with a digit may be a password as well: the copy is wiped. */
static bool rewrite_decimal(char number[YAML_NUMBER_BYTES])
{
	char given[YAML_NUMBER_BYTES];
	memcpy(given, number, sizeof given);
	bool written = write_decimal(given, number);
	secret_wipe(given, sizeof given);
	return written;
}

static bool resolve_number(struct slice text, char number[YAML_NUMBER_BYTES])
{
	int first = text.len ? text.data[0] : 0;
	if (!ascii_is_digit(first) && first != '-' && first != '+' && first != '.')
		return false;
	return strip_underscores(text, number) && (rewrite_integer(number) || rewrite_decimal(number));
}

bool yaml_scalar_resolve(struct slice text, char number[YAML_NUMBER_BYTES], struct token *token)
{
	token->text = text;
	token->boolean = is_one_of(text, TRUES);
	if (is_one_of(text, NULLS)) {
		token->type = TOKEN_NULL;
	} else if (token->boolean || is_one_of(text, FALSES)) {
		token->type = TOKEN_BOOL;
	} else if (resolve_number(text, number)) {
		token->type = TOKEN_NUMBER;
		token->text = slice_of(number);
	} else {
		token->type = TOKEN_STRING;
	}
	return !is_one_of(text, NOT_FINITE);
}
