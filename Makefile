# Three targets for everyone (demo, test, vscode); each sets up what it needs, from package registries only.
# PYTHON names the Python to use: 3.11 to 3.13.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
.DEFAULT_GOAL := help
.PHONY: help demo test vscode lint fast-test bench bench-peers bench-editor bench-artefacts check-samples check-backends clean

help:
	@echo "make demo     check, generate, train and measure samples/lenet5.cnn; ends with a report"
	@echo "make test     run all tests, the one in the real VS Code included"
	@echo "make vscode   open the editor with the extension on samples/"
	@echo "more: make lint (style and types), make fast-test (no training, no editor), make clean; for times: make bench,"
	@echo "      make bench-peers (beside Langium), make bench-editor (the server), bench-artefacts (generated files); make check-samples (Keras builds 1,000 networks),"
	@echo "      make check-backends (JAX says what TensorFlow says; torch too with BACKENDS='jax torch')"

demo: $(VENV)/user
	@scripts/demo

test: lint
	@scripts/apt-install chromium elpa-eglot emacs-nox graphviz neovim ripgrep g++ make python3
	@scripts/install-code-server >/dev/null
	$(BIN)/python -m pytest -n 2 --durations=25

fast-test: $(VENV)/developer
	$(BIN)/python -m pytest -n 2 -m "not slow and not editor"

vscode: $(VENV)/user
	@PYTHON=$(CURDIR)/$(BIN)/python scripts/vscode

bench: $(VENV)/developer
	$(BIN)/python benchmarks/speed.py --quiet

bench-peers: $(VENV)/developer benchmarks/peers/langium/node_modules/.package-lock.json
	$(BIN)/python benchmarks/langium.py

bench-editor: $(VENV)/developer
	$(BIN)/python benchmarks/editor.py --session 240 --rate 20

bench-artefacts: $(VENV)/developer
	$(BIN)/python benchmarks/artefacts.py

COUNT ?= 1000
SEED ?= 1
check-samples: $(VENV)/developer
	@mkdir -p build
	nice -n 19 $(BIN)/python benchmarks/check_samples.py $(COUNT) --seed $(SEED) --record --progress build/samples.jsonl

# Environments with JAX (700 MB) and torch (some GB with CUDA; of the processor alone where pip's index has that) in ~/.cache.
BACKENDS ?= jax
check-backends: $(VENV)/developer
	$(BIN)/python benchmarks/check_backends.py $(BACKENDS) --record

lint: $(VENV)/developer vscode-extension/node_modules/.package-lock.json
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	scripts/check-types
	$(BIN)/cnngen fmt --check samples
	cd vscode-extension && npm run --silent lint

# Each stamp is a whole installation of the versions in requirements/; the developer's holds the user's.
$(VENV)/user: requirements/user.txt pyproject.toml | $(VENV)/python
	@[ -e $(VENV)/developer ] || scripts/install requirements/user.txt
	@touch $@

$(VENV)/developer: requirements/developer.txt pyproject.toml | $(VENV)/python
	@scripts/install requirements/developer.txt
	@touch $@

$(VENV)/python:
	@PYTHON=$(PYTHON) scripts/make-venv
	@touch $@

vscode-extension/node_modules/.package-lock.json: vscode-extension/package-lock.json
	cd vscode-extension && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

benchmarks/peers/langium/node_modules/.package-lock.json: benchmarks/peers/langium/package-lock.json
	cd benchmarks/peers/langium && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

clean:
	rm -rf $(VENV) .types build *.egg-info .mypy_cache .ruff_cache .pytest_cache vscode-extension/node_modules
	rm -rf benchmarks/peers/langium/node_modules vscode-extension/dist vscode-extension/bundled vscode-extension/*.vsix
