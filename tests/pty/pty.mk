# The pseudo-terminal that the tests of this directory drive the program in.
$(PROGRAMS_pty): $(B)/tests/pty/pty_harness.o $(B)/tests/pty/pty_leader.o $(B)/tests/pty/medical_screen.o
# Actions are pressed by what terminfo says that their keys send.
$(B)/tests/pty/test_actions $(B)/tests/pty/test_actions_mouse: $(B)/tests/pty/action_screen.o \
	$(B)/tests/pty/key_forms.o
