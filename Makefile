# phasetop: see `make help`.
PREFIX  ?= /usr/local
DESTDIR ?=
CC      ?= cc
VARIANT ?= release
WERROR  ?=
VERSION := 0.1.0

B := build/$(VARIANT)
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wdouble-promotion -Wstrict-prototypes \
        -Wmissing-prototypes -Wundef -Wvla -Wformat=2 -Wno-pass-failed $(WERROR)
BASE := -std=c11 -D_GNU_SOURCE -Iinclude -fopenmp-simd -fno-math-errno -pthread $(WARN)
FLAGS_release := -O3 -g -D_FORTIFY_SOURCE=2 -fstack-protector-strong
FLAGS_debug   := -O0 -g3
FLAGS_asan    := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
FLAGS_tsan    := -O1 -g -fno-omit-frame-pointer -fsanitize=thread
FLAGS_coverage := -O0 -g --coverage
FLAGS_fuzz    := -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined
FLAGS_analyze := -O1 -g -fanalyzer
VFLAGS := $(FLAGS_$(VARIANT))
CFLAGS ?=
LDLIBS := -llapacke -lopenblas -lcjson -lutf8proc -lm -lpthread
CURSES_LIBS := -lncursesw -ltinfo
TEST_LIBS := -lcmocka
TEST_LIBS_pty := -lvterm
TEST_LIBS_ui := -lvterm

# Layers, each allowed to use those to its right (checked by `make check-layers`).
LAYERS := app report ui plot analysis runio numeric base
BELOW_base     := base
BELOW_numeric  := numeric base
BELOW_runio    := runio base
BELOW_analysis := analysis runio numeric base
BELOW_plot     := plot base
BELOW_ui       := ui plot analysis runio numeric base
BELOW_report   := report ui plot analysis runio numeric base
BELOW_app      := app report ui plot analysis runio numeric base
BELOW_pty      := $(BELOW_app)

MAIN := src/app/main.c
define LAYER
SRC_$(1) := $$(filter-out $(MAIN),$$(wildcard src/$(1)/*.c))
OBJ_$(1) := $$(SRC_$(1):%.c=$(B)/%.o)
$(B)/lib$(1).a: $$(OBJ_$(1))
	@rm -f $$@; ar rcs $$@ $$^
UNIT_$(1) := $$(patsubst %.c,$(B)/%,$$(wildcard tests/unit/$(1)/test_*.c tests/property/$(1)/test_*.c tests/reference/$(1)/test_*.c tests/fault/$(1)/test_*.c))
$$(UNIT_$(1)): %: %.o $$(patsubst %,$(B)/lib%.a,$$(BELOW_$(1)))
	@mkdir -p $$(@D); $(CC) $(VFLAGS) $(LDFLAGS) -o $$@ $$^ $$(TEST_LIBS_$(1)) $(TEST_LIBS) $$(if $$(filter ui app report,$(1)),$(CURSES_LIBS)) $(LDLIBS)
.PHONY: unit-$(1)
unit-$(1): $$(UNIT_$(1)) ; @tests/run_tests.sh $$^
endef
$(foreach l,$(LAYERS),$(eval $(call LAYER,$(l))))

ALL_LIBS := $(LAYERS:%=$(B)/lib%.a)
PROGRAM := $(B)/phasetop
THEMES := $(wildcard themes/*.theme)

.DEFAULT_GOAL := all
.PHONY: all
all: $(PROGRAM)

# Short lines; V=1 shows the commands.
Q := $(if $(V),,@)

$(PROGRAM): $(B)/src/app/main.o $(ALL_LIBS)
	@$(if $(V),,echo "  link $@")
	$(Q)$(CC) $(VFLAGS) $(LDFLAGS) -o $@ $^ $(CURSES_LIBS) $(LDLIBS)

$(B)/%.o: %.c
	@mkdir -p $(@D)
	@$(if $(V),,echo "  cc   $<")
	$(Q)$(CC) $(BASE) $(VFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# Groups: tests of the whole program, linked against every layer; they find it by $PT_PROGRAM.
GROUPS := cli runs pty
DIRS_cli := tests/cli
DIRS_runs := tests/reference/runs
DIRS_pty := tests/pty
define GROUP
PROGRAMS_$(1) := $$(patsubst %.c,$(B)/%,$$(wildcard $$(DIRS_$(1))/test_*.c))
$$(PROGRAMS_$(1)): %: %.o $(ALL_LIBS)
	@mkdir -p $$(@D); $(CC) $(VFLAGS) $(LDFLAGS) -o $$@ $$^ $$(TEST_LIBS_$(1)) $(TEST_LIBS) $(CURSES_LIBS) $(LDLIBS)
SCRIPTS_$(1) := $$(wildcard $$(DIRS_$(1))/test_*.sh)
.PHONY: unit-$(1)
unit-$(1): $$(PROGRAMS_$(1)) $(PROGRAM) ; @PT_PROGRAM=$(PROGRAM) tests/run_tests.sh $$(PROGRAMS_$(1)) $$(SCRIPTS_$(1))
endef
$(foreach g,$(GROUPS),$(eval $(call GROUP,$(g))))

ALL_UNIT := $(foreach l,$(LAYERS),$(UNIT_$(l)))
ALL_TESTS = $(ALL_UNIT) $(foreach g,$(GROUPS),$(PROGRAMS_$(g))) $(MORE_TESTS)
ALL_SCRIPTS = $(foreach g,$(GROUPS),$(SCRIPTS_$(g))) $(MORE_SCRIPTS)

# Further tests and targets of single directories; they may add to MORE_TESTS and MORE_SCRIPTS.
-include $(wildcard src/*/*.mk tests/*/*.mk tests/*/*/*.mk)

# Make the parts side by side, unless the caller has said how many jobs there are to be.
PARALLEL = $(if $(filter -j%,$(MAKEFLAGS)),,-j$$(nproc 2>/dev/null || echo 2))

# ---- what people call -------------------------------------------------------------------------------------

.PHONY: deps demo test check run-tests build-tests
deps:
	@.ci/deps.sh

demo: deps
	@$(MAKE) --no-print-directory $(PARALLEL) all
	@$(PROGRAM) --replay sample_runs/medical $(DEMO_OPTIONS)

# `deps` comes first, on its own: nothing below it can be made without a compiler.
test: deps
	@$(MAKE) --no-print-directory $(PARALLEL) build-tests
	@$(MAKE) --no-print-directory run-tests

build-tests: all $(ALL_TESTS)

run-tests: build-tests
	@PT_PROGRAM=$(PROGRAM) tests/run_tests.sh $(ALL_TESTS) $(ALL_SCRIPTS)

check: check-layers check-headers test

# ---- variants ---------------------------------------------------------------------------------------------

.PHONY: debug asan tsan coverage
debug:
	@$(MAKE) --no-print-directory $(PARALLEL) VARIANT=debug all

# OpenBLAS keeps its buffers for the life of the process: leaks are looked for in our own code alone.
asan:
	@LSAN_OPTIONS=$${LSAN_OPTIONS:-suppressions=$(CURDIR)/tests/lsan.supp:print_suppressions=0} \
		UBSAN_OPTIONS=$${UBSAN_OPTIONS:-print_stacktrace=1} $(MAKE) --no-print-directory VARIANT=asan test

tsan:
	@TSAN_OPTIONS=$${TSAN_OPTIONS:-halt_on_error=1:suppressions=$(CURDIR)/tests/tsan.supp} $(MAKE) --no-print-directory VARIANT=tsan test

coverage:
	@$(MAKE) --no-print-directory VARIANT=coverage test
	@tests/coverage.sh build/coverage

# ---- checks -----------------------------------------------------------------------------------------------

.PHONY: check-layers check-headers check-format analyze format
check-layers:
	@tests/check_layers.sh $(wildcard $(OBJ_base) $(OBJ_numeric) $(OBJ_runio) $(OBJ_analysis) $(OBJ_plot) $(OBJ_ui) $(OBJ_report) $(OBJ_app))

check-headers:
	@tests/check_headers.sh $(BASE)

C_FILES := $(wildcard src/*/*.[ch] include/phasetop/*/*.h tests/*/*.[ch] tests/*/*/*.[ch])
format:
	clang-format -i $(C_FILES)

check-format:
	clang-format --dry-run --Werror $(C_FILES)

analyze:
	@$(MAKE) --no-print-directory $(PARALLEL) VARIANT=analyze all

# ---- material that the program makes ----------------------------------------------------------------------

.PHONY: golden-update golden-programs man pictures
GOLDEN_TESTS = $(foreach t,$(ALL_TESTS),$(if $(findstring _golden,$(notdir $(t))),$(t)))
golden-update: deps
	@$(MAKE) --no-print-directory $(PARALLEL) all golden-programs
	@PT_GOLDEN_UPDATE=1 PT_PROGRAM=$(PROGRAM) tests/run_tests.sh $(GOLDEN_TESTS)
	@tests/golden_diff.sh
golden-programs: $(GOLDEN_TESTS)

# The keys of the manual page come from the table of actions.
man: $(B)/tests/unit/app/test_manual
	@PT_MANUAL_UPDATE=1 $(B)/tests/unit/app/test_manual

COMPARED := medical sports finance
pictures: $(PROGRAM)
	$(PROGRAM) --export man/phasetop.svg --size 120x36 --color true sample_runs/medical
	$(PROGRAM) --export man/compare.svg --preset compare --size 120x44 --color true $(COMPARED:%=sample_runs/%)

# ---- fuzzing: clang's libFuzzer, a minute a target ----------------------------------------------------------

.PHONY: fuzz fuzz-programs
FUZZ_SECONDS ?= 60
FUZZ := $(patsubst %.c,$(B)/%,$(wildcard tests/fuzz/fuzz_*.c))
$(FUZZ): %: %.o $(filter-out $(B)/libapp.a,$(ALL_LIBS))
	@mkdir -p $(@D); $(CC) $(VFLAGS) -fsanitize=fuzzer $(LDFLAGS) -o $@ $^ $(CURSES_LIBS) $(LDLIBS)
fuzz-programs: $(FUZZ)
fuzz:
	@$(MAKE) --no-print-directory $(PARALLEL) CC=clang VARIANT=fuzz fuzz-programs
	@for target in $(notdir $(FUZZ)); do \
		echo "$$target"; mkdir -p build/fuzz/corpus/$$target; \
		build/fuzz/tests/fuzz/$$target -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1 \
			-artifact_prefix=build/fuzz/ build/fuzz/corpus/$$target tests/fuzz/corpus/$$target || exit 1; \
	done

# ---- install ------------------------------------------------------------------------------------------------

.PHONY: install uninstall dist clean help
install: $(PROGRAM)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/phasetop/themes
	install -m 755 $(PROGRAM) $(DESTDIR)$(PREFIX)/bin/phasetop
	install -m 644 man/phasetop.1 $(DESTDIR)$(PREFIX)/share/man/man1/phasetop.1
	$(if $(THEMES),install -m 644 $(THEMES) $(DESTDIR)$(PREFIX)/share/phasetop/themes)

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/phasetop $(DESTDIR)$(PREFIX)/share/man/man1/phasetop.1
	rm -rf $(DESTDIR)$(PREFIX)/share/phasetop

dist:
	@mkdir -p build
	git archive --prefix=phasetop-$(VERSION)/ -o build/phasetop-$(VERSION).tar.gz HEAD
	@echo build/phasetop-$(VERSION).tar.gz

clean:
	rm -rf build

help:
	@echo 'make deps           install what is missing to build and test (Debian, Ubuntu; elsewhere: name it)'
	@echo 'make                build $(PROGRAM)'
	@echo 'make demo           replay sample_runs/medical as if it were training now'
	@echo 'make test           build and run every test'
	@echo 'make unit-LAYER     the tests of one of: $(LAYERS) $(GROUPS)'
	@echo 'make check          check-layers, check-headers and test'
	@echo 'make asan, tsan     the whole suite under the sanitizers; debug, coverage: other variants'
	@echo 'make interop        watch real trainings of transformers and PEFT (needs PyPI)'
	@echo 'make bench          measure the goals of speed and thrift'
	@echo 'make fuzz           fuzz each target for FUZZ_SECONDS ($(FUZZ_SECONDS); clang)'
	@echo 'make analyze        static analysis by gcc; check-format, format: clang-format'
	@echo 'make golden-update  take the frames as they now are for the expected ones, and show what differs'
	@echo 'make man, pictures  the keys of the manual page, the pictures of the README'
	@echo 'make install        below PREFIX=$(PREFIX), with DESTDIR; uninstall takes it away'
	@echo 'make dist, clean'

.SECONDARY:
-include $(shell test -d $(B) && find $(B) -name '*.d')
