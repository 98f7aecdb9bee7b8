# The bench: one run, ratios and goals. Needs Python with NumPy and scikit-learn only for the script it compares with.
BENCH_PROGRAMS := $(patsubst %,$(B)/tests/bench/%,bench_update bench_keys bench_increments bench_rows bench_screen)

$(B)/tests/bench/bench_update: $(B)/tests/bench/bench_update.o $(B)/tests/bench/made_run.o $(ALL_LIBS)
	@mkdir -p $(@D); $(CC) $(VFLAGS) $(LDFLAGS) -o $@ $^ $(CURSES_LIBS) $(LDLIBS)

$(B)/tests/bench/bench_keys: $(B)/tests/bench/bench_keys.o $(B)/tests/bench/made_run.o $(ALL_LIBS)
	@mkdir -p $(@D); $(CC) $(VFLAGS) $(LDFLAGS) -o $@ $^ $(CURSES_LIBS) $(LDLIBS)

$(B)/tests/bench/bench_rows: $(B)/tests/bench/bench_rows.o $(B)/libnumeric.a $(B)/libbase.a
	@mkdir -p $(@D); $(CC) $(VFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(B)/tests/bench/bench_increments: $(B)/tests/bench/bench_increments.o $(B)/libnumeric.a $(B)/libbase.a
	@mkdir -p $(@D); $(CC) $(VFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(B)/tests/bench/bench_screen: $(B)/tests/bench/bench_screen.o $(B)/tests/bench/bench_terminal.o
	@mkdir -p $(@D); $(CC) $(VFLAGS) $(LDFLAGS) -o $@ $^ -lvterm -lutil -lm

.PHONY: bench
bench: $(PROGRAM) $(BENCH_PROGRAMS)
	@PT_PROGRAM=$(PROGRAM) PT_BENCH=$(B)/tests/bench CC='$(CC)' tests/bench/bench.sh
