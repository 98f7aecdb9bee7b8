/* Where a trajectory turns, read from its PCA: the public part stands in trajectory_pca.h. */
#include <math.h>

#include "phasetop/numeric/trajectory_pca.h"

enum { SMOOTHING = 5 }; /* displacements in a mean, on either side */

#define DEGREES_PER_RADIAN 57.29577951308232

typedef struct plane_vector {
	double x, y;
} plane_vector;

/* Mean displacement from checkpoint i to j > i in the plane of PC1 and PC2. */
static plane_vector mean_displacement(const pt_pca *pca, size_t i, size_t j)
{
	double count = (double)(j - i);
	return (plane_vector){
		(pca->scores[0][j] - pca->scores[0][i]) / count, (pca->scores[1][j] - pca->scores[1][i]) / count};
}

static plane_vector before(const pt_pca *pca, size_t i)
{
	return mean_displacement(pca, i > SMOOTHING ? i - SMOOTHING : 0, i);
}

static plane_vector after(const pt_pca *pca, size_t i)
{
	size_t last = pca->n - 1;
	return mean_displacement(pca, i, last - i > SMOOTHING ? i + SMOOTHING : last);
}

static double smaller_length(const pt_pca *pca, size_t i)
{
	plane_vector b = before(pca, i), a = after(pca, i);
	/* Squares of scores are finite: their sums are eigenvalues. */
	double square_before = b.x * b.x + b.y * b.y, square_after = a.x * a.x + a.y * a.y;
	return sqrt(square_before < square_after ? square_before : square_after);
}

pt_turning_point pt_pca_turning_point(const pt_pca *pca, double min_frac)
{
	pt_turning_point best = {-1, (double)NAN};
	if (!pca->present || pca->n < 3)
		return best;
	double largest = 0.0;
	for (size_t i = 1; i + 1 < pca->n; i++)
		largest = fmax(largest, smaller_length(pca, i));
	for (size_t i = 1; i + 1 < pca->n; i++) {
		double length = smaller_length(pca, i);
		if (length == 0.0 || length < min_frac * largest)
			continue;
		plane_vector b = before(pca, i), a = after(pca, i);
		/* atan2 keeps small and large angles exact where arccos does not */
		double angle = fabs(atan2(b.x * a.y - b.y * a.x, b.x * a.x + b.y * a.y)) * DEGREES_PER_RADIAN;
		if (best.index < 0 || angle > best.angle_deg)
			best = (pt_turning_point){(ptrdiff_t)i, angle};
	}
	return best;
}

ptrdiff_t pt_pca_component_turn(const pt_pca *pca, size_t component, const int64_t *steps)
{
	if (!pca->present || pca->n < 3)
		return -1;
	const double *scores = pca->scores[component];
	size_t last = pca->n - 1;
	double span = (double)steps[last] - (double)steps[0], rise = scores[last] - scores[0];
	double range = 0.0, farthest = 0.0;
	ptrdiff_t at = -1;
	for (size_t i = 0; i <= last; i++) {
		double along = ((double)steps[i] - (double)steps[0]) / span;
		double distance = fabs(scores[i] - (scores[0] + along * rise));
		range = fmax(range, fabs(scores[i]));
		if (i > 0 && i < last && distance > farthest) {
			farthest = distance;
			at = (ptrdiff_t)i;
		}
	}
	return farthest > 1e-12 * range ? at : -1;
}
