#include "phasetop/app/signals.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "phasetop/ui/terminal.h"

enum { STALL_MS = 1000, FATAL_STACK_BYTES = 64 * 1024 };

/* Signal handlers can reach nothing else: this is the file's own state (see CONTRIBUTING.md). */
static struct {
	atomic_int quit, resized, continued, suspend;
	atomic_bool screen_leaves;
	int screen_fd, worker_fd;
	bool installed;
} state = {.screen_fd = -1, .worker_fd = -1};

static char fatal_stack[FATAL_STACK_BYTES]; /* a stack overflow is fatal too */

static const int leaving[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT};
static const int fatal[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void raise_event(int fd)
{
	uint64_t one = 1;
	ssize_t n = write(fd, &one, sizeof one);
	(void)n; /* EAGAIN: the reader is awake already */
}

static void on_leave(int number)
{
	int before = errno;
	atomic_store(&state.quit, number);
	raise_event(state.screen_fd);
	raise_event(state.worker_fd);
	errno = before;
}

static void on_event(int number)
{
	int before = errno;
	if (number == SIGWINCH)
		atomic_store(&state.resized, 1);
	else if (number == SIGCONT)
		atomic_store(&state.continued, 1);
	else
		atomic_store(&state.suspend, 1);
	raise_event(state.screen_fd);
	errno = before;
}

static void on_fatal(int number)
{
	pt_terminal_emergency_restore();
	signal(number, SIG_DFL);
	raise(number);
}

static void install(int number, void (*handler)(int), int flags)
{
	struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
	sigfillset(&action.sa_mask);
	sigaction(number, &action, NULL);
}

/* A signal that was ignored from the start stays so (nohup). */
static bool was_ignored(int number)
{
	struct sigaction action;
	return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

pt_status pt_signals_install(pt_error *err)
{
	state.screen_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	state.worker_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (state.screen_fd < 0 || state.worker_fd < 0)
		return pt_fail_errno(err, errno, "", "cannot make an event descriptor");
	stack_t stack = {.ss_sp = fatal_stack, .ss_size = sizeof fatal_stack};
	sigaltstack(&stack, NULL);
	for (size_t i = 0; i < COUNT(leaving); i++)
		if (!was_ignored(leaving[i]))
			install(leaving[i], on_leave, SA_RESTART);
	for (size_t i = 0; i < COUNT(fatal); i++)
		install(fatal[i], on_fatal, SA_ONSTACK);
	install(SIGWINCH, on_event, SA_RESTART);
	install(SIGCONT, on_event, SA_RESTART);
	if (!was_ignored(SIGTSTP))
		install(SIGTSTP, on_event, SA_RESTART);
	signal(SIGPIPE, SIG_IGN);
	state.installed = true;
	return PT_OK;
}

void pt_signals_uninstall(void)
{
	if (!state.installed)
		return;
	for (size_t i = 0; i < COUNT(leaving); i++)
		if (!was_ignored(leaving[i]))
			signal(leaving[i], SIG_DFL);
	for (size_t i = 0; i < COUNT(fatal); i++)
		signal(fatal[i], SIG_DFL);
	signal(SIGWINCH, SIG_DFL);
	signal(SIGCONT, SIG_DFL);
	if (!was_ignored(SIGTSTP))
		signal(SIGTSTP, SIG_DFL);
	close(state.screen_fd);
	close(state.worker_fd);
	state.screen_fd = state.worker_fd = -1;
	state.installed = false;
}

int pt_signals_screen_fd(void)
{
	return state.screen_fd;
}

int pt_signals_worker_fd(void)
{
	return state.worker_fd;
}

pt_signals_seen pt_signals_take(void)
{
	uint64_t count;
	ssize_t n = read(state.screen_fd, &count, sizeof count);
	(void)n;
	return (pt_signals_seen){
		.quit = atomic_exchange(&state.quit, 0),
		.resized = atomic_exchange(&state.resized, 0),
		.continued = atomic_exchange(&state.continued, 0),
		.suspend = atomic_exchange(&state.suspend, 0),
	};
}

void pt_signals_screen_is_leaving(void)
{
	atomic_store(&state.screen_leaves, true);
}

void pt_signals_watch_over_screen(void)
{
	uint64_t count;
	ssize_t n = read(state.worker_fd, &count, sizeof count);
	(void)n;
	int number = atomic_load(&state.quit);
	for (int waited_ms = 0; waited_ms < STALL_MS && !atomic_load(&state.screen_leaves); waited_ms += 10)
		poll(NULL, 0, 10);
	if (atomic_load(&state.screen_leaves))
		return;
	/* the screen thread hangs in a write to a terminal that nobody reads */
	pt_terminal_emergency_restore();
	_exit(128 + (number ? number : SIGTERM));
}
