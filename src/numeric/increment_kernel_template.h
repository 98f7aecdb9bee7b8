/*
 * The loops behind increment_kernels.h, written once; included once for each instruction set with
 *
 *   KERNEL(name)      the function's name for this set       KERNEL_TARGET  its target attribute, or nothing
 *   KERNEL_VECTOR     vector type of KERNEL_LANES doubles    KERNEL_GROUP_1, KERNEL_GROUP_4  past vectors a call
 *   KERNEL_ROWS               rows of a symmetric matrix a call (<= PT_SYMMETRIC_MAX_ROWS)
 *   KERNEL_LOAD_F32(p), KERNEL_LOAD_F64(p)  unaligned loads, widened; KERNEL_STORE_F64(p, x)
 *   KERNEL_FMA(x, y, sum)  x·y + sum             KERNEL_TOTAL(x)  sum of the lanes, halves first
 *
 * Groups are chosen so that all accumulators stay in registers. No include guard: that is the point.
 */

#define INCREMENT_KERNEL(NAME, STORED, LOAD)                                                 \
	KERNEL_TARGET static void KERNEL(NAME)(                                                  \
		const double *increment, const void *const *past, size_t n, double *sums)            \
	{                                                                                        \
		const STORED *vectors[KERNEL_GROUP_1 + 1];                                           \
		for (size_t g = 0; g <= KERNEL_GROUP_1; g++)                                         \
			vectors[g] = past[g];                                                            \
		KERNEL_VECTOR lanes[KERNEL_GROUP_1] = {{0}};                                         \
		for (size_t e = 0; e < n; e += KERNEL_LANES) {                                       \
			KERNEL_VECTOR d = KERNEL_LOAD_F64(increment + e), before = LOAD(vectors[0] + e); \
			for (size_t g = 0; g < KERNEL_GROUP_1; g++) {                                    \
				KERNEL_VECTOR x = LOAD(vectors[g + 1] + e);                                  \
				lanes[g] = KERNEL_FMA(d, x - before, lanes[g]);                              \
				before = x;                                                                  \
			}                                                                                \
		}                                                                                    \
		for (size_t g = 0; g < KERNEL_GROUP_1; g++)                                          \
			sums[g] += KERNEL_TOTAL(lanes[g]);                                               \
	}

#define PRODUCT_KERNEL(NAME, STORED, LOAD, LEVEL_OF_PAST)                                              \
	KERNEL_TARGET static void KERNEL(NAME)(                                                            \
		const double *level, const double *increment, const void *const *past, size_t n, double *sums) \
	{                                                                                                  \
		const STORED *vectors[KERNEL_GROUP_4 + 1];                                                     \
		for (size_t g = 0; g <= KERNEL_GROUP_4; g++)                                                   \
			vectors[g] = past[g];                                                                      \
		KERNEL_VECTOR lanes[KERNEL_GROUP_4][PT_N_PRODUCTS] = {{{0}}};                                  \
		for (size_t e = 0; e < n; e += KERNEL_LANES) {                                                 \
			KERNEL_VECTOR l = KERNEL_LOAD_F64(level + e), d = KERNEL_LOAD_F64(increment + e);          \
			KERNEL_VECTOR before = LOAD(vectors[0] + e);                                               \
			for (size_t g = 0; g < KERNEL_GROUP_4; g++) {                                              \
				KERNEL_VECTOR x = LOAD(vectors[g + 1] + e), change = x - before;                       \
				lanes[g][0] = KERNEL_FMA(l, LEVEL_OF_PAST, lanes[g][0]);                               \
				lanes[g][1] = KERNEL_FMA(l, change, lanes[g][1]);                                      \
				lanes[g][2] = KERNEL_FMA(d, LEVEL_OF_PAST, lanes[g][2]);                               \
				lanes[g][3] = KERNEL_FMA(d, change, lanes[g][3]);                                      \
				before = x;                                                                            \
			}                                                                                          \
		}                                                                                              \
		for (size_t g = 0; g < KERNEL_GROUP_4; g++)                                                    \
			for (size_t p = 0; p < PT_N_PRODUCTS; p++)                                                 \
				sums[g * PT_N_PRODUCTS + p] += KERNEL_TOTAL(lanes[g][p]);                              \
	}

INCREMENT_KERNEL(increments_f32, float, KERNEL_LOAD_F32)
INCREMENT_KERNEL(increments_f64, double, KERNEL_LOAD_F64)
PRODUCT_KERNEL(leading_f32, float, KERNEL_LOAD_F32, x)
PRODUCT_KERNEL(leading_f64, double, KERNEL_LOAD_F64, x)
PRODUCT_KERNEL(lagging_f32, float, KERNEL_LOAD_F32, before)
PRODUCT_KERNEL(lagging_f64, double, KERNEL_LOAD_F64, before)

/* KERNEL_ROWS rows of a symmetric matrix times two vectors; all rows at once, so that y is read and written once
   for them all. */
KERNEL_TARGET static void KERNEL(symmetric_rows)(const double *const *rows, size_t n, const double *const *x,
	double *const *y, const double *weights, double *sums)
{
	/* Local copies: the compiler must see that writing y changes neither pointers nor weights. */
	const double *row[KERNEL_ROWS], *from[PT_SYMMETRIC_VECTORS];
	double *to[PT_SYMMETRIC_VECTORS];
	KERNEL_VECTOR lanes[KERNEL_ROWS][PT_SYMMETRIC_VECTORS] = {{{0}}};
	KERNEL_VECTOR factor[KERNEL_ROWS][PT_SYMMETRIC_VECTORS];
	for (size_t c = 0; c < PT_SYMMETRIC_VECTORS; c++) {
		from[c] = x[c];
		to[c] = y[c];
	}
	for (size_t r = 0; r < KERNEL_ROWS; r++) {
		row[r] = rows[r];
		for (size_t c = 0; c < PT_SYMMETRIC_VECTORS; c++)
			factor[r][c] = lanes[r][c] + weights[r * PT_SYMMETRIC_VECTORS + c];
	}
	size_t e = 0;
	for (; e + KERNEL_LANES <= n; e += KERNEL_LANES) {
		KERNEL_VECTOR d[KERNEL_ROWS];
		for (size_t r = 0; r < KERNEL_ROWS; r++)
			d[r] = KERNEL_LOAD_F64(row[r] + e);
		for (size_t c = 0; c < PT_SYMMETRIC_VECTORS; c++) {
			KERNEL_VECTOR in = KERNEL_LOAD_F64(from[c] + e), out = KERNEL_LOAD_F64(to[c] + e);
			for (size_t r = 0; r < KERNEL_ROWS; r++) {
				lanes[r][c] = KERNEL_FMA(d[r], in, lanes[r][c]);
				out = KERNEL_FMA(d[r], factor[r][c], out);
			}
			KERNEL_STORE_F64(to[c] + e, out);
		}
	}
	for (size_t r = 0; r < KERNEL_ROWS; r++)
		for (size_t c = 0; c < PT_SYMMETRIC_VECTORS; c++) {
			double sum = KERNEL_TOTAL(lanes[r][c]);
			for (size_t i = e; i < n; i++) {
				sum += row[r][i] * from[c][i];
				to[c][i] += row[r][i] * weights[r * PT_SYMMETRIC_VECTORS + c];
			}
			sums[r * PT_SYMMETRIC_VECTORS + c] += sum;
		}
}

static const pt_kernels KERNEL(kernels) = {
	KERNEL_NAME,
	KERNEL_GROUP_1,
	KERNEL_GROUP_4,
	KERNEL(increments_f32),
	KERNEL(increments_f64),
	KERNEL(leading_f32),
	KERNEL(leading_f64),
	KERNEL(lagging_f32),
	KERNEL(lagging_f64),
	KERNEL_ROWS,
	KERNEL(symmetric_rows),
	KERNEL(widen_f32),
	KERNEL(widen_f64),
	KERNEL(block),
};

#undef INCREMENT_KERNEL
#undef PRODUCT_KERNEL
#undef KERNEL
#undef KERNEL_NAME
#undef KERNEL_TARGET
#undef KERNEL_VECTOR
#undef KERNEL_LANES
#undef KERNEL_GROUP_1
#undef KERNEL_GROUP_4
#undef KERNEL_ROWS
#undef KERNEL_LOAD_F32
#undef KERNEL_LOAD_F64
#undef KERNEL_STORE_F64
#undef KERNEL_FMA
#undef KERNEL_TOTAL
