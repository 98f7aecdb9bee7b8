/**
 * The terminal: a frame goes out, keys and the mouse come in. The only owner of curses.
 *
 * One terminal at a time. Curses opens it and reads its keys; what is drawn are our own bytes, in the words
 * of its entry. Only cells that changed since the last frame are sent; the screen is cleared only where
 * somebody else wrote on it or its size changed. The user's palette is never redefined. Whatever happens, the
 * terminal is given back: on close, on suspension, and in an emergency by a prepared string that any thread
 * or signal handler may write.
 */
#ifndef PHASETOP_UI_TERMINAL_H
#define PHASETOP_UI_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

#include "phasetop/base/status.h"
#include "phasetop/ui/colour_depth.h"
#include "phasetop/ui/frame.h"
#include "phasetop/ui/key.h"
#include "phasetop/ui/theme.h"

typedef struct pt_terminal pt_terminal;

typedef struct pt_terminal_options {
	const pt_theme *theme;   /* borrowed for the life of the terminal */
	const char *colour_flag; /* --color: NULL or "auto", "never", "16", "256", "true" */
	bool mouse;              /* capture it */
} pt_terminal_options;

/**
 * Take the terminal of standard input and output over.
 * @retval PT_ERR_UNSUPPORTED  TERM is empty, "dumb", not known (nor anything it could be drawn on as), or
 * cannot address the cursor
 * @retval PT_ERR_MEMORY
 */
PT_CHECKED pt_status pt_terminal_open(
	const pt_terminal_options *options, pt_terminal **terminal, pt_error *err);

/** Give the terminal back and free; NULL is fine. */
void pt_terminal_close(pt_terminal *terminal);

/** Columns and rows as the kernel has them now; at least 1 × 1. */
void pt_terminal_size(const pt_terminal *terminal, int *columns, int *rows);

/** The window's size changed (SIGWINCH): tell curses; the next frame is sent whole. */
void pt_terminal_resize(pt_terminal *terminal);

/** Show a frame. Sends what differs from the last one. */
void pt_terminal_show(pt_terminal *terminal, const pt_frame *frame);

/** The next frame is sent whole: somebody else wrote on the screen. */
void pt_terminal_repaint(pt_terminal *terminal);

typedef enum pt_input_kind {
	PT_INPUT_NONE, /* nothing waits */
	PT_INPUT_KEY,
	PT_INPUT_MOUSE,
	PT_INPUT_END /* end of file or a hung-up terminal: leave the program */
} pt_input_kind;

typedef struct pt_input {
	pt_input_kind kind;
	pt_key key;
	pt_mouse mouse;
} pt_input;

/** The next event; never blocks. Call until PT_INPUT_NONE: curses buffers what poll cannot see. */
pt_input pt_terminal_read(pt_terminal *terminal);

/** Can a frame be written without blocking, as far as can be known? */
bool pt_terminal_writable(const pt_terminal *terminal);

/** Capture the mouse, or leave it to the terminal (so that text can be selected). */
void pt_terminal_set_mouse(pt_terminal *terminal, bool on);

/** Another theme, borrowed as the first was; the next frame is sent whole. */
void pt_terminal_set_theme(pt_terminal *terminal, const pt_theme *theme);

/** Put text into the clipboard of the terminal's computer. @return false: the terminal is not known to have
 * one, or the text is longer than PT_CLIPBOARD_MAX_BYTES */
bool pt_terminal_copy(pt_terminal *terminal, const char *text, size_t n);

/** Give the terminal back, stop the process as Ctrl-Z does, and take it again when continued. */
void pt_terminal_suspend(pt_terminal *terminal);

/** Colours in use. */
pt_colour_depth pt_terminal_depth(const pt_terminal *terminal);

/**
 * Give the terminal back at once, without curses. Async-signal-safe; does nothing when no terminal is open.
 * The program must end afterwards.
 */
void pt_terminal_emergency_restore(void);

#endif
