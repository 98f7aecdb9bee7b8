#include "pty_leader.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static void leader_exec(const pty_options *options)
{
	static const char *const plain[] = {"TERM=xterm-256color", "LC_ALL=C.UTF-8", "TZ=UTC", "XDG_CONFIG_HOME=/nonexistent",
		"XDG_STATE_HOME=/nonexistent", "COLORTERM",
		"NO_COLOR", "LANG", "LC_CTYPE", "PHASETOP_THEME", "PHASETOP_COLOR", "PHASETOP_SIZE", "TERMINFO",
		"TERMINFO_DIRS", "COLUMNS", "LINES", NULL};
	for (int round = 0; round < 2; round++) {
		const char *const *list = round == 0 ? plain : options->env;
		for (; list && *list; list++) {
			if (strchr(*list, '='))
				putenv((char *)(uintptr_t)*list);
			else
				unsetenv(*list);
		}
	}
	struct rlimit none = {0, 0};
	setrlimit(RLIMIT_CORE, &none);
	execvp(options->args[0], (char *const *)(uintptr_t)options->args);
	_exit(127);
}

static void report(int fd, int first, int second)
{
	int message[] = {first, second};
	if (write(fd, message, sizeof message) != (ssize_t)sizeof message)
		_exit(1);
}

/* Starts the job in the foreground, tells of its end and stops, and continues it when asked. */
void pty_lead(const pty_options *options, int reports, int commands)
{
	signal(SIGTTOU, SIG_IGN);
	pid_t job = fork();
	if (job == 0) {
		setpgid(0, 0);
		tcsetpgrp(STDIN_FILENO, getpid());
		signal(SIGTTOU, SIG_DFL);
		signal(SIGHUP, options->ignore_hangup ? SIG_IGN : SIG_DFL);
		close(reports);
		close(commands);
		leader_exec(options);
	}
	setpgid(job, job);
	signal(SIGHUP, SIG_IGN);
	report(reports, (int)job, 0);
	for (;;) {
		int status;
		struct termios modes;
		char command;
		if (waitpid(job, &status, WUNTRACED) != job)
			continue;
		report(reports, status, 1);
		if (!WIFSTOPPED(status))
			break;
		tcgetattr(STDIN_FILENO, &modes);
		tcsetpgrp(STDIN_FILENO, getpid());
		if (read(commands, &command, 1) != 1)
			break;
		tcsetpgrp(STDIN_FILENO, job);
		kill(-job, SIGCONT);
	}
	/* the session goes on until the test has looked: a leader's end would hang the terminal up */
	char last;
	while (read(commands, &last, 1) > 0)
		;
	_exit(0);
}
