# phasetop: see `make help`.
PREFIX  ?= /usr/local
DESTDIR ?=
CC      ?= cc
VARIANT ?= release
WERROR  ?=

B := build/$(VARIANT)
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wdouble-promotion -Wstrict-prototypes \
        -Wmissing-prototypes -Wundef -Wvla -Wformat=2 $(WERROR)
BASE := -std=c11 -D_GNU_SOURCE -Iinclude -fopenmp-simd -fno-math-errno -pthread $(WARN)
FLAGS_release := -O3 -g -D_FORTIFY_SOURCE=2 -fstack-protector-strong
FLAGS_debug   := -O0 -g3
FLAGS_asan    := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
FLAGS_tsan    := -O1 -g -fno-omit-frame-pointer -fsanitize=thread
FLAGS_coverage := -O0 -g --coverage
VFLAGS := $(FLAGS_$(VARIANT))
CFLAGS ?=
LDLIBS := -llapacke -lopenblas -lcjson -lutf8proc -lm -lpthread
CURSES_LIBS := -lncursesw -ltinfo
TEST_LIBS := -lcmocka

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

.DEFAULT_GOAL := all
.PHONY: all
all: $(PROGRAM)

$(PROGRAM): $(B)/src/app/main.o $(ALL_LIBS)
	$(CC) $(VFLAGS) $(LDFLAGS) -o $@ $^ $(CURSES_LIBS) $(LDLIBS)

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(BASE) $(VFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

ALL_UNIT := $(foreach l,$(LAYERS),$(UNIT_$(l)))
.SECONDARY:
-include $(shell test -d $(B) && find $(B) -name '*.d')
