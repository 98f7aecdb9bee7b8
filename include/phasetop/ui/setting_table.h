/** The table of settings (what is done with them: setting.h). */
#ifndef PHASETOP_UI_SETTING_TABLE_H
#define PHASETOP_UI_SETTING_TABLE_H

/*
 * X(enumerator, name, long name of its option where that is another, what it takes, live, help)
 *
 * In the order of the form of options, and in the order in which a saved view sets them: the layout stands
 * after the preset, for it says more. Those that are not live are set at the start.
 */
#define PT_SETTING_TABLE(X)                                                                              \
	X(PT_SETTING_PRESET, "preset", "", "NAME", true, "arrangement of the panes, by its name")            \
	X(PT_SETTING_LAYOUT, "layout", "", "STRING", true,                                                   \
		"arrangement of the panes, such as row(norms:2,*cosine)")                                        \
	X(PT_SETTING_ZOOMED, "zoomed", "", "PANE or none", true, "the pane that is shown alone")             \
	X(PT_SETTING_MATRIX, "matrix", "", "A, B, dW, W, both, all or auto", true,                           \
		"matrix types that are drawn")                                                                   \
	X(PT_SETTING_K, "k", "window-steps", "K[,K...] or auto", true,                                       \
		"k of the local cosine, in training steps; 3x: in checkpoint spacings")                          \
	X(PT_SETTING_PAIRING, "pairing", "", "step[,TOLERANCE or half] or index", true,                      \
		"how checkpoints k apart are found: by step, or by place")                                       \
	X(PT_SETTING_TURN_BELOW, "turn-below", "", "-1 to 1", true,                                          \
		"where the red line stands: a cosine below it is a dip that is coloured (0.8)")                  \
	X(PT_SETTING_MIN_STEP_NORM, "min-step-norm", "", "0 or more", true,                                  \
		"steps whose displacements over k are both shorter are skipped (none)")                          \
	X(PT_SETTING_MIN_STEP_FRAC, "min-step-frac", "", "0 to 1", true,                                     \
		"the same as a share of the largest displacement so far (0; 0.2 for dips and turns)")            \
	X(PT_SETTING_MODULES, "modules", "", "SET or all", true,                                             \
		"modules that are summed: a glob over names, ADAPTER:GLOB, or layers=A-B")                       \
	X(PT_SETTING_EVERY, "every", "", "STEPS or all", true, "only checkpoints at multiples")              \
	X(PT_SETTING_WINDOW, "window", "probe-window", "ROWS", true,                                         \
		"rows of probe losses for SHC, PR and tr C")                                                     \
	X(PT_SETTING_PROBES, "probes", "", "GLOB or all", true,                                              \
		"probes of the spectrum: a glob over their names")                                               \
	X(PT_SETTING_METRIC, "metric", "", "[FILE:]NAME[,NAME...][; ...] or none", true,                     \
		"further series of the run's logs in the loss pane, or of its CSV or JSON FILE")                 \
	X(PT_SETTING_DETREND, "detrend", "", "on or off", true, "SHC and PR of detrended losses")            \
	X(PT_SETTING_BASELINE, "baseline", "", "RUN or auto", true,                                          \
		"the run that the others are compared with; auto: the first")                                    \
	X(PT_SETTING_ALIGN, "align", "", "step or turn", true,                                               \
		"steps as they are, or from where each run turned")                                              \
	X(PT_SETTING_SIDE_BY_SIDE, "side-by-side", "", "on or off", true, "a column a run in every plot")    \
	X(PT_SETTING_DIFFERENCES, "differences", "", "on or off", true,                                      \
		"differences to the baseline in norms, cosine, spectrum and loss")                               \
	X(PT_SETTING_JOINT_PLANE, "joint-plane", "", "on or off", true,                                      \
		"PCA: one plane for all runs; else each in its own")                                             \
	X(PT_SETTING_FILTER, "filter", "", "TEXT or none", true, "lists only runs that match")               \
	X(PT_SETTING_X_AXIS, "x-axis", "", "step, epoch, relative or wall", true,                            \
		"steps, epochs, time since the start, time of day")                                              \
	X(PT_SETTING_LOG_X, "log-x", "", "on or off", true, "a logarithmic x axis of steps or epochs")       \
	X(PT_SETTING_SMOOTHING, "smoothing", "", "STEPS or none", true,                                      \
		"half-life of the average over losses and spectra")                                              \
	X(PT_SETTING_CLIP_OUTLIERS, "clip-outliers", "", "on or off", true,                                  \
		"far outliers do not widen the y axes")                                                          \
	X(PT_SETTING_GUIDES, "guides", "", "on or off", true, "a light grid on the ticks")                   \
	X(PT_SETTING_THRESHOLDS_ON, "thresholds-on", "", "on or off", true, "threshold lines are drawn")     \
	X(PT_SETTING_SIGN, "sign", "", "on or off", true, "the cosine's sign is flipped: turns are peaks")   \
	X(PT_SETTING_INVERT, "invert", "", "on or off", true, "the cosine's axis is upside down")            \
	X(PT_SETTING_K_OVERLAYS, "k-overlays", "", "all, or 1 to 8", true,                                   \
		"which k are drawn: all, or the n-th largest")                                                   \
	X(PT_SETTING_LOG_Y, "log-y", "", "PANE[,PANE...] or none", true, "panes with a logarithmic axis")    \
	X(PT_SETTING_X_RANGE, "x-range", "", "[UNIT] FROM TO [follow] or none", true,                         \
		"part of the x axis that is seen: step, epoch, relative or wall (seconds)")                      \
	X(PT_SETTING_Y_RANGES, "y-ranges", "", "PANE FROM TO[, PANE ...] or none", true,                     \
		"parts of the panes' y axes that are seen; two numbers more: of the right axis")                 \
	X(PT_SETTING_THEME, "theme", "", "NAME or auto", true, "colour theme")                               \
	X(PT_SETTING_GRAPH, "graph", "", "auto, braille, block or ascii", true, "what curves are made of")   \
	X(PT_SETTING_MOUSE, "mouse", "", "on or off", true,                                                  \
		"the mouse is captured; off: the terminal selects text")                                         \
	X(PT_SETTING_COLOR, "color", "", "auto, never, 16, 256 or true", false, "depth of colours")          \
	X(PT_SETTING_ASCII, "ascii", "", "on or off", false, "nothing but ASCII is sent")                    \
	X(PT_SETTING_THEMES_DIR, "themes-dir", "", "DIR", false, "where themes are looked for first")        \
	X(PT_SETTING_WATCH, "watch", "", "auto, inotify or poll[=SECONDS]", false, "how news is waited for") \
	X(PT_SETTING_SIZE, "size", "", "COLSxROWS", false,                                                   \
		"size of reports and exports; the terminal's by itself")                                         \
	X(PT_SETTING_GRAM_MEMORY, "gram-memory", "", "MIB", false,                                           \
		"single modules' Grams are kept whole in so much memory")

typedef enum pt_setting {
#define X(id, name, option, values, live, help) id,
	PT_SETTING_TABLE(X)
#undef X
		PT_N_SETTINGS
} pt_setting;

#endif
