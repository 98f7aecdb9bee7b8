/** Three adapter runs for the tests of the view, and keys pressed and typed in it. */
#ifndef TESTS_VIEW_FIXTURE_H
#define TESTS_VIEW_FIXTURE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "phasetop/base/missing.h"
#include "phasetop/ui/preset.h"
#include "phasetop/ui/view.h"

enum { N_STEPS = 40, SPACING = 5 };

typedef struct fixture {
	pt_view view;
	pt_snapshot snapshot;
	pt_run_view runs[3];
	int64_t steps[N_STEPS];
	double norms[N_STEPS];
} fixture;

/* Three adapter runs with checkpoints 5, 10, … 200. */
static inline fixture *make(fixture *made)
{
	*made = (fixture){0};
	pt_settings settings = pt_settings_default();
	pt_layout layout = pt_layout_default();
	made->view = pt_view_first(&settings, &layout, PT_N_CHOICES);
	pt_view_resize(&made->view, 120, 36);
	for (int i = 0; i < N_STEPS; i++) {
		made->steps[i] = SPACING * (i + 1);
		made->norms[i] = 0.01 * i;
	}
	for (int r = 0; r < 3; r++) {
		pt_run_view *run = &made->runs[r];
		run->n_steps = N_STEPS;
		run->steps = made->steps;
		run->spacing = SPACING;
		run->name = run->path = "run";
		for (int m = 0; m < PT_N_MATRICES; m++) {
			run->verdicts[m].step = PT_NO_STEP;
			run->matrices[m].norms = (pt_norm_view){.present = m != PT_MATRIX_W,
				.norm = made->norms,
				.drift = made->norms,
				.step_length = made->norms,
				.path_length = made->norms};
			run->matrices[m].pca.turning_step = PT_NO_STEP;
			run->verdicts[m].headline = run->verdicts[m].detail = "";
		}
	}
	made->snapshot = (pt_snapshot){.settings = settings, .n_runs = 1, .runs = made->runs};
	return made;
}

static inline unsigned press(fixture *f, const char *name)
{
	return pt_view_key(&f->view, pt_key_parse(name, strlen(name)), &f->snapshot);
}

static inline void type(fixture *f, const char *text)
{
	for (; *text; text++)
		pt_view_key(&f->view, (pt_key)*text, &f->snapshot);
}

static inline unsigned mouse(fixture *f, pt_mouse_kind kind, int x, int y)
{
	pt_mouse event = {kind, x, y};
	return pt_view_mouse(&f->view, &event, &f->snapshot);
}

#endif
