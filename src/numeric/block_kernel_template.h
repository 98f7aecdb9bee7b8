/*
 * The loops of products of whole panels behind increment_kernels.h; included once for each instruction set,
 * before increment_kernel_template.h and with the same macros, and
 *
 *   KERNEL_WIDE          vectors of a wide tile        KERNEL_BROADCAST(w)  vector of equal lanes
 *
 * Tiles are chosen so that all accumulators stay in registers. No include guard: that is the point.
 */

#define WIDEN_KERNEL(NAME, STORED, LOAD)                                                                  \
	KERNEL_TARGET static void KERNEL(NAME)(pt_stored_rows rows, size_t n, double *out, size_t out_stride) \
	{                                                                                                     \
		const unsigned char *values = rows.values, *before = rows.before;                                 \
		for (size_t row = 0; row < rows.n_rows; row++, out += out_stride) {                               \
			const STORED *x = (const void *)(values + row * rows.stride);                                 \
			const STORED *y = before ? (const void *)(before + row * rows.stride) : NULL;                 \
			size_t e = 0;                                                                                 \
			for (; y && e + KERNEL_LANES <= n; e += KERNEL_LANES)                                         \
				KERNEL_STORE_F64(out + e, LOAD(x + e) - LOAD(y + e));                                     \
			for (; !y && e + KERNEL_LANES <= n; e += KERNEL_LANES)                                        \
				KERNEL_STORE_F64(out + e, LOAD(x + e));                                                   \
			for (; e < n; e++)                                                                            \
				out[e] = (double)x[e] - (y ? (double)y[e] : 0.0);                                         \
		}                                                                                                 \
	}

WIDEN_KERNEL(widen_f32, float, KERNEL_LOAD_F32)
WIDEN_KERNEL(widen_f64, double, KERNEL_LOAD_F64)

/* P scalars times V vectors of columns, from a start at 0: what is added to large sums is itself a sum. */
#define BLOCK_TILE(NAME, P, V)                                                                             \
	KERNEL_TARGET static inline void KERNEL(NAME)(                                                         \
		const double *panel, size_t n_columns, pt_scalars scalars, size_t n, double *sums, fetcher *ahead) \
	{                                                                                                      \
		fetcher f = *ahead;                                                                                \
		KERNEL_VECTOR lanes[P][V] = {{{0}}};                                                               \
		for (size_t first = 0; first < n; first += PT_BLOCK_STEP) {                                        \
			fetch_next(&f);                                                                                \
			for (size_t e = first; e < first + PT_BLOCK_STEP; e++) {                                       \
				KERNEL_VECTOR row[V];                                                                      \
				for (size_t v = 0; v < V; v++)                                                             \
					row[v] = KERNEL_LOAD_F64(panel + e * n_columns + v * KERNEL_LANES);                    \
				for (size_t p = 0; p < P; p++) {                                                           \
					KERNEL_VECTOR w = KERNEL_BROADCAST(scalars.at[p * scalars.stride + e * scalars.step]); \
					for (size_t v = 0; v < V; v++)                                                         \
						lanes[p][v] = KERNEL_FMA(w, row[v], lanes[p][v]);                                  \
				}                                                                                          \
			}                                                                                              \
		}                                                                                                  \
		for (size_t p = 0; p < P; p++)                                                                     \
			for (size_t v = 0; v < V; v++) {                                                               \
				double *to = sums + p * n_columns + v * KERNEL_LANES;                                      \
				KERNEL_STORE_F64(to, KERNEL_LOAD_F64(to) + lanes[p][v]);                                   \
			}                                                                                              \
		*ahead = f;                                                                                        \
	}

BLOCK_TILE(wide_tile, PT_BLOCK_PAD / 2, KERNEL_WIDE)
BLOCK_TILE(narrow_tile, PT_BLOCK_PAD, 1)

KERNEL_TARGET static void KERNEL(block)(
	const double *panel, size_t n_columns, pt_scalars scalars, size_t n, double *sums, pt_ahead ahead)
{
	size_t n_wide = n_columns / (KERNEL_WIDE * KERNEL_LANES), p = 0;
	size_t n_narrow = n_columns / KERNEL_LANES - n_wide * KERNEL_WIDE;
	fetcher f = fetcher_of(ahead, (2 * n_wide + n_narrow) * (scalars.n / PT_BLOCK_PAD) * n / PT_BLOCK_STEP);
	for (; p < n_wide * KERNEL_WIDE * KERNEL_LANES; p += KERNEL_WIDE * KERNEL_LANES)
		for (size_t q = 0; q < scalars.n; q += PT_BLOCK_PAD / 2) {
			pt_scalars some = {scalars.at + q * scalars.stride, 0, scalars.stride, scalars.step};
			KERNEL(wide_tile)(panel + p, n_columns, some, n, sums + q * n_columns + p, &f);
		}
	for (; p < n_columns; p += KERNEL_LANES)
		for (size_t q = 0; q < scalars.n; q += PT_BLOCK_PAD) {
			pt_scalars some = {scalars.at + q * scalars.stride, 0, scalars.stride, scalars.step};
			KERNEL(narrow_tile)(panel + p, n_columns, some, n, sums + q * n_columns + p, &f);
		}
}

#undef WIDEN_KERNEL
#undef BLOCK_TILE
#undef KERNEL_WIDE
#undef KERNEL_BROADCAST
