/** The verdict line: what the runs tell, in plain words. */
#include <stdio.h>
#include <string.h>

#include "pane_draw.h"
#include "phasetop/ui/screen.h"
#include "screen_parts.h"

static const char between[] = " · ";

/* How much room the words may take. */
typedef enum wording { WORDS_FULL, WORDS_BRIEF_RUNS, WORDS_BRIEF_HEAD } wording;

static void append(pt_text *text, const char *words)
{
	if (!words || !words[0])
		return;
	if (text->length > 0)
		pt_text_add(text, between);
	pt_text_add(text, words);
}

size_t pt_screen_problems(const pt_scene *scene)
{
	size_t n = scene->snapshot ? scene->snapshot->n_problems : 0;
	for (size_t r = 0; scene->snapshot && r < scene->snapshot->n_runs; r++)
		n += scene->snapshot->runs[r].n_problems - scene->snapshot->runs[r].n_notices;
	return n;
}

static void append_problems(const pt_scene *scene, pt_text *text)
{
	char words[48];
	size_t n = pt_screen_problems(scene);
	if (n == 0)
		return;
	snprintf(words, sizeof words, "%zu problem%s", n, n == 1 ? "" : "s");
	append(text, words);
}

/* "medical near 100"; in few words "medical 100". */
static void append_run(const pt_scene *scene, const pt_run_view *run, wording words_for, pt_text *rest)
{
	enum { NAME_COLS = 24, BRIEF_NAME_COLS = 12 };
	char words[PT_LINE_BYTES], shown[64];
	const pt_verdict *verdict = pt_scene_verdict(scene, run);
	bool brief = words_for != WORDS_FULL;
	pt_run_label(scene, run, brief ? BRIEF_NAME_COLS : NAME_COLS, shown, sizeof shown);
	if (verdict->step != PT_NO_STEP)
		snprintf(words, sizeof words, brief ? "%s %lld" : "%s near %lld", shown, (long long)verdict->step);
	else if (verdict->headline && verdict->headline[0])
		snprintf(words, sizeof words, "%s: %s", shown, verdict->headline);
	else
		return;
	append(rest, words);
}

/* Several runs: how many of them turned, where each did, and what the others tell. */
static pt_severity tell_several(const pt_scene *scene, wording words_for, pt_text *head, pt_text *rest)
{
	size_t n_turned = 0;
	pt_severity gravest = PT_SEVERITY_INFO;
	PT_FOR_SHOWN_RUNS(scene, r)
	{
		const pt_verdict *verdict = pt_scene_verdict(scene, &scene->snapshot->runs[r]);
		n_turned += verdict->step != PT_NO_STEP;
		if (verdict->severity > gravest)
			gravest = verdict->severity;
	}
	if (n_turned == 0)
		pt_text_add(head, "no run turned so far");
	else
		pt_text_addf(head,
			words_for == WORDS_BRIEF_HEAD ? "%zu of %zu turned" : "direction turned in %zu of %zu runs", n_turned,
			scene->n_shown);
	/* those that turned come first: the line may end before the others */
	for (int turned = 1; turned >= 0; turned--)
		PT_FOR_SHOWN_RUNS(scene, r)
		{
			const pt_verdict *verdict = pt_scene_verdict(scene, &scene->snapshot->runs[r]);
			if ((verdict->step != PT_NO_STEP) == turned)
				append_run(scene, &scene->snapshot->runs[r], words_for, rest);
		}
	return gravest;
}

/* One run: the verdict on the matrix that is drawn; of several the gravest, and what the others tell. */
static pt_severity tell_one(const pt_scene *scene, wording words_for, pt_text *head, pt_text *rest)
{
	const pt_run_view *run = pt_scene_first_run(scene);
	pt_matrix gravest = pt_scene_matrix_of(scene, run, scene->main_matrix);
	for (size_t m = scene->n_matrices; m-- > 0;) /* of equals B before A: what is learnt starts at 0 there */
		if (run->verdicts[scene->matrices[m]].severity > run->verdicts[gravest].severity)
			gravest = scene->matrices[m];
	const pt_verdict *verdict = &run->verdicts[gravest];
	bool told = verdict->headline && verdict->headline[0];
	if (scene->n_matrices > 1 && told)
		pt_text_addf(head, "%s: ", pt_matrix_label(gravest));
	if (words_for == WORDS_BRIEF_HEAD && told && verdict->step != PT_NO_STEP)
		pt_text_addf(head, "turned near %lld", (long long)verdict->step);
	else
		pt_text_add(head, told                                ? verdict->headline
						  : run->n_steps > 0                  ? "nothing told of this matrix"
						  : run->n_problems > run->n_notices ? "no checkpoint that could be read"
															  : "no checkpoints so far, only logs");
	for (size_t m = 0; m < scene->n_matrices; m++) {
		char words[PT_LINE_BYTES];
		const pt_verdict *other = &run->verdicts[scene->matrices[m]];
		if (scene->matrices[m] == gravest || !other->headline || !other->headline[0])
			continue;
		if (other->step != PT_NO_STEP)
			snprintf(words, sizeof words, "%s near %lld", pt_matrix_label(scene->matrices[m]),
				(long long)other->step);
		else
			snprintf(words, sizeof words, "%s: %s", pt_matrix_label(scene->matrices[m]), other->headline);
		append(rest, words);
	}
	append(rest, verdict->detail);
	bool none_readable = run->n_steps == 0 && run->n_problems > run->n_notices;
	return none_readable && verdict->severity == PT_SEVERITY_INFO ? PT_SEVERITY_WARN : verdict->severity;
}

static pt_severity tell(const pt_scene *scene, wording words_for, pt_text *head, pt_text *rest)
{
	char absence[PT_LINE_BYTES];
	const char *nothing = pt_scene_absence(scene, absence, sizeof absence);
	if (nothing) {
		pt_text_add(rest, nothing);
		if (scene->snapshot)
			append_problems(scene, rest);
		return PT_SEVERITY_INFO;
	}
	if (scene->n_shown > 1) {
		pt_severity severity = tell_several(scene, words_for, head, rest);
		append_problems(scene, rest);
		return severity;
	}
	pt_severity severity = tell_one(scene, words_for, head, rest);
	append_problems(scene, rest);
	return severity;
}

pt_severity pt_screen_verdict(
	const pt_scene *scene, char *headline, size_t headline_bytes, char *detail, size_t detail_bytes)
{
	pt_text head = pt_text_over(headline, headline_bytes), rest = pt_text_over(detail, detail_bytes);
	return tell(scene, WORDS_FULL, &head, &rest);
}

/* End a part at a comma or before a bracket, if there is one far enough on; nothing changes otherwise. */
static void shorten_part(char *part, int cols)
{
	size_t fit = pt_text_fit(part, cols);
	if (part[fit] == '\0')
		return;
	for (size_t at = fit; at > (size_t)(cols / 3); at--) {
		int n_open = 0;
		for (size_t i = 0; i < at; i++)
			n_open += part[i] == '(' ? 1 : part[i] == ')' ? -1 : 0;
		bool before_bracket = part[at] == ' ' && part[at + 1] == '(';
		if (n_open == 0 && (part[at] == ',' || before_bracket)) {
			part[at] = '\0';
			return;
		}
	}
}

/* Shorten to whole parts ("a · b · c" to "a · b"), as long as one is left. The last part, a count of
 * problems, is kept: it is short, and weighs more than further figures. */
static void fit_parts(char *detail, int cols, bool keep_last)
{
	char tail[64] = "";
	while (pt_text_width(detail) > cols) {
		char *last = NULL, *before_last = NULL;
		for (char *at = strstr(detail, between); at; at = strstr(at + 1, between)) {
			before_last = last;
			last = at;
		}
		if (!last) {
			shorten_part(detail, cols);
			return;
		}
		if (keep_last && before_last) {
			memmove(before_last, last, strlen(last) + 1);
			continue;
		}
		if (keep_last)
			snprintf(tail, sizeof tail, "%s", last);
		*last = '\0';
	}
	if (!tail[0])
		return;
	/* A clause of the first part may give way to the count. */
	int room = cols - pt_text_width(tail);
	shorten_part(detail, room);
	if (pt_text_width(detail) <= room)
		memmove(detail + strlen(detail), tail, strlen(tail) + 1); /* not longer than what stood there */
}

/* Of several runs: as many as fit whole, how many more there are, and the count of problems. */
static bool fit_runs(char *detail, int cols, bool keep_last)
{
	char fitted[1024];
	const char *parts[PT_VIEW_MAX_RUNS + 2], *end = detail + strlen(detail);
	size_t n = 0;
	for (const char *at = detail; at && n < PT_VIEW_MAX_RUNS + 1;) {
		parts[n++] = at;
		at = strstr(at, between);
		at = at ? at + strlen(between) : NULL;
	}
	if (pt_text_width(detail) <= cols || n < 2)
		return pt_text_width(detail) <= cols;
	parts[n] = end + strlen(between);
	size_t n_runs = keep_last ? n - 1 : n;
	for (size_t n_told = n_runs - 1; n_told > 0; n_told--) {
		pt_text text = pt_text_over(fitted, sizeof fitted);
		pt_text_add_bytes(&text, detail, (size_t)(parts[n_told] - detail) - strlen(between));
		pt_text_addf(&text, "%s+%zu", between, n_runs - n_told);
		if (keep_last)
			pt_text_addf(&text, "%s%s", between, parts[n - 1]);
		if (text.cut || pt_text_width(fitted) > cols || text.length > (size_t)(end - detail))
			continue;
		memcpy(detail, fitted, text.length + 1);
		return true;
	}
	return false;
}

typedef struct verdict_line {
	pt_severity severity;
	char badge[PT_LINE_BYTES + 16], detail[1024];
	int badge_cols; /* with the marks around it */
} verdict_line;

/* The head as a badge, the rest as it may be printed. Returns whether all of it fits into `cols`. */
static bool make_line(const pt_scene *scene, wording words_for, bool is_ascii, int cols, verdict_line *line)
{
	char headline[PT_LINE_BYTES], raw[sizeof line->detail], spelled[sizeof line->detail];
	pt_text head = pt_text_over(headline, sizeof headline), rest = pt_text_over(raw, sizeof raw);
	line->severity = tell(scene, words_for, &head, &rest);
	pt_words_spelled(raw, spelled, sizeof spelled);
	const char *words = is_ascii ? spelled : raw;
	pt_text_sanitize(line->detail, sizeof line->detail, words, strlen(words));
	snprintf(line->badge, sizeof line->badge, headline[0] ? " ◆ %s " : "%s", headline);
	line->badge_cols = pt_frame_text_width(line->badge);
	if (line->badge_cols > cols)
		snprintf(line->badge, sizeof line->badge, "%s", headline);
	return line->badge_cols + 1 + pt_text_width(line->detail) <= cols;
}

void pt_screen_verdict_draw(const pt_scene *scene, pt_frame *frame, pt_rect line)
{
	static const pt_role roles[] = {PT_ROLE_HEADLINE_INFO, PT_ROLE_HEADLINE_WARN, PT_ROLE_HEADLINE_ALERT};
	_Static_assert(sizeof roles / sizeof roles[0] == PT_N_SEVERITIES, "a role for every severity");
	bool is_ascii = frame->charset == PT_CHARSET_ASCII;
	verdict_line told;
	for (wording w = WORDS_FULL; w <= WORDS_BRIEF_HEAD; w++) {
		/* a head that fits stays: the details give way, of one run part by part */
		if (w == WORDS_BRIEF_HEAD && told.badge_cols <= line.w)
			break;
		if (make_line(scene, w, is_ascii, line.w, &told))
			break;
	}
	int x = line.x;
	x += pt_frame_text_cut(frame, line, x, line.y, line.w, pt_pen_of(roles[told.severity]), told.badge);
	x += line.w >= 40 ? 1 : 0;
	int room = line.x + line.w - x;
	if (room < 8)
		return;
	bool has_problems = pt_screen_problems(scene) > 0;
	if (scene->n_shown < 2 || !fit_runs(told.detail, room, has_problems))
		fit_parts(told.detail, room, has_problems);
	pt_frame_text_cut(frame, line, x, line.y, room, pt_pen_of(PT_ROLE_TEXT), told.detail);
}
