#include "credential/go_name.h"

#include <stdint.h>

#include "base/ascii.h"
#include "base/utf8.h"

#define LONG_S 0x017f
#define KELVIN_SIGN 0x212a

static uint32_t fold(uint32_t character)
{
	if (character < 0x80)
		return (uint32_t)ascii_lower((int)character);
	if (character == LONG_S)
		return 's';
	return character == KELVIN_SIGN ? 'k' : character;
}

bool go_name_is(struct slice key, const char *name)
{
	while (key.len > 0 && *name) {
		uint32_t character;
		size_t length = utf8_decode(key, &character);
		if (fold(character) != fold((unsigned char)*name++))
			return false;
		key = slice_part(key, length, key.len);
	}
	return key.len == 0 && !*name;
}
