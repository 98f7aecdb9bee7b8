# The pseudo-terminal that the tests of this directory drive the program in.
$(PROGRAMS_pty): $(B)/tests/pty/pty_harness.o $(B)/tests/pty/pty_leader.o $(B)/tests/pty/medical_screen.o
# Its entries for terminals lie beside the program.
unit-pty: $(TERMINFO)
