#include "phasetop/analysis/settings.h"

#include "phasetop/base/missing.h"

const char *pt_matrix_name(pt_matrix matrix)
{
	static const char *const names[] = {"A", "B", "dW", "W"};
	_Static_assert(sizeof names / sizeof names[0] == PT_N_MATRICES, "a name for every matrix type");
	return (unsigned)matrix < PT_N_MATRICES ? names[matrix] : "?";
}

const char *pt_matrix_label(pt_matrix matrix)
{
	return matrix == PT_MATRIX_DW ? "ΔW" : pt_matrix_name(matrix);
}

pt_settings pt_settings_default(void)
{
	return (pt_settings){
		.pairing = PT_PAIRING_STEP,
		.turn_below = PT_MISSING,
		.min_step_norm = PT_MISSING,
		.min_step_frac = PT_MISSING,
		.probe_window = 20,
		.gram_budget_bytes = INT64_C(1) << 30,
	};
}

double pt_settings_turning_frac(const pt_settings *settings)
{
	return pt_is_missing(settings->min_step_frac) ? 0.2 : settings->min_step_frac;
}

double pt_settings_turn_below(const pt_settings *settings)
{
	return pt_is_missing(settings->turn_below) ? 0.8 : settings->turn_below;
}
