#include "phasetop/base/number.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool pt_number_read_int(const char *text, int64_t least, int64_t most, int64_t *value)
{
	/* strtoll passes over blanks and a plus sign, which have no business here */
	if (!isdigit((unsigned char)text[0]) && text[0] != '-')
		return false;
	char *end;
	errno = 0;
	long long number = strtoll(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || number < least || number > most)
		return false;
	*value = number;
	return true;
}

bool pt_number_read_double(const char *text, double least, double most, double *value)
{
	/* decimal digits only: strtod also takes blanks, hexadecimal, inf and nan */
	if (text[0] == '\0' || text[strspn(text, "0123456789+-.eE")] != '\0')
		return false;
	char *end;
	double number = strtod(text, &end);
	if (end == text || *end != '\0' || !isfinite(number) || number < least || number > most)
		return false;
	*value = number;
	return true;
}
