#include "component_sign.h"

#include <math.h>
#include <stdbool.h>

void pt_component_choose_sign(double *scores, size_t n)
{
	double largest = 0.0;
	for (size_t i = 0; i < n; i++)
		largest = fmax(largest, fabs(scores[i]));
	size_t decisive = 0;
	bool decided_by_first = fabs(scores[0]) >= 1e-9 * largest;
	while (!decided_by_first && fabs(scores[decisive]) < (1.0 - 1e-9) * largest)
		decisive++;
	if (decided_by_first ? scores[0] > 0.0 : scores[decisive] < 0.0)
		for (size_t i = 0; i < n; i++)
			scores[i] = -scores[i];
}
