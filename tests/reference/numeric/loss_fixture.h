/** JSON of the reference values, for the tests of the probe-loss spectrum and the change point. */
#ifndef PHASETOP_TESTS_LOSS_FIXTURE_H
#define PHASETOP_TESTS_LOSS_FIXTURE_H

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../helpers/json_document.h"

#define REFERENCE_PATH "tests/reference/loss_reference.json"

static inline const cJSON *array_at(const cJSON *object, const char *key)
{
	return cJSON_GetObjectItemCaseSensitive(object, key);
}

/* Both missing, or within `relative` of the expected value. */
static inline bool agrees(double value, double expected, double relative)
{
	if (isnan(expected) || isnan(value))
		return isnan(expected) && isnan(value);
	return fabs(value - expected) <= relative * fabs(expected);
}

#endif
