# The program holds the bytes of the Python files that --logger prints.
LOGGER_BYTES := $(patsubst src/app/loggers/%.py,$(B)/src/app/%.inc,$(wildcard src/app/loggers/*.py))

$(LOGGER_BYTES): $(B)/src/app/%.inc: src/app/loggers/%.py
	@mkdir -p $(@D)
	$(Q)od -An -v -tu1 $< | sed 's/[0-9][0-9]*/&,/g' >$@.new && mv $@.new $@

$(B)/src/app/loggers.o: $(LOGGER_BYTES)
$(B)/src/app/loggers.o: BASE += -I$(B)/src/app
