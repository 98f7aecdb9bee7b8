/* Runs beside each other, as JSON (contract in report_json_series.h). */
#include "phasetop/report/report_options.h"
#include "report_json_series.h"

static void write_versus(pt_json_writer *writer, const pt_run_view *run, pt_matrix matrix)
{
	const pt_versus_view *versus = &run->versus[matrix];
	pt_json_writer_begin_object(writer);
	pt_json_writer_member_string(writer, "name", run->name);
	pt_json_writer_member_string(writer, "matrix", pt_matrix_name(matrix));
	pt_json_writer_member_double(writer, "cosine_final", versus->present ? versus->cosine_final : PT_MISSING);
	pt_json_writer_member_double(
		writer, "cosine_of_drift", versus->present ? versus->cosine_of_drift : PT_MISSING);
	pt_report_json_step(writer, "turn_lag_steps", versus->present ? versus->turn_lag_steps : PT_NO_STEP);
	pt_json_writer_member_bool(writer, "same_shapes", versus->same_shapes);
	pt_report_json_steps(writer, "steps", versus->steps, versus->n);
	pt_report_json_values(writer, "cosine", versus->cosine, versus->n);
	pt_report_json_values(writer, "drift_cosine", versus->drift_cosine, versus->n);
	pt_json_writer_end_object(writer);
}

static void write_joint(pt_json_writer *writer, const pt_snapshot *snapshot, pt_matrix matrix)
{
	const pt_joint_pca_view *joint = &snapshot->joint[matrix];
	pt_json_writer_begin_object(writer);
	pt_json_writer_member_string(writer, "matrix", pt_matrix_name(matrix));
	pt_report_json_values(writer, "explained_variance_ratio", joint->explained, 2);
	pt_json_writer_key(writer, "runs");
	pt_json_writer_begin_array(writer);
	for (size_t i = 0; i < joint->n_runs; i++) {
		const pt_joint_run_view *path = &joint->runs[i];
		pt_json_writer_begin_object(writer);
		pt_json_writer_member_string(writer, "name", snapshot->runs[path->run].name);
		pt_report_json_steps(writer, "steps", path->steps, path->n);
		pt_report_json_values(writer, "pc1", path->pc1, path->n);
		pt_report_json_values(writer, "pc2", path->pc2, path->n);
		pt_json_writer_end_object(writer);
	}
	pt_json_writer_end_array(writer);
	pt_json_writer_key(writer, "left_out");
	pt_json_writer_begin_array_on_line(writer);
	for (size_t i = 0; i < joint->n_left_out; i++)
		pt_json_writer_string(writer, snapshot->runs[joint->left_out[i]].name);
	pt_json_writer_end_array(writer);
	pt_json_writer_end_object(writer);
}

void pt_report_json_comparison(pt_json_writer *writer, const pt_snapshot *snapshot, unsigned asked)
{
	if (snapshot->n_runs < 2) {
		pt_json_writer_member_null(writer, "comparison");
		return;
	}
	unsigned joint = 0;
	pt_json_writer_key(writer, "comparison");
	pt_json_writer_begin_object(writer);
	pt_json_writer_member_string(writer, "baseline", snapshot->runs[snapshot->baseline].name);
	pt_json_writer_key(writer, "runs");
	pt_json_writer_begin_array(writer);
	for (size_t r = 0; r < snapshot->n_runs; r++) {
		unsigned shown = pt_report_matrices_of(&snapshot->runs[r], asked);
		joint |= shown;
		for (int m = 0; m < PT_N_MATRICES; m++)
			if (r != snapshot->baseline && shown & PT_MATRIX_BIT(m))
				write_versus(writer, &snapshot->runs[r], (pt_matrix)m);
	}
	pt_json_writer_end_array(writer);
	pt_json_writer_key(writer, "joint_pca");
	pt_json_writer_begin_array(writer);
	for (int m = 0; m < PT_N_MATRICES; m++)
		if (joint & PT_MATRIX_BIT(m) && snapshot->joint[m].present)
			write_joint(writer, snapshot, (pt_matrix)m);
	pt_json_writer_end_array(writer);
	pt_json_writer_end_object(writer);
}
