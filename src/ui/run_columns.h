/** The columns of the runs pane: what they show, and what they are sorted by. */
#ifndef PHASETOP_UI_RUN_COLUMNS_H
#define PHASETOP_UI_RUN_COLUMNS_H

#include "pane_draw.h"

enum { PT_RUN_CELL_BYTES = 80 };

/** What a cell is made from. */
typedef struct pt_run_row {
	const pt_scene *scene;
	const pt_run_view *run;
	size_t place;
} pt_run_row;

typedef struct pt_run_cell {
	char text[PT_RUN_CELL_BYTES]; /* "": there is no value */
	pt_pen pen;
} pt_run_cell;

typedef struct pt_run_column {
	const char *header;
	int cols;
	int weight; /* of keeping it when room is short */
	bool left;  /* left-aligned */
	void (*fill)(pt_run_row row, pt_run_cell *cell);
	pt_run_sort sort; /* what it is sorted by; PT_RUNS_AS_GIVEN: it is not */
} pt_run_column;

/** The columns behind the name, from the left; *n of them. */
const pt_run_column *pt_run_columns(size_t *n);

/** The header as the scene tells it: "‖B‖", "cos medical". */
void pt_run_column_header(const pt_scene *scene, const pt_run_column *column, char *out, size_t capacity);

/** What a run is sorted by, rising; missing comes last. (Names are compared as text.) */
double pt_run_sort_value(const pt_scene *scene, const pt_run_view *run, pt_run_sort sort);

/** "name", "min cos", …: of the words "sorted by …". */
const char *pt_run_sort_name(pt_run_sort sort);

/** "40 s", "14 min", "3 h", "2 days". */
void pt_age_text(int64_t ms, char *out, size_t capacity);

#endif
