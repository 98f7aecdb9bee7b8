/** The part of snapshot_fixture.h with k-scans, maps and screes (tests/data/ui/scans.txt, by
 * tests/reference/ui_scans.py); included there. */
#ifndef TESTS_UI_SCAN_FIXTURE_H
#define TESTS_UI_SCAN_FIXTURE_H

static void fixture_k_scan(fixture_maker *maker, const char *from, pt_matrix matrix, pt_k_scan_view *scan)
{
	size_t n_values;
	scan->values = fixture_series(maker, from, matrix, "scan", &n_values);
	scan->present = scan->values != NULL;
	if (!scan->present)
		return;
	char name[40];
	snprintf(name, sizeof name, "%.8s.scan.k", pt_matrix_name(matrix));
	scan->k = fixture_steps(maker, from, name, &scan->n_k);
	snprintf(name, sizeof name, "%.8s.scan.steps", pt_matrix_name(matrix));
	scan->steps = fixture_steps(maker, from, name, &scan->n);
}

/* The file has the rows up to the diagonal. */
static void fixture_map(fixture_maker *maker, const char *from, pt_matrix matrix, pt_square_view *square)
{
	size_t n_values;
	char name[40];
	const double *rows = fixture_series(maker, from, matrix, "map", &n_values);
	square->present = rows != NULL;
	if (!square->present)
		return;
	snprintf(name, sizeof name, "%.8s.map.steps", pt_matrix_name(matrix));
	square->steps = fixture_steps(maker, from, name, &square->n);
	double *values = fixture_alloc(maker, square->n * square->n, sizeof *values);
	for (size_t i = 0; i < square->n; i++)
		for (size_t j = 0; j <= i; j++)
			values[i * square->n + j] = values[j * square->n + i] = *rows++;
	square->values = values;
}

static void fixture_scans(fixture_maker *curves, const char *from, pt_run_view *run)
{
	fixture_maker maker = {curves->arena, fixture_read_text("tests/data/ui/scans.txt")};
	for (int m = 0; m < PT_MATRIX_W; m++) {
		size_t n;
		pt_matrix_view *matrix = &run->matrices[m];
		fixture_k_scan(&maker, from, (pt_matrix)m, &matrix->k_scan);
		fixture_map(&maker, from, (pt_matrix)m, &matrix->checkpoint_cosine);
		matrix->final_alignment = fixture_series(&maker, from, (pt_matrix)m, "alignment", &n);
		const double *scree = fixture_series(&maker, from, (pt_matrix)m, "scree", &n);
		if (scree) {
			matrix->pca.scree = scree;
			matrix->pca.n_scree = n;
		}
	}
	free(maker.text);
}

#endif
