/* Epochs and times of a run's steps (contract in snapshot.h). */
#include "snapshot_build.h"

#include <math.h>

static const char no_epochs[] = "no epochs are logged";
static const char no_times[] = "no times are known";
static const char copied_times[] = "the files' times do not follow the steps: copied?";

/* Points that are to become a map; `absent` says why they may come to nothing. */
typedef struct map_maker {
	int64_t *steps;
	double *values;
	size_t n;
} map_maker;

static pt_status begin(map_maker *maker, size_t n, pt_arena *arena, pt_error *err)
{
	*maker = (map_maker){.steps = pt_arena_alloc(arena, n, sizeof(int64_t)),
		.values = pt_arena_alloc(arena, n, sizeof(double))};
	return maker->steps && maker->values ? PT_OK : pt_build_out_of_memory(err);
}

/* A value that falls back (a resumed run that counts anew) has no place in a map that rises. */
static void add_point(map_maker *maker, int64_t step, double value)
{
	if (!isfinite(value) || (maker->n > 0 && value < maker->values[maker->n - 1]))
		return;
	maker->steps[maker->n] = step;
	maker->values[maker->n++] = value;
}

static pt_step_map_view finish(const map_maker *maker, const char *absent)
{
	if (maker->n < 2 || maker->values[maker->n - 1] <= maker->values[0])
		return (pt_step_map_view){.absent = absent};
	return (pt_step_map_view){.n = maker->n, .steps = maker->steps, .values = maker->values};
}

static size_t n_finite(const pt_metric_column *column, size_t n_rows)
{
	size_t n = 0;
	for (size_t i = 0; column && i < n_rows; i++)
		n += isfinite(column->values[i]) != 0;
	return n;
}

static const pt_metric_table *table_of(const pt_run_log *log, bool times)
{
	return times ? &log->times : &log->table;
}

/* Of the log that knows most steps. */
static pt_status build_from_logs(const pt_run_logs *logs, bool times, const char *name, const char *absent,
	pt_arena *arena, pt_step_map_view *map, pt_error *err)
{
	const pt_metric_table *best = NULL;
	size_t most = 1;
	*map = (pt_step_map_view){.absent = absent};
	for (size_t i = 0; i < logs->n; i++) {
		const pt_metric_table *table = table_of(logs->logs[i], times);
		size_t n = n_finite(pt_metric_table_column(table, name), table->n_rows);
		if (n <= most)
			continue;
		most = n;
		best = table;
	}
	if (!best)
		return PT_OK;
	map_maker maker;
	pt_status status = begin(&maker, best->n_rows, arena, err);
	const pt_metric_column *column = pt_metric_table_column(best, name);
	for (size_t i = 0; i < best->n_rows && status == PT_OK; i++)
		add_point(&maker, best->steps[i], column->values[i]);
	if (status == PT_OK)
		*map = finish(&maker, absent);
	return status;
}

/* Files that were copied have the times of the copy, all alike or in the order of their names. */
static bool are_from_training(const pt_run *run)
{
	const int64_t least_span_ns = 1000000000;
	int64_t first = 0, last = 0;
	for (size_t i = 0; i < run->n_seen; i++) {
		int64_t at = run->seen[i].written_ns;
		if (at == 0)
			continue;
		if (at < last)
			return false;
		first = first ? first : at;
		last = at;
	}
	return last - first >= least_span_ns;
}

static pt_status build_from_files(const pt_run *run, pt_arena *arena, pt_step_map_view *map, pt_error *err)
{
	if (!are_from_training(run)) {
		*map = (pt_step_map_view){.absent = run->n_seen > 1 ? copied_times : no_times};
		return PT_OK;
	}
	map_maker maker;
	pt_status status = begin(&maker, run->n_seen, arena, err);
	for (size_t i = 0; i < run->n_seen && status == PT_OK; i++)
		if (run->seen[i].written_ns != 0)
			add_point(&maker, run->seen[i].step, (double)run->seen[i].written_ns * 1e-9);
	if (status == PT_OK)
		*map = finish(&maker, no_times);
	return status;
}

pt_status pt_build_step_maps(const pt_run *run, pt_arena *arena, pt_run_view *view, pt_error *err)
{
	const char *epoch = pt_log_role_name(PT_LOG_EPOCH);
	pt_status status = build_from_logs(&run->logs, false, epoch, no_epochs, arena, &view->epochs, err);
	if (status == PT_OK)
		status = build_from_logs(&run->logs, true, "wall_s", no_times, arena, &view->wall_s, err);
	if (status == PT_OK && view->wall_s.n == 0)
		status = build_from_files(run, arena, &view->wall_s, err);
	return status;
}
