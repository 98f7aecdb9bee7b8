/**
 * A program in a pseudo-terminal, with a terminal emulator (libvterm) at the other end and a small shell with
 * job control as the session's leader, so that suspending works as it does for people.
 *
 * Nothing sleeps for luck: a test waits until the screen shows something, with a deadline that only a fault
 * reaches. A failed wait prints the screen and fails the test.
 */
#ifndef TESTS_PTY_HARNESS_H
#define TESTS_PTY_HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { PTY_DEADLINE_MS = 60000, PTY_MAX_COLUMNS = 400, PTY_QUIET_MS = 300 };

typedef struct pty pty;

typedef struct pty_options {
	int columns, rows;       /* 0: 80 × 24 */
	const char *const *args; /* with the program's own name at 0; NULL-terminated */
	const char *const *env;  /* "NAME=value" set, "NAME" unset, over a plain environment; may be NULL */
	bool ignore_hangup;      /* as under nohup */
	bool unread;             /* nothing is read before pty_read_again: a stalled terminal */
} pty_options;

/** Start; TERM is xterm-256color, the locale C.UTF-8, unless env says otherwise. Fails the test if it cannot.
 */
pty *pty_start(const pty_options *options);
/** Ends what still runs, and frees. */
void pty_end(pty *terminal);

/** Process id of the program itself. */
pid_t pty_program(const pty *terminal);

/** Type bytes. */
void pty_type(pty *terminal, const char *bytes);
/** SGR mouse report; button 0 left, 32 left and moved, 64 and 65 wheel; cells count from 0. */
void pty_mouse(pty *terminal, int button, int x, int y, bool release);
/** Change the size, as a window does. */
void pty_resize(pty *terminal, int columns, int rows);
/** As a window that shrinks to one cell and grows back before the program looks. */
void pty_lose_content(pty *terminal);
void pty_signal(pty *terminal, int number);
/** Close the terminal under the program. */
void pty_close(pty *terminal);
/** Read nothing until pty_read_again. */
void pty_stop_reading(pty *terminal);
void pty_read_again(pty *terminal);
/** Wait, without reading, until the program has sent something. */
void pty_wait_for_unread(pty *terminal);

/** Row as UTF-8 without trailing blanks; out of range "". Valid until the next call. */
const char *pty_row(pty *terminal, int row);
/** Does any row hold the text? */
bool pty_shows(pty *terminal, const char *text);
/** Cell at which the text begins; false when it is not there. */
bool pty_find(pty *terminal, const char *text, int *x, int *y);

void pty_wait_for(pty *terminal, const char *text);
void pty_wait_until_gone(pty *terminal, const char *text);
typedef bool pty_condition(pty *terminal, void *context);
void pty_wait_until(pty *terminal, pty_condition *condition, void *context, const char *what);
/** Read until nothing came for PTY_QUIET_MS, or for so long. */
void pty_settle(pty *terminal);
void pty_settle_for(pty *terminal, int quiet_ms);

typedef enum pty_colour_kind { PTY_DEFAULT, PTY_INDEXED, PTY_RGB } pty_colour_kind;

typedef struct pty_cell {
	uint32_t glyph;
	bool bold, reverse;
	pty_colour_kind fg_kind, bg_kind;
	int fg, bg; /* index, or 0xRRGGBB */
} pty_cell;

pty_cell pty_cell_at(pty *terminal, int x, int y);

/** Everything received since the last mark. */
void pty_mark(pty *terminal);
size_t pty_bytes_since_mark(const pty *terminal);
/** Was the screen erased whole since the mark? */
bool pty_cleared_since_mark(const pty *terminal);
bool pty_received_since_mark(const pty *terminal, const char *bytes);

/** Wait until the program has ended; returns the status of wait(2). */
int pty_wait_for_end(pty *terminal);
bool pty_has_ended(pty *terminal);
/** Wait until the program has stopped (SIGTSTP); then continue it in the foreground, as `fg` does. */
void pty_wait_for_stop(pty *terminal);
void pty_foreground(pty *terminal);

/** Is the terminal as it was before: line discipline, primary screen, cursor seen, mouse left alone? Prints
 * what is not. */
bool pty_is_restored(pty *terminal);
bool pty_in_alternate_screen(const pty *terminal);
bool pty_mouse_captured(const pty *terminal);

#endif
