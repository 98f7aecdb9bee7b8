# The pseudo-terminal that the tests of this directory drive the program in.
$(PROGRAMS_pty): $(B)/tests/pty/pty_harness.o
