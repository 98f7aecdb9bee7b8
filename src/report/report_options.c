#include "phasetop/report/report_options.h"

pt_report_options pt_report_options_default(void)
{
	return (pt_report_options){
		.matrices = PT_MATRIX_BIT(PT_MATRIX_B),
		.now_wall_ms = PT_NO_TIME,
	};
}

unsigned pt_report_matrices_of(const pt_run_view *run, unsigned asked)
{
	if (asked == 0)
		asked = PT_MATRIX_BIT(PT_MATRIX_B);
	unsigned there = 0;
	for (int m = 0; m < PT_N_MATRICES; m++) {
		if (pt_run_has_matrix(run, (pt_matrix)m))
			there |= PT_MATRIX_BIT(m);
	}
	unsigned shown = there & asked;
	/* A network without LoRA has W alone, so that whatever was asked for can only mean W. */
	return shown == 0 && there == PT_MATRIX_BIT(PT_MATRIX_W) ? there : shown;
}
