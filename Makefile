# `make` lists the targets. Needed on the machine: make, and Python 3.11, 3.12 or 3.13.

# Variables to set on the command line, e.g. make lab ARGS=--no-browser
ARGS :=
LESSON :=
VENV := .venv
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python; do \
	$$python -c '$(FITS)' 2>/dev/null && echo $$python && exit; done; echo python3)

FITS := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PY := $(VENV)/bin/python
# These files say how far the environment has come, so that one that was interrupted is
# taken up again and a finished one is left alone: it exists, it has what the lessons
# need, it has the tools that test and build them.
CREATED := $(VENV)/.created
INSTALLED := $(VENV)/.installed
TOOLS := $(VENV)/.tools
# Older widgets and Keras, put before those of the environment.
COLAB := $(abspath $(VENV))/colab
BROWSER_TESTS := $(wildcard tests/test_*_browser.py)
# Not those of what Colab has in the same version: browser pages, NumPy, matplotlib.
COLAB_TESTS := $(filter-out %_browser.py %_drawings.py %_numbers.py %_figures.py \
	%_recording.py,$(wildcard tests/test_lab_*.py)) \
	tests/test_colab_folder.py tests/test_quiz.py
NBVAL := --nbval-lax --nbval-current-env --nbval-cell-timeout=600
# TensorFlow logs nothing, for a lesson's outputs are compared.
TEST := TF_CPP_MIN_LOG_LEVEL=3 $(PY) -m pytest
# Two files or notebooks at a time, each with one core: more threads would only wait. In
# the order of their names: xdist would leave those of few, long tests for the end.
SIDE_BY_SIDE := -n 2 --dist loadscope --no-loadscope-reorder
ONE_CORE := OMP_NUM_THREADS=1 TF_NUM_INTRAOP_THREADS=1 TF_NUM_INTEROP_THREADS=1
LOCK = $(PY) -m uv pip compile --quiet --universal --python-version 3.11 \
	--fork-strategy fewest --generate-hashes --no-emit-index-url \
	--custom-compile-command "make lock"

.DEFAULT_GOAL := help
.PHONY: help lab colab lab-originals reset browser lessons marks votes
.PHONY: export-otter page check site slides bench lock
.PHONY: test test-package test-browser test-colab test-lessons

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-13s %s\n", $$1, $$2}' Makefile
	@echo 'ARGS="…" goes to the program run: make lab ARGS="--no-browser --port=8899"'
	@echo 'VENV=path keeps the environment elsewhere; PYTHON=path says what makes it.'

lab: $(INSTALLED)  ## open your copy of the lessons in JupyterLab
	@$(PY) tools/my_notebooks.py open $(ARGS)

colab: $(INSTALLED)  ## write build/colab, a folder to put into a Google Drive
	@$(PY) tools/colab_folder.py

lab-originals: $(INSTALLED)  ## open the course's own notebooks, to change the course
	$(PY) tools/my_notebooks.py originals $(ARGS)

reset: $(CREATED)  ## take the course's version of a lesson, and keep yours: LESSON=02
	@$(PY) tools/my_notebooks.py reset "$(LESSON)"

test: check test-package test-browser test-colab test-lessons  ## run everything that CI runs

test-package: $(TOOLS) browser  ## test the package, the tools and the pages
	$(ONE_CORE) $(TEST) $(SIDE_BY_SIDE) --ignore-glob='*_browser.py' tests $(ARGS)

# By themselves: a kernel and a browser keep two cores busy, and answers are timed. Tests
# of pages without a kernel have other names and run side by side, with the package.
test-browser: $(TOOLS) browser  ## test the lab in a browser
	$(TEST) $(BROWSER_TESTS) $(ARGS)

test-colab: $(COLAB)  ## test the Python side of lab and quiz with Colab's widgets and Keras
	$(ONE_CORE) PYTHONPATH=$(COLAB) $(TEST) $(SIDE_BY_SIDE) $(COLAB_TESTS) $(ARGS)

# What a lesson's two notebooks share runs once: the solved one goes on from the open one.
test-lessons: $(TOOLS)  ## run the lessons and compare; one of them: LESSON=02
	@outputs=$$(mktemp -d) && trap 'rm -rf "$$outputs"' EXIT && \
	$(PY) tools/notebooks.py join "$$outputs/joined" $(LESSON) && \
	GAN_BUDGET=fast GAN_OUTPUT_DIR="$$outputs" $(ONE_CORE) \
	$(TEST) $(NBVAL) $(SIDE_BY_SIDE) $(ARGS) "$$outputs/joined"

browser: $(TOOLS)  ## install Chromium where missing; the lab's tests need it
	@for name in $$CHROMIUM chromium chromium-browser google-chrome; do \
		command -v "$$name" >/dev/null && exit; \
	done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update && \
		apt-get install -y --no-install-recommends chromium; then exit; fi; \
	$(PY) -m playwright install chromium && exit; \
	echo "There is no Chromium for the browser tests, and none could be installed." >&2; \
	echo "Install it, or name it: make test CHROMIUM=/path/to/chromium" >&2; \
	exit 1

lessons: $(TOOLS)  ## build the notebooks from notebooks/source; one: ARGS=02
	$(PY) tools/notebooks.py build $(ARGS)

marks: $(TOOLS)  ## judge a class's notebooks, into marks.csv: FOLDER=handed-in
	@$(PY) tools/marks.py "$(FOLDER)" $(ARGS)

votes: $(TOOLS)  ## tally a class's predictions, as a page: FOLDER=handed-in LESSON=02
	@$(PY) tools/votes.py "$(FOLDER)" "$(LESSON)"

export-otter: $(TOOLS)  ## write a lesson for otter-grader into build/otter: LESSON=02
	@$(PY) tools/export_otter.py "$(LESSON)"

page: $(TOOLS)  ## write docs/lab.html, the lab that needs no installation
	$(PY) tools/lab_page.py

check: $(TOOLS)  ## check style, and each notebook against its source
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) -m deptry gan_helpers
	$(PY) -m deptry tools tests benchmarks docs notebooks/source --exclude tests/answers --ignore DEP002,DEP004 \
	--per-rule-ignores "DEP001=jax|torch"
	$(PY) tools/lab_page.py --check
	$(PY) tools/notebooks.py check

site: $(TOOLS)  ## build the web site in build/site from docs/ and the saved notebooks
	@$(PY) tools/build_site.py $(ARGS)

slides: $(TOOLS)  ## write the lessons as slides into build/slides, to open from the disk
	@$(PY) tools/build_slides.py $(ARGS)

bench: $(TOOLS)  ## measure the course beside its peers
	$(PY) benchmarks/run.py $(ARGS)

lock: $(TOOLS)  ## write the locks anew; newest versions: ARGS=--upgrade
	$(LOCK) pyproject.toml --extra lab --output-file requirements.lock $(ARGS)
	$(LOCK) pyproject.toml --all-extras --constraint requirements.lock \
	--output-file requirements-dev.lock $(ARGS)
	$(LOCK) --group colab --no-deps --output-file requirements-colab.lock

$(CREATED):
	@python="$(PYTHON)"; \
	if ! "$$python" -c '$(FITS)' 2>/dev/null; then \
		found=$$("$$python" --version 2>&1) || found="not installed"; \
		echo "The course needs Python 3.11, 3.12 or 3.13; $$python is $$found." >&2; \
		echo "Install one, or name it: make lab PYTHON=/path/to/python3.12" >&2; \
		exit 1; \
	fi; \
	if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
		echo "$$python cannot make a virtual environment: no venv or ensurepip." >&2; \
		echo "On Debian or Ubuntu: apt install python3-venv; then make again." >&2; \
		exit 1; \
	fi; \
	"$$python" -m venv "$(VENV)"
	@touch $@

$(INSTALLED): $(CREATED) requirements.lock pyproject.toml
	$(PY) -m pip install --require-hashes -r requirements.lock
	$(PY) -m pip install --no-deps --no-build-isolation --editable .
	@touch $@

$(TOOLS): $(INSTALLED) requirements-dev.lock
	$(PY) -m pip install --require-hashes -r requirements-dev.lock
	@touch $@

$(COLAB): $(TOOLS) requirements-colab.lock
	$(PY) -m pip install --require-hashes --no-deps --upgrade --target $@ \
	-r requirements-colab.lock
	@touch $@
