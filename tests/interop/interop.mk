# phasetop beside real trainings. Needs PyPI (about 1 GB), Python 3 with venv, and half a minute of two cores for each of its
# four trainings: not a part of `make test`.
INTEROP := build/interop

$(INTEROP)/stamp: $(wildcard tests/interop/requirements*.txt) tests/interop/torch_without_cuda.py
	python3 -m venv $(INTEROP)/venv
	$(INTEROP)/venv/bin/pip install -q --disable-pip-version-check -r tests/interop/requirements.txt
	$(INTEROP)/venv/bin/pip install -q --disable-pip-version-check --no-deps -r tests/interop/requirements_torch.txt
	$(INTEROP)/venv/bin/python tests/interop/torch_without_cuda.py
	@touch $@

.PHONY: interop
interop: $(PROGRAM) $(INTEROP)/stamp
	@PT_PROGRAM=$(PROGRAM) $(INTEROP)/venv/bin/python tests/interop/test_interop.py $(INTEROP)/work
