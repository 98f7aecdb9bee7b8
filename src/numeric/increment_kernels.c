#include "increment_kernels.h"

#include <stdint.h>
/* What of a pt_ahead is to be asked for next: a step further each time. */
typedef struct fetcher {
	uintptr_t at;
	size_t offset, run, stride, step;
} fetcher;

/* Goes through all of it in n_times. */
static inline fetcher fetcher_of(pt_ahead ahead, size_t n_times)
{
	size_t bytes = ahead.n_runs * ahead.run;
	return (fetcher){(uintptr_t)ahead.at, 0, ahead.run, ahead.stride, n_times > 0 ? bytes / n_times : 0};
}

static inline void fetch_next(fetcher *f)
{
	__builtin_prefetch((const void *)(f->at + f->offset), 0, 2);
	f->offset += f->step;
	if (f->offset >= f->run) {
		f->offset -= f->run;
		f->at += f->stride;
	}
}

/* Plain: two lanes that any 128-bit unit holds; products and sums rounded separately. */
typedef double plain_vector __attribute__((vector_size(16)));

static inline plain_vector plain_load_f32(const float *from)
{
	return (plain_vector){(double)from[0], (double)from[1]};
}

static inline plain_vector plain_load_f64(const double *from)
{
	return (plain_vector){from[0], from[1]};
}

static inline void plain_store_f64(double *to, plain_vector x)
{
	to[0] = x[0];
	to[1] = x[1];
}

#define KERNEL(name) name##_plain
#define KERNEL_NAME "plain"
#define KERNEL_TARGET
#define KERNEL_VECTOR plain_vector
#define KERNEL_LANES 2
#define KERNEL_GROUP_1 4
#define KERNEL_GROUP_4 2
#define KERNEL_WIDE 2
#define KERNEL_BROADCAST(w) ((plain_vector){w, w})
#define KERNEL_TOTAL(x) ((x)[0] + (x)[1])
#define KERNEL_ROWS 2
#define KERNEL_LOAD_F32(p) plain_load_f32(p)
#define KERNEL_LOAD_F64(p) plain_load_f64(p)
#define KERNEL_STORE_F64(p, x) plain_store_f64(p, x)
#define KERNEL_FMA(x, y, sum) ((sum) + (x) * (y))
#include "block_kernel_template.h"
#include "increment_kernel_template.h"

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#define HAS_X86_KERNELS 1
#include <immintrin.h>

__attribute__((target("avx2,fma"))) static inline double total_avx2(__m256d x)
{
	__m128d halves = _mm_add_pd(_mm256_castpd256_pd128(x), _mm256_extractf128_pd(x, 1));
	return _mm_cvtsd_f64(_mm_add_sd(halves, _mm_unpackhi_pd(halves, halves)));
}

#define KERNEL(name) name##_avx2
#define KERNEL_NAME "avx2"
#define KERNEL_TARGET __attribute__((target("avx2,fma")))
#define KERNEL_VECTOR __m256d
#define KERNEL_LANES 4
#define KERNEL_GROUP_1 8
#define KERNEL_GROUP_4 2
#define KERNEL_WIDE 2
#define KERNEL_BROADCAST(w) _mm256_set1_pd(w)
#define KERNEL_TOTAL(x) total_avx2(x)
#define KERNEL_ROWS 2
#define KERNEL_LOAD_F32(p) _mm256_cvtps_pd(_mm_loadu_ps(p))
#define KERNEL_LOAD_F64(p) _mm256_loadu_pd(p)
#define KERNEL_STORE_F64(p, x) _mm256_storeu_pd(p, x)
#define KERNEL_FMA(x, y, sum) _mm256_fmadd_pd(x, y, sum)
#include "block_kernel_template.h"
#include "increment_kernel_template.h"

#define KERNEL(name) name##_avx512
#define KERNEL_NAME "avx512"
#define KERNEL_TARGET __attribute__((target("avx512f")))
#define KERNEL_VECTOR __m512d
#define KERNEL_LANES 8
#define KERNEL_GROUP_1 8
#define KERNEL_GROUP_4 6
#define KERNEL_WIDE 4
#define KERNEL_BROADCAST(w) _mm512_set1_pd(w)
#define KERNEL_TOTAL(x) _mm512_reduce_add_pd(x)
#define KERNEL_ROWS 4
#define KERNEL_LOAD_F32(p) _mm512_cvtps_pd(_mm256_loadu_ps(p))
#define KERNEL_LOAD_F64(p) _mm512_loadu_pd(p)
#define KERNEL_STORE_F64(p, x) _mm512_storeu_pd(p, x)
#define KERNEL_FMA(x, y, sum) _mm512_fmadd_pd(x, y, sum)
#include "block_kernel_template.h"
#include "increment_kernel_template.h"
#endif

const pt_kernels *pt_kernels_at(size_t index)
{
	const pt_kernels *runnable[3] = {&kernels_plain};
	size_t n = 1;
#ifdef HAS_X86_KERNELS
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
		runnable[n++] = &kernels_avx2;
	if (__builtin_cpu_supports("avx512f"))
		runnable[n++] = &kernels_avx512;
#endif
	return index < n ? runnable[index] : NULL;
}

const pt_kernels *pt_kernels_best(void)
{
	const pt_kernels *best = pt_kernels_at(0);
	for (size_t i = 1; pt_kernels_at(i); i++)
		best = pt_kernels_at(i);
	return best;
}
