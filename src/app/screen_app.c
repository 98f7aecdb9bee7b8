#include "phasetop/app/screen_app.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "phasetop/app/signals.h"
#include "phasetop/app/worker.h"
#include "phasetop/base/alloc.h"
#include "phasetop/base/clock.h"
#include "phasetop/ui/answer.h"
#include "phasetop/ui/mouse_clicks.h"
#include "phasetop/ui/screen.h"
#include "phasetop/ui/terminal.h"

#include "known_names.h"
#include "screen_requests.h"

enum { FRAME_MS = 33, INLINE_PUMP_MS = 20, READING_SLICE_MS = 250 };

typedef struct screen_app {
	const pt_session *session;
	pt_worker *worker;
	pt_terminal *terminal;
	pt_view view;
	pt_known_names known;
	pt_theme *theme;                      /* another than the session's, once it was changed; owned */
	char theme_name[PT_THEME_TEXT_BYTES]; /* what is drawn with */
	pt_frame *frame, *spare;              /* what is on the screen; what the next one is drawn into */
	int n_actions;                        /* that keys applied since it was drawn */
	pt_action pressed;     /* what the last of them did, where that is to be seen; else PT_N_ACTIONS */
	bool is_pending;       /* it asked for other numbers */
	pt_snapshot *snapshot; /* what is drawn; NULL before the first one */
	pt_snapshot *newer;    /* came while the picture is frozen */
	pt_settings posted;    /* what the worker was asked for last */
	int timer_fd;
	pt_clicks clicks;
	bool timer_armed; /* a frame was drawn less than FRAME_MS ago */
	bool dirty;       /* a frame is due */
	bool leave;
	int exit_code;
} screen_app;

static void act(screen_app *app, unsigned changes);

/* --- what happens ----------------------------------------------------------------------------------- */

/* The panes that are visible and the matrix that is drawn are part of what is asked for, without being
 * settings. */
static void post_settings(screen_app *app, bool changed)
{
	pt_settings settings = pt_session_settings(&app->view);
	if (!changed && settings.wanted == app->posted.wanted && settings.matrices == app->posted.matrices)
		return;
	pt_worker_set_settings(app->worker, &settings);
	app->posted = settings;
}

static void take_snapshot(screen_app *app)
{
	pt_snapshot *snapshot = pt_worker_take_snapshot(app->worker);
	if (!snapshot)
		return;
	if (app->view.frozen) {
		pt_snapshot_destroy(app->newer);
		app->newer = snapshot;
		app->dirty |= !app->view.newer_waits;
		app->view.newer_waits = true;
		return;
	}
	pt_snapshot_destroy(app->snapshot);
	app->snapshot = snapshot;
	pt_view_meet(&app->view, snapshot);
	post_settings(app, false); /* the first run says which matrix is drawn */
	app->dirty = true;
}

static void thaw(screen_app *app)
{
	app->view.newer_waits = false;
	if (!app->newer)
		return;
	pt_snapshot_destroy(app->snapshot);
	app->snapshot = app->newer;
	app->newer = NULL;
	pt_view_meet(&app->view, app->snapshot);
}

static void resize(screen_app *app)
{
	int columns, rows;
	pt_terminal_resize(app->terminal);
	pt_terminal_size(app->terminal, &columns, &rows);
	pt_view_resize(&app->view, columns, rows);
	app->dirty = true;
}

static void suspend(screen_app *app)
{
	pt_terminal_suspend(app->terminal);
	resize(app);
	pt_worker_rescan(app->worker);
}

static const pt_theme *theme_of(const screen_app *app)
{
	return app->theme ? app->theme : app->session->theme;
}

/* The view says by its name which theme is wanted; one that cannot be had leaves the old. */
static void switch_theme(screen_app *app)
{
	pt_theme *theme = NULL;
	pt_error err = {0};
	const pt_session *session = app->session;
	pt_status status =
		pt_session_theme(session->options, session->program_dir, app->view.theme, &theme, &err);
	if (status != PT_OK) {
		pt_view_say(&app->view, true, "%s", err.message);
		memcpy(app->view.theme, app->theme_name, sizeof app->view.theme);
		return;
	}
	pt_terminal_set_theme(app->terminal, theme);
	pt_theme_destroy(app->theme);
	app->theme = theme;
	memcpy(app->theme_name, app->view.theme, sizeof app->theme_name);
}

static void fulfil(screen_app *app)
{
	pt_screen_desk desk = {.session = app->session,
		.snapshot = app->snapshot,
		.theme = theme_of(app),
		.terminal = app->terminal,
		.view = &app->view};
	bool saves = app->view.request.kind == PT_REQUEST_SAVE_VIEW;
	act(app, pt_screen_fulfil(&desk) & ~(unsigned)PT_VIEW_REQUEST);
	if (saves) {
		pt_known_names_fini(&app->known);
		pt_known_names_find(app->session, &app->known);
	}
}

static void act(screen_app *app, unsigned changes)
{
	if (changes & PT_VIEW_QUIT)
		app->leave = true;
	post_settings(app, changes & PT_VIEW_SETTINGS);
	if (changes & PT_VIEW_MOUSE)
		pt_terminal_set_mouse(app->terminal, !app->view.no_mouse);
	if (changes & PT_VIEW_THAW)
		thaw(app);
	if (changes & PT_VIEW_REPAINT) {
		pt_terminal_repaint(app->terminal);
		pt_worker_rescan(app->worker);
	}
	if (changes & PT_VIEW_SUSPEND)
		suspend(app);
	if (changes & PT_VIEW_REQUEST)
		fulfil(app);
	if (strcmp(app->view.theme, app->theme_name) != 0)
		switch_theme(app);
	if (changes)
		app->dirty = true;
}

static void handle_signals(screen_app *app)
{
	pt_signals_seen seen = pt_signals_take();
	if (seen.quit) {
		pt_signals_screen_is_leaving();
		app->leave = true;
		app->exit_code = 128 + seen.quit;
		return;
	}
	if (seen.suspend)
		suspend(app);
	if (seen.resized || seen.continued)
		resize(app);
}

/* What changes nothing is drawn all the same: the frame tells that it did not, and then the last line says
 * why. */
static void take_key(screen_app *app, pt_key key)
{
	unsigned changes = pt_view_key(&app->view, key, app->snapshot);
	bool is_seen = !(changes & ~(unsigned)(PT_VIEW_REDRAW | PT_VIEW_SETTINGS)) && !app->view.command.open &&
				   !app->view.form.open;
	app->n_actions += app->view.applied != PT_N_ACTIONS;
	app->pressed = is_seen ? app->view.applied : PT_N_ACTIONS;
	app->is_pending = changes & PT_VIEW_SETTINGS;
	app->dirty |= app->pressed != PT_N_ACTIONS;
	act(app, changes);
}

static void handle_input(screen_app *app)
{
	pt_clock clock = pt_clock_system();
	while (!app->leave) {
		pt_input input = pt_terminal_read(app->terminal);
		switch (input.kind) {
		case PT_INPUT_NONE:
			return;
		case PT_INPUT_END:
			app->leave = true;
			app->exit_code = 128 + SIGHUP;
			return;
		case PT_INPUT_KEY:
			take_key(app, input.key);
			break;
		case PT_INPUT_MOUSE:
			pt_clicks_take(&app->clicks, &input.mouse, pt_clock_monotonic_ms(&clock));
			act(app, pt_view_mouse(&app->view, &input.mouse, app->snapshot));
			break;
		}
	}
}

/* --- frames ----------------------------------------------------------------------------------------- */

static void arm_timer(screen_app *app)
{
	struct itimerspec when = {.it_value = {.tv_nsec = FRAME_MS * 1000000L}};
	app->timer_armed = timerfd_settime(app->timer_fd, 0, &when, NULL) == 0;
}

static pt_status draw(screen_app *app, pt_error *err)
{
	pt_frame *before = app->frame;
	pt_status status = pt_frame_resize(app->spare, app->view.columns, app->view.rows, err);
	if (status != PT_OK)
		return status;
	app->frame = app->spare;
	app->spare = before;
	pt_screen_draw(app->snapshot, &app->view, app->frame);
	/* of several at once nobody knows which did nothing */
	if (app->n_actions == 1 && app->pressed != PT_N_ACTIONS && pt_answer_same_picture(before, app->frame) &&
		pt_answer(&app->view, app->pressed, app->is_pending, app->snapshot)) {
		pt_frame_clear(app->frame);
		pt_screen_draw(app->snapshot, &app->view, app->frame);
	}
	app->n_actions = 0;
	pt_terminal_show(app->terminal, app->frame);
	app->dirty = false;
	return PT_OK;
}

/* --- the loop --------------------------------------------------------------------------------------- */

enum { SIGNALS, WORKER, TIMER, INPUT, OUTPUT, N_SOURCES };

/* A frame waits for the cap's timer, or for a terminal that reads again; then its event wakes the loop. */
static void choose_sources(const screen_app *app, struct pollfd sources[N_SOURCES])
{
	bool waits_for_output = app->dirty && !app->timer_armed;
	sources[SIGNALS] = (struct pollfd){.fd = pt_signals_screen_fd(), .events = POLLIN};
	sources[WORKER] = (struct pollfd){.fd = pt_worker_event_fd(app->worker), .events = POLLIN};
	sources[TIMER] = (struct pollfd){.fd = app->timer_armed ? app->timer_fd : -1, .events = POLLIN};
	sources[INPUT] = (struct pollfd){.fd = STDIN_FILENO, .events = POLLIN};
	sources[OUTPUT] = (struct pollfd){.fd = waits_for_output ? STDOUT_FILENO : -1, .events = POLLOUT};
}

static void handle_timer(screen_app *app)
{
	uint64_t count;
	ssize_t n = read(app->timer_fd, &count, sizeof count);
	(void)n;
	app->timer_armed = false;
}

static pt_status run_loop(screen_app *app, pt_error *err)
{
	app->dirty = true;
	while (!app->leave) {
		struct pollfd sources[N_SOURCES];
		choose_sources(app, sources);
		if (app->session->options->inline_worker)
			pt_worker_pump(app->worker, 0);
		int n = poll(sources, N_SOURCES, app->session->options->inline_worker ? INLINE_PUMP_MS : -1);
		if (n < 0 && errno != EINTR)
			return pt_fail_errno(err, errno, "", "cannot wait for events");
		if (n < 0)
			continue;
		if (sources[SIGNALS].revents)
			handle_signals(app);
		if (sources[WORKER].revents)
			take_snapshot(app);
		if (sources[TIMER].revents)
			handle_timer(app);
		if (sources[INPUT].revents)
			handle_input(app);
		if (app->leave || !app->dirty || app->timer_armed || !pt_terminal_writable(app->terminal))
			continue;
		pt_status status = draw(app, err);
		if (status != PT_OK)
			return status;
		arm_timer(app);
	}
	return PT_OK;
}

static const char *colour_flag(pt_color_choice choice)
{
	switch (choice) {
	case PT_COLOR_NEVER:
		return "never";
	case PT_COLOR_16:
		return "16";
	case PT_COLOR_256:
		return "256";
	case PT_COLOR_TRUE:
		return "true";
	case PT_COLOR_AUTO:
		break;
	}
	return NULL;
}

static void on_worker_signal(void *context)
{
	(void)context;
	pt_signals_watch_over_screen();
}

/* What was wrong with the configuration was said before; the first of it is said here too, where it is seen.
 */
static void start_view(screen_app *app)
{
	const pt_options *options = app->session->options;
	pt_session_view(app->session, &app->view);
	pt_known_names_find(app->session, &app->known);
	app->view.known = &app->known;
	memcpy(app->theme_name, app->view.theme, sizeof app->theme_name);
	if (options->n_warnings == 1)
		pt_view_say(&app->view, true, "%s", options->warnings[0]);
	else if (options->n_warnings > 1)
		pt_view_say(&app->view, true, "%zu warnings: %s", options->n_warnings, options->warnings[0]);
}

static pt_status start(screen_app *app, pt_error *err)
{
	const pt_options *options = app->session->options;
	start_view(app);
	pt_status status = pt_signals_install(err);
	if (status != PT_OK)
		return status;
	pt_worker_options worker = {.pipeline = pt_session_pipeline(app->session, true),
		.inline_worker = options->inline_worker,
		.wake_fd = pt_signals_worker_fd(),
		.on_wake = on_worker_signal};
	worker.pipeline.slice_ms = READING_SLICE_MS;
	app->posted = worker.pipeline.settings = pt_session_settings(&app->view);
	status = pt_worker_create(&worker, &app->worker, err);
	if (status != PT_OK)
		return status;
	app->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (app->timer_fd < 0)
		return pt_fail_errno(err, errno, "", "cannot make a timer");
	pt_terminal_options terminal = {.theme = app->session->theme,
		.colour_flag = colour_flag(options->color),
		.mouse = !app->view.no_mouse};
	status = pt_terminal_open(&terminal, &app->terminal, err);
	if (status != PT_OK)
		return status;
	int columns, rows;
	pt_terminal_size(app->terminal, &columns, &rows);
	pt_view_resize(&app->view, columns, rows);
	pt_charset charset = app->session->unicode ? PT_CHARSET_UTF8 : PT_CHARSET_ASCII;
	status = pt_frame_create(columns, rows, charset, &app->frame, err);
	return status == PT_OK ? pt_frame_create(columns, rows, charset, &app->spare, err) : status;
}

/* The terminal first: whatever takes its time afterwards is not seen. */
static void stop(screen_app *app)
{
	pt_signals_screen_is_leaving();
	pt_terminal_close(app->terminal);
	pt_worker_destroy(app->worker);
	pt_snapshot_destroy(app->snapshot);
	pt_snapshot_destroy(app->newer);
	pt_frame_destroy(app->frame);
	pt_frame_destroy(app->spare);
	pt_theme_destroy(app->theme);
	pt_known_names_fini(&app->known);
	if (app->timer_fd >= 0)
		close(app->timer_fd);
	pt_signals_uninstall();
}

pt_status pt_screen_app_run(const pt_session *session, int *exit_code, pt_error *err)
{
	screen_app *app = pt_array_alloc(1, sizeof *app);
	if (!app)
		return pt_fail(err, PT_ERR_MEMORY, "", -1, "out of memory");
	app->session = session;
	app->timer_fd = -1;
	pt_status status = start(app, err);
	if (status == PT_OK)
		status = run_loop(app, err);
	*exit_code = app->exit_code;
	stop(app);
	pt_free(app);
	return status;
}
