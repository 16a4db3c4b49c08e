# Everything a newcomer needs; nothing but Python 3.11+ and make has to be there. See README.md.

PYTHON ?= python3
# Did the user name the folder of reference data? `demo` shows real rows only then; the tests always look for it.
SHARED_GIVEN := $(filter command environment,$(origin SHARED))
SHARED ?= ../shared
WITH_SHARED = SHARED="$(abspath $(SHARED))"

RUN := .venv/bin/python
PYTEST = $(WITH_SHARED) $(RUN) -m pytest
INSTALLED := .venv/installed
MESSAGES := $(patsubst %.po,%.mo,$(wildcard healthmgmt/locale/*/LC_MESSAGES/*.po))
# The system's own servers, of the newest version where several are installed.
SYSTEM_POSTGRES := $(patsubst %/postgres,%,$(lastword $(sort $(wildcard /usr/lib/postgresql/*/bin/postgres))))
SYSTEM_REDIS := $(firstword $(wildcard /usr/bin/redis-server /usr/local/bin/redis-server))

.DELETE_ON_ERROR:
.PHONY: demo test test-long sabotage bench messages clean help .venv

help:
	@echo "make demo [ONCE=1] [SHARED=folder]  the whole job on two organisations, then serve (ONCE=1: stop after the summary)"
	@echo "make test [SHARED=folder]           the whole suite"
	@echo "make test-long                      with repeats and whole data sets, and once more on the system's servers"
	@echo "make sabotage                       break the product on purpose; every break must turn a test red"
	@echo "make bench                          measure against what one would pick instead"
	@echo "make clean                          stop the servers, delete everything made here, data included"

.venv: $(INSTALLED)

$(INSTALLED): requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or later is needed; name it with make PYTHON=... (found: $$($(PYTHON) --version 2>&1))." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "This Python cannot make virtual environments; install its venv package (on Debian and Ubuntu: python3-venv)." >&2; exit 1; }
	@$(RUN) -c '' 2>/dev/null || { rm -rf .venv && $(PYTHON) -m venv .venv; }
	$(RUN) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

messages: $(MESSAGES)

%.mo: %.po $(INSTALLED)
	@.venv/bin/pybabel --quiet compile --input-file $< --output-file $@

demo: $(INSTALLED) $(MESSAGES)
	@$(if $(SHARED_GIVEN),$(WITH_SHARED),env -u SHARED) $(RUN) manage.py demo $(if $(ONCE),--once)

test: $(INSTALLED) $(MESSAGES)
	@$(PYTEST)

test-long: $(INSTALLED) $(MESSAGES)
	@$(PYTEST) -m ""
ifneq ($(SYSTEM_POSTGRES),)
	@echo "once more on $(SYSTEM_POSTGRES)$(if $(SYSTEM_REDIS), and $(SYSTEM_REDIS))"
	@HEALTHMGMT_PG_BIN=$(SYSTEM_POSTGRES) $(if $(SYSTEM_REDIS),HEALTHMGMT_REDIS_SERVER=$(SYSTEM_REDIS)) $(PYTEST)
else
	@echo "not run: this machine has no PostgreSQL of its own"
endif

sabotage: $(INSTALLED) $(MESSAGES)
	@$(WITH_SHARED) $(RUN) tests/sabotage.py

bench: $(INSTALLED) $(MESSAGES)
	@$(WITH_SHARED) $(RUN) -m bench

clean:
	@if $(RUN) -c '' 2>/dev/null; then $(RUN) -m healthmgmt.embedded erase; fi
	@rm -rf .venv node_modules staticfiles media shots .pytest_cache .hypothesis $(MESSAGES)
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
